/* Who somebody is, beside their name, wherever it leads to their page or stands in a list (the tag `nom`): on hover and on
   focus, never on touch.
   Asked for once it is wanted, then kept. Escape closes it; the pointer may go onto it (WCAG 1.4.13). */
const PERSON = /^\/annuaire\/([a-z0-9-]+)\/$/;
// Pages of the directory that are nobody's.
const OTHERS = new Set(["moi", "couverture", "moderation"]);
const WAIT = 400;
const LINGER = 200;
const MARGIN = 8;
const kept = new Map();
let card = null;
let link = null;
let opening = 0;
let closing = 0;
let touched = false;

const pathOf = (person) => person.dataset.personne ?? person.pathname;
// What takes the focus, and the description with it.
const toldOf = (person) => person.closest("a") ?? person;

function personOf(target) {
  const found = target.closest?.("main :is(a[href], [data-personne])");
  if (!found || found.closest("nav, .carte-survol, [data-sans-carte]")) return null;
  const match = PERSON.exec(pathOf(found));
  if (!match || OTHERS.has(match[1]) || pathOf(found) === location.pathname) return null;
  return found.host === undefined || found.host === location.host ? found : null;
}

async function ask(path) {
  if (!kept.has(path)) {
    const answer = fetch(`${path}carte/`, { headers: { Accept: "text/html" } })
      .then((found) => (found.ok && !found.redirected ? found.text() : ""))
      .catch(() => { kept.delete(path); return ""; });
    kept.set(path, answer);
  }
  return kept.get(path);
}

async function show(person) {
  const html = await ask(pathOf(person));
  // The pointer may have left meanwhile, or the page changed.
  if (!html || link !== person || !person.isConnected) return;
  hide();
  link = person;
  card = document.createElement("div");
  card.className = "carte-survol";
  card.id = "carte-survol";
  card.setAttribute("role", "tooltip");
  card.innerHTML = html;
  card.addEventListener("pointerenter", () => clearTimeout(closing));
  card.addEventListener("pointerleave", leave);
  // In a dialog, what stands out of it is hidden; and no part of a page stands out of its landmarks.
  (person.closest("dialog") ?? person.closest("main")).append(card);
  const told = toldOf(person);
  told.setAttribute("aria-describedby", [told.getAttribute("aria-describedby"), "carte-survol"].filter(Boolean).join(" "));
  place(person);
}

function place(person) {
  const name = person.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const below = name.bottom + MARGIN + height <= innerHeight || name.top < height + MARGIN;
  card.style.left = `${Math.max(MARGIN, Math.min(name.left, innerWidth - width - MARGIN))}px`;
  card.style.top = `${below ? name.bottom + MARGIN / 2 : name.top - height - MARGIN / 2}px`;
}

function hide() {
  clearTimeout(opening);
  clearTimeout(closing);
  if (card) {
    card.remove();
    card = null;
    const told = toldOf(link);
    const others = (told.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "carte-survol");
    if (others.length) told.setAttribute("aria-describedby", others.join(" "));
    else told.removeAttribute("aria-describedby");
  }
  link = null;
}

function want(person) {
  clearTimeout(closing);
  if (person === link) return;
  hide();
  link = person;
  opening = setTimeout(() => show(person), WAIT);
}

function leave() {
  clearTimeout(closing);
  closing = setTimeout(hide, LINGER);
}

document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; hide(); }, true);
document.addEventListener("keydown", (event) => {
  touched = false;
  if (event.key !== "Escape" || !card) return;
  // The card only: not the dialog in which its name may stand.
  event.preventDefault();
  event.stopPropagation();
  hide();
}, true);
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const person = personOf(event.target);
  if (person) want(person);
});
document.addEventListener("pointerout", (event) => {
  if (link && link.contains(event.target) && !link.contains(event.relatedTarget)) leave();
});
document.addEventListener("focusin", (event) => {
  if (touched || !event.target.matches(":focus-visible")) return;
  // A link to something of somebody's names them first.
  const person = personOf(event.target) ?? personOf(event.target.querySelector(":scope > [data-personne]") ?? event.target);
  if (person) want(person);
});
document.addEventListener("focusout", (event) => { if (link && (event.target === link || event.target.contains(link))) leave(); });
addEventListener("scroll", () => { if (card) hide(); }, { passive: true, capture: true });
addEventListener("pagehide", hide);
