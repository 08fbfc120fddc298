/* An open list: what is read elsewhere stops being to read here; what is new is announced and waits to be asked for. */
import { subscribe } from "../realtime/direct.js";

const me = Number(document.body.dataset.agent);
const news = document.querySelector(".actualites");
const fresh = new Set();

function tell(text) {
  if (!news) return;
  news.querySelector("p").textContent = text;
  news.hidden = false;
}

function heard(event) {
  if (event.type !== "sujet.message" || event.auteur === me) return;
  fresh.add(event.sujet);
  tell(fresh.size === 1 ? "Un sujet a de nouveaux messages." : `${fresh.size} sujets ont de nouveaux messages.`);
}

for (const pk of (news?.dataset.communautes ?? "").split(",").filter(Boolean)) subscribe(`communaute.${pk}`, heard);

subscribe(`agent.${me}`, (event) => {
  if (event.type === "favori" && document.querySelector(".onglets--listes [aria-current][href$='/favoris/']")) {
    tell("Vos favoris ont changé dans une autre fenêtre.");
  }
  if (event.type === "lectures") tell("Vos lectures ont changé dans une autre fenêtre.");
  if (event.type !== "lecture") return;
  const row = document.querySelector(`.rang[data-sujet="${event.sujet}"]`);
  if (!row) return;
  if (event.retour) tell("Vos lectures ont changé dans une autre fenêtre.");
  if (event.numero < Number(row.dataset.dernier)) return;
  fresh.delete(event.sujet);
  row.classList.remove("rang--non-lu");
  row.querySelector("[data-non-lus]")?.remove();
  row.querySelector(".rang__marquer")?.remove();
});
