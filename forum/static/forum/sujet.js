/* Answers that arrive while one reads: announced, and brought in without moving what is being read. */
import { subscribe } from "../realtime/direct.js";
import { suivreEcriture } from "../realtime/ecriture.js";

const thread = document.querySelector("#fil");
const box = document.querySelector("#nouveaux");
const button = box.querySelector("button");
const announcement = document.querySelector("#sujet-annonce");
let last = Number(thread.dataset.dernier);
let waiting = [];
let asking = false;
let again = false;

const atBottom = () => thread.getBoundingClientRect().bottom < innerHeight + 80;

function bringIn() {
  waiting.forEach((message) => {
    message.classList.add("message--arrive");
    thread.append(message);
    window.htmx?.process(message);
  });
  if (waiting.length) see(waiting.at(-1).dataset.numero);
  waiting = [];
  box.hidden = true;
}

/* What is shown to somebody who looks is read; what waits behind the button, or in a hidden tab, is not. */
let seen = 0;
function see(numero) {
  seen = Math.max(seen, Number(numero));
  if (document.visibilityState !== "visible" || !seen) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("#actions input[name=csrfmiddlewaretoken]").value);
  body.set("numero", String(seen));
  seen = 0;
  fetch(thread.dataset.lu, { method: "POST", body, keepalive: true }).catch(() => {});
}
document.addEventListener("visibilitychange", () => see(0));

/* Always what follows the last number known: an event that got lost is made up for by the next one. */
async function ask() {
  if (thread.dataset.complet !== "oui") return;
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(`${thread.dataset.nouveaux}?apres=${last}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll(".message")].filter((message) => Number(message.dataset.numero) > last);
    if (!fresh.length) return;
    last = Number(fresh.at(-1).dataset.numero);
    waiting.push(...fresh);
    const text = waiting.length === 1 ? "1 nouvelle réponse" : `${waiting.length} nouvelles réponses`;
    announcement.textContent = text;
    if (atBottom()) bringIn();
    else { button.textContent = text; box.hidden = false; }
  } finally {
    asking = false;
    if (again) { again = false; ask(); }
  }
}

button.addEventListener("click", () => { const first = waiting[0]; bringIn(); first?.scrollIntoView({ block: "nearest" }); });
subscribe(`sujet.${thread.dataset.sujet}`, (event) => { if (event.type === "message.nouveau") ask(); }, { onEtat: (state) => { if (state === "connecte") ask(); } });
addEventListener("online", ask);

const writing = document.querySelector("#sujet-ecriture");
const field = "montrerEcriture" in writing.dataset ? document.querySelector("#repondre textarea[name=texte]") : null;
suivreEcriture(`sujet.${thread.dataset.sujet}`, writing, field);
