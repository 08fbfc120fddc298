/** The screen of the meeting's room: follows the state, asks for nothing. */

import { Horloges } from "./horloge.js";
import { Suivi } from "./suivi.js";

const racine = document.querySelector("[data-ecran]");
if (racine) {
  const horloges = new Horloges(racine);
  const suivi = new Suivi({
    reunion: racine.dataset.ecran,
    url: racine.dataset.urlEtat,
    version: Number(racine.querySelector("[data-role=repere]").dataset.version),
    recevoir: (fragment) => {
      racine.replaceChildren(...[...fragment.body.children].map((noeud) => document.importNode(noeud, true)));
      horloges.recaler();
    },
    dire: (etat) => racine.classList.toggle("ecran--coupe", etat !== "connecte"),
  });
  horloges.recaler();
  horloges.reveil = () => suivi.demander({ forcer: true });
  suivi.demarrer();
}
