/* A sujet closed, resolved or archived while one reads it: its badges follow, and a sentence says it. */
import { subscribe } from "../realtime/direct.js";

const place = document.querySelector("#etats");
const announcement = document.querySelector("#etats-annonce");
const sentences = {
  "ferme.true": "Ce sujet vient d’être fermé : il ne reçoit plus de réponses.",
  "ferme.false": "Ce sujet vient d’être rouvert : actualisez la page pour répondre.",
  "resolu.true": "Ce sujet vient d’être marqué comme résolu.",
  "resolu.false": "Ce sujet n’est plus marqué comme résolu.",
  "archive.true": "Ce sujet vient d’être archivé : il ne reçoit plus de réponses.",
  "archive.false": "Ce sujet vient d’être sorti des archives : actualisez la page pour répondre.",
};

subscribe(`sujet.${place.dataset.sujet}`, async (event) => {
  if (event.type !== "sujet.etat" && event.type !== "sujet.reponse_acceptee") return;
  const answer = await fetch(place.dataset.adresse, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  announcement.textContent = sentences[`${event.etat}.${event.actif}`] ?? "";
});
