/* Who somebody is, beside their name, wherever it leads to their page: on hover and on focus, never on touch.
   Asked for once it is wanted, then kept. Escape closes it; the pointer may go onto it (WCAG 1.4.13). */
const PERSON = /^\/annuaire\/([a-z0-9-]+)\/$/;
const WAIT = 400;
const LINGER = 200;
const MARGIN = 8;
const kept = new Map();
let card = null;
let link = null;
let opening = 0;
let closing = 0;
let touched = false;

function personOf(target) {
  const found = target.closest?.("main a[href]");
  if (!found || found.closest("nav, .carte-survol, [data-sans-carte]")) return null;
  const match = PERSON.exec(found.pathname);
  if (!match || match[1] === "moi" || found.pathname === location.pathname || found.host !== location.host) return null;
  return found;
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
  const html = await ask(person.pathname);
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
  person.setAttribute("aria-describedby", [person.getAttribute("aria-describedby"), "carte-survol"].filter(Boolean).join(" "));
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
    const others = (link.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "carte-survol");
    if (others.length) link.setAttribute("aria-describedby", others.join(" "));
    else link.removeAttribute("aria-describedby");
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
  if (link && event.target.closest?.("a") === link && !link.contains(event.relatedTarget)) leave();
});
document.addEventListener("focusin", (event) => {
  const person = touched ? null : personOf(event.target);
  if (person && person.matches(":focus-visible")) want(person);
});
document.addEventListener("focusout", (event) => { if (event.target === link) leave(); });
addEventListener("scroll", () => { if (card) hide(); }, { passive: true, capture: true });
addEventListener("pagehide", hide);
