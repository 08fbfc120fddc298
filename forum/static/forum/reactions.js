/* Reactions and « même besoin » without a new page, and those of others as they come. Without this script, the same
   buttons send the page's form. */
import { subscribe } from "../realtime/direct.js";

const form = document.querySelector("#actions");
const thread = document.querySelector("#fil");
const NAMES = { merci: "Merci", utile: "Utile", accord: "D’accord" };
const nombre = new Intl.NumberFormat("fr-FR");

const kind = (button) => button.dataset.genre ?? button.value.replace(/^-/, "");
/* A message may stand twice on the page: the answer chosen, under the question and at its place. */
const copies = (id) => document.querySelectorAll(`[data-message="${id}"] .reactions`);

/* A message whose reader may not react shows only the kinds it received. */
function addLabel(place, genre) {
  const label = document.createElement("span");
  label.className = "reaction";
  label.dataset.genre = genre;
  label.append(`${NAMES[genre]} `, document.createElement("b"));
  place.insertBefore(label, place.querySelector(".reactions__qui"));
  return label;
}

function addLink(place, id) {
  const link = document.createElement("a");
  link.className = "reactions__qui";
  link.href = `/messages/${id}/reactions/`;
  link.textContent = "Qui ?";
  const more = document.createElement("span");
  more.className = "fr-sr-only";
  more.textContent = " Les personnes qui ont réagi à ce message";
  link.append(more);
  place.append(link);
}

function show(id, counts) {
  for (const place of copies(id)) {
    for (const genre of Object.keys(NAMES)) {
      const count = counts[genre];
      let item = [...place.querySelectorAll(".reaction")].find((one) => kind(one) === genre);
      if (!item && count) item = addLabel(place, genre);
      if (!item) continue;
      item.querySelector("b").textContent = count ? nombre.format(count) : "";
      if (item.localName === "span") item.hidden = !count;
      else if (count) item.setAttribute("aria-label", `${NAMES[genre]}, ${count} personne${count > 1 ? "s" : ""}`);
      else item.removeAttribute("aria-label");
    }
    const any = Object.keys(NAMES).some((genre) => counts[genre]);
    const link = place.querySelector(".reactions__qui");
    if (any && !link) addLink(place, id);
    if (!any) link?.remove();
  }
}

function showNeeds(count) {
  document.querySelectorAll("[data-memes-besoins]").forEach((place) => {
    const who = count < 2 ? "personne a" : "personnes ont";
    place.textContent = count ? `${nombre.format(count)} ${who} le même besoin` : "";
  });
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", pressed);
  if (button.name === "besoin") {
    button.value = pressed ? "non" : "oui";
    button.classList.toggle("fr-btn--secondary", pressed);
    button.classList.toggle("fr-btn--tertiary", !pressed);
  } else {
    button.value = pressed ? `-${kind(button)}` : kind(button);
  }
}

function refuse(button, text) {
  const place = button.closest(".reactions, .meme-besoin");
  let line = place.querySelector(".reactions__refus");
  if (!line) {
    line = document.createElement("p");
    line.className = "reactions__refus";
    line.setAttribute("role", "alert");
    place.append(line);
  }
  line.textContent = text;
}

async function send(button) {
  const wanted = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button.formAction, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
    });
    const data = await answer.json();
    if (!answer.ok) return refuse(button, data.erreur ?? "Votre réaction n’a pas été enregistrée.");
    button.closest(".reactions, .meme-besoin").querySelector(".reactions__refus")?.remove();
    if (button.name === "besoin") {
      press(button, wanted);
      showNeeds(data.nombre);
    } else {
      const id = button.closest("[data-message]").dataset.message;
      for (const place of copies(id)) {
        for (const twin of place.querySelectorAll("button.reaction")) if (kind(twin) === kind(button)) press(twin, wanted);
      }
      show(id, data);
    }
  } catch {
    refuse(button, "Votre réaction n’est pas partie : vérifiez votre connexion, puis réessayez.");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.matches("button.reaction, .meme-besoin button")) return;
  event.preventDefault();
  if (button.getAttribute("aria-busy") !== "true") send(button);
});

subscribe(`sujet.${thread.dataset.sujet}`, (event) => {
  if (event.type === "message.reactions") show(event.message, event);
  else if (event.type === "sujet.memes_besoins") showNeeds(event.nombre);
});
