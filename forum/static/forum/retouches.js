/* Messages changed, withdrawn or put back while one reads: shown again in place, without moving what is being read
   and never under the eyes, the cursor or the selection of the reader. */
import { subscribe } from "../realtime/direct.js";

const thread = document.querySelector("#fil");
const announcement = document.querySelector("#sujet-annonce");
const WORDS = {
  "message.modifie": "Un message a été modifié",
  "message.retire": "Un message a été retiré",
  "message.retabli": "Un message a été rétabli",
  "message.suites": "Une décision ou une tâche d’un message a changé",
};

/* A message may stand twice on the page: the answer chosen, under the question and at its place. */
const copies = (id) => [...document.querySelectorAll(`article[data-message="${id}"]`)];

function inView(article) {
  const { top, bottom } = article.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/* Whether the reader has the focus or a selection inside. */
function inUse(article) {
  if (article.contains(document.activeElement)) return true;
  const selection = getSelection();
  return Boolean(selection && !selection.isCollapsed && selection.rangeCount && selection.getRangeAt(0).intersectsNode(article));
}

async function fetchMessage(id, anchor) {
  const answer = await fetch(`/messages/${id}/fragment/?ancre=${anchor}`, { headers: { Accept: "text/html" } });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article");
}

/* What stands at the top of the window stays there, whatever the size of what changed above. */
function replace(old, fresh) {
  const first = [...document.querySelectorAll("article[data-message]")].find((one) => one !== old && one.getBoundingClientRect().top >= 0);
  const above = old.getBoundingClientRect().bottom < 0;
  const before = first?.getBoundingClientRect().top;
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (above && first) scrollBy({ top: first.getBoundingClientRect().top - before, behavior: "instant" });
}

async function show(article) {
  const anchor = article.id.startsWith("retenue") ? "retenue" : "message";
  const fresh = await fetchMessage(article.dataset.message, anchor);
  if (fresh && article.isConnected) replace(article, fresh);
  return fresh;
}

/* The change waits to be asked for. */
function offer(article, text) {
  let line = article.querySelector(".message__change");
  if (!line) {
    line = document.createElement("p");
    line.className = "message__change";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fr-btn fr-btn--sm fr-btn--tertiary";
    button.addEventListener("click", async () => {
      const fresh = await show(article);
      if (!fresh) return;
      fresh.tabIndex = -1;
      fresh.focus({ preventScroll: true });
    });
    line.append(button);
    article.querySelector(".message__tete").after(line);
  }
  line.firstChild.textContent = `${text} : l’afficher`;
}

function whenFree(article, then) {
  if (!inUse(article)) return then();
  const look = () => setTimeout(() => {
    if (article.isConnected && inUse(article)) return;
    document.removeEventListener("selectionchange", look);
    document.removeEventListener("focusout", look);
    if (article.isConnected) then();
  }, 300);
  document.addEventListener("selectionchange", look);
  document.addEventListener("focusout", look);
}

subscribe(`sujet.${thread.dataset.sujet}`, (event) => {
  if (event.type === "sujet.renomme") {
    document.querySelector("main h1").textContent = event.titre;
    announcement.textContent = `Ce sujet s’appelle maintenant « ${event.titre} »`;
    return;
  }
  const words = WORDS[event.type];
  if (!words) return;
  copies(event.message).forEach((article) => {
    // A text withdrawn is not to be read any longer than the reader holds it.
    if (event.type === "message.modifie" && (inView(article) || inUse(article))) offer(article, "Message modifié à l’instant");
    else whenFree(article, () => show(article));
    announcement.textContent = words;
  });
});
