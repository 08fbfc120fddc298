/** A search for a date: says that something is new, and leaves what is being answered alone until the person asks. */

import { subscribe } from "../realtime/direct.js";

const SAID = {
  reponse: "Une nouvelle réponse est arrivée.",
  creneaux: "De nouveaux créneaux sont proposés.",
  retenu: "Une date est retenue.",
  annule: "On ne cherche plus de date.",
  personnes: "Les personnes à qui ces créneaux sont proposés ont changé.",
  creneau_retire: "Un créneau n’est plus proposé.",
  clos: "Les réponses sont closes.",
  rouvert: "On peut de nouveau répondre.",
  cloture: "La date limite a changé.",
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
