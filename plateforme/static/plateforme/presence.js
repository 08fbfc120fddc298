/* My state in the header, live and without leaving the page; and « absent » when nobody touches any page for a while. */
import { envoyer, subscribe } from "../realtime/direct.js";

const agent = document.body.dataset.agent;
const menus = [...document.querySelectorAll("[data-mon-etat]")];

/* --- What I chose ------------------------------------------------------------------------------- */

let over = 0;
function show({ etat, libelle, message, fin }) {
  clearTimeout(over);
  for (const menu of document.querySelectorAll("[data-mon-etat]")) {
    menu.dataset.monEtat = etat;
    menu.querySelector("summary .presence").className = `presence presence--${etat}`;
    menu.querySelector("[data-role=libelle]").textContent = libelle;
    for (const button of menu.querySelectorAll("[name=etat]")) {
      button.setAttribute("aria-pressed", String(button.value === etat));
    }
    const detail = menu.querySelector("[data-role=detail]");
    detail.textContent = message ?? "";
    detail.hidden = !message;
  }
  watch(fin);
}

/** A state ends at its hour, whether or not anybody tells. */
function watch(fin) {
  if (!fin) return;
  const rest = Date.parse(fin) - Date.now();
  // Longer than a timer can wait: the page will have been opened again by then.
  if (rest > 2 ** 31 - 1) return;
  over = setTimeout(() => show({ etat: "en_ligne", libelle: "En ligne", message: "", fin: null }), Math.max(0, rest));
}
watch(menus[0]?.dataset.fin);

function say(phrase) {
  const line = document.createElement("div");
  line.className = "annonce";
  line.textContent = phrase;
  document.querySelector("#annonces").append(line);
  setTimeout(() => line.remove(), 6000);
}

/* The design system copies the header's tools into the menu of phones: listened to from above, and before page.js. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const menu = form.closest("[data-mon-etat]");
  if (!menu || !event.submitter) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    show(told);
    close(menu);
    say(`Votre état\u00a0: ${told.libelle.toLowerCase()}.`);
  } catch (error) {
    say(error instanceof TypeError || error instanceof SyntaxError ? "Votre état n’a pas pu être changé. Réessayez." : error.message);
  }
}, true);

function close(menu) {
  if (!menu.open) return;
  const inside = menu.contains(document.activeElement);
  menu.open = false;
  if (inside) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-mon-etat][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("[data-mon-etat][open]").forEach(close);
});

/* --- Whether I am there ------------------------------------------------------------------------- */

const patience = Number(document.body.dataset.absence) * 1000; // without it, pages say nothing of it
const key = `plateforme.geste.${agent}`;
let last = Date.now();
let away = false;

function stored() {
  try {
    return Number(localStorage.getItem(key)) || 0;
  } catch {
    return 0;
  }
}

function tell() {
  envoyer({ type: "eveil", actif: !away }).catch(() => {});
}

/** What is done in any page of this browser counts for all. */
function check() {
  const idle = Date.now() - Math.max(last, stored()) >= patience;
  if (idle === away) return;
  away = idle;
  tell();
}

function gesture() {
  const now = Date.now();
  if (now - last < 2000 && !away) return;
  last = now;
  try {
    localStorage.setItem(key, String(now));
  } catch {
    // Each page then speaks for itself.
  }
  check();
}

if (patience) {
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    addEventListener(kind, gesture, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && gesture());
  addEventListener("storage", (event) => event.key === key && check());
  setInterval(check, Math.min(15_000, patience / 2));
  gesture();
}

subscribe(
  `agent.${agent}`,
  (event) => event.type === "presence.choix" && show(event),
  // A new line is taken for somebody who is there.
  { onEtat: (etat) => etat === "connecte" && away && tell() },
);
