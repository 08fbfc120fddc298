/** A search for a date: says that something is new, and leaves what is being answered alone until the person asks. */

import { subscribe } from "../realtime/direct.js";

const SAID = {
  reponse: "Une nouvelle réponse est arrivée.",
  creneaux: "De nouveaux créneaux sont proposés.",
  retenu: "Une date est retenue.",
  annule: "On ne cherche plus de date.",
};

const place = document.querySelector("[data-dates]");
if (place) {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = "Actualiser la page";
  subscribe(`dates.${place.dataset.dates}`, (event) => {
    if (event.type === "dates.change" && SAID[event.quoi]) place.replaceChildren(`${SAID[event.quoi]} `, link);
  });
}
