/* Keeping a message without leaving the page: the form opens in a box over it, and the marks follow, here and on one's
   other devices. Without this script the same links lead to a page. */
import { subscribe } from "../realtime/direct.js";

const box = document.querySelector("#boite-favori");
const body = document.querySelector("#boite-favori-corps");
const announcements = document.querySelector("#annonces");
let opener = null;
let typed = false;

/* A message may stand twice on the page: the answer chosen, under the question and at its place. */
const copies = (id) => document.querySelectorAll(`article[data-message="${id}"]`);

function mark(article, kept) {
  const entry = article.querySelector(".menu-message [data-favori]");
  if (!entry) return;
  entry.textContent = kept ? "Modifier le favori" : "Garder dans mes favoris";
  const old = article.querySelector(".message__favori");
  if (!kept) old?.remove();
  if (!kept || old) return;
  const link = document.createElement("a");
  link.className = "message__favori fr-icon-bookmark-fill";
  link.href = entry.href;
  link.title = "Dans vos favoris";
  link.dataset.favori = "";
  const words = document.createElement("span");
  words.className = "fr-sr-only";
  words.textContent = link.title;
  link.append(words);
  article.querySelector(".message__date").prepend(link);
}

const show = ({ message, garde }) => copies(message).forEach((article) => mark(article, garde));

/* Said where the other news of the page are; a removal can be undone from there. */
function say({ dit, refus, message, garde }) {
  const line = document.createElement("div");
  line.className = "annonce";
  const words = document.createElement("p");
  words.className = "fr-mb-0";
  words.textContent = dit ?? refus;
  line.append(words);
  if (dit && !garde) {
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "fr-link";
    undo.textContent = "Annuler le retrait";
    undo.addEventListener("click", () => {
      line.remove();
      window.htmx.ajax("POST", `/messages/${message}/favori/remettre/`, { source: box, swap: "none" });
    });
    line.append(undo);
  }
  announcements.append(line);
  setTimeout(() => line.remove(), dit && !garde ? 20000 : 9000);
}

function open(link) {
  opener = link;
  const id = link.closest("article").dataset.message;
  // What was typed and not sent is still there.
  if (typed && body.querySelector("form")?.dataset.message === id) return box.showModal();
  typed = false;
  window.htmx.ajax("GET", link.href, { source: box, target: body, swap: "innerHTML" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-favori]");
  if (!link || !window.htmx || !box.showModal || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});

body.addEventListener("htmx:afterSwap", () => { if (!box.open) box.showModal(); });
body.addEventListener("input", () => { typed = true; });
body.addEventListener("click", (event) => {
  if (!event.target.closest("[data-fermer]")) return;
  event.preventDefault();
  typed = false;
  box.close();
});

/* Back to the menu of the message, or to its mark: both may have changed meanwhile. */
box.addEventListener("close", () => {
  const article = opener?.closest("article");
  const place = opener?.isConnected && !opener.closest(".menu-message") ? opener : article?.querySelector(".menu-message summary");
  if (article?.isConnected) article.querySelector(".menu-message")?.removeAttribute("open");
  place?.focus();
});

/* What the server did: of the form, or of a removal undone. */
document.addEventListener("favori", (event) => {
  const done = event.detail;
  if (done.message) {
    show(done);
    typed = false;
  }
  if (box.open) box.close();
  say(done);
});

/* The form could not come: its page says why. It could not leave: it stays, and says so. */
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  box.addEventListener(failure, () => {
    if (!box.open && opener) return location.assign(opener.href);
    let line = body.querySelector("[data-echec]");
    if (!line) {
      line = document.createElement("p");
      line.className = "fr-message fr-message--error";
      line.dataset.echec = "";
      line.setAttribute("role", "alert");
      body.querySelector(".actions").before(line);
    }
    line.textContent = "Rien n’est parti : vérifiez votre connexion, puis réessayez.";
  });
}

subscribe(`agent.${document.body.dataset.agent}`, (event) => { if (event.type === "favori") show(event); });
