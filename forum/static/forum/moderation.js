/* What those who animate do to a sujet while its page is open: said politely, with a link, nothing moves. */
import { subscribe } from "../realtime/direct.js";

const banner = document.querySelector("#sujet-bandeau");
const sentences = {
  "sujet.fusionne": ["L’animation vient de réunir ce sujet avec un autre. Ce que vous écrivez est conservé.", "Y aller"],
  "sujet.scinde": ["Des messages de ce sujet viennent d’être déplacés dans un sujet à part.", "Le voir"],
  "sujet.deplace": ["L’animation vient de déplacer ce sujet dans une autre communauté.", "Recharger la page"],
  "sujet.masque": ["L’animation vient de retirer ce sujet."],
  "sujet.retabli": ["Ce sujet est de nouveau visible.", "Recharger la page"],
};

function say(sentence, label, url) {
  banner.textContent = sentence;
  if (!label) return;
  const link = document.createElement("a");
  link.href = url;
  link.textContent = label;
  banner.append(" ", link);
}

if (banner) {
  subscribe(
    `sujet.${banner.dataset.sujet}`,
    (event) => {
      const found = sentences[event.type];
      if (found) say(found[0], found[1], event.url ?? location.pathname);
    },
    {
      onEtat: (state) => {
        if (state === "ferme" && !banner.textContent) say("Ce sujet ne vous est plus ouvert.");
      },
    },
  );
}
