/* An open list of decisions or tasks: what changes is announced, and waits to be asked for. */
import { subscribe } from "../realtime/direct.js";

const WORDS = { decision: "Le registre des décisions a changé.", tache: "Les tâches ont changé." };
const news = document.querySelector("[data-suites-direct]");

if (news) {
  const { suitesDirect: kind, communaute } = news.dataset;
  subscribe(`communaute.${communaute}`, (event) => {
    if (!event.type.startsWith(`${kind}.`)) return;
    news.querySelector("p").textContent = WORDS[kind];
    news.hidden = false;
  });
}
