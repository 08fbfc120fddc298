/**
 * The page of a meeting, or a list of meetings, that stays as it is in the database: when one of its channels tells of
 * a change, the page is asked for again and only the pieces that changed are replaced, said in one sentence. Nothing
 * moves where somebody is writing. Without this module, a reload does the same.
 */

import { nu, remplacer, saisi } from "../realtime/blocs.js";
import { subscribe } from "../realtime/direct.js";

// Not all the pages that are open ask at once.
const ATTENTE = 300;
const ETALEMENT = 1200;
const DITS = {
  "reunion.nouvelle": "Une réunion est planifiée.",
  "reunion.changee": "La réunion a été modifiée.",
  "reunion.annulee": "La réunion est annulée.",
  "reunion.convives": "La liste des personnes invitées a changé.",
  "reunion.reponse": "Une réponse est arrivée.",
  "reunion.ordre_du_jour": "L’ordre du jour a changé.",
  "reunion.documents": "Les documents préparatoires ont changé.",
  "reunions.change": "Vos réunions ont changé.",
};
const FERMEE = "Cette page ne vous est plus ouverte.";
const GARDE = "La page a changé\u00a0: ce que vous écrivez est gardé, rechargez-la ensuite.";

class PageVivante {
  constructor(zone) {
    this.zone = zone;
    this.annonce = zone.querySelector("[data-role=nouveau]");
    this.aDire = new Set();
    this.attente = 0;
    this.enRetard = false;
    // Heard from since it was opened; cut since.
    this.jointe = false;
    this.coupee = false;
    for (const canal of zone.dataset.vivant.split(" ").filter(Boolean)) {
      subscribe(canal, (event) => this.entendre(event), { onEtat: (etat) => this.etat(etat) });
    }
    document.addEventListener("visibilitychange", () => this.enRetard && this.prevoir());
  }

  entendre(event) {
    if (!(event.type in DITS)) return;
    this.aDire.add(DITS[event.type]);
    this.prevoir();
  }

  /** Back after a cut: what was told meanwhile is not told again, so the page is asked for. */
  etat(etat) {
    if (etat === "coupe") this.coupee = this.jointe;
    else if (etat === "connecte") {
      this.jointe = true;
      this.zone.dataset.ecoute = "oui";
      if (this.coupee) this.prevoir();
      this.coupee = false;
    } else if (etat === "ferme" || etat === "refuse") this.dire(FERMEE);
  }

  prevoir() {
    this.enRetard = document.hidden;
    if (document.hidden) return;
    clearTimeout(this.attente);
    this.attente = setTimeout(() => this.demander(), ATTENTE + Math.random() * ETALEMENT);
  }

  async demander() {
    let reponse;
    try {
      reponse = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    } catch {
      // The line is cut: it is asked for again when it is back.
      this.coupee = true;
      return;
    }
    if (reponse.status === 404 || reponse.status === 403) this.dire(FERMEE);
    if (reponse.ok) this.poser(new DOMParser().parseFromString(await reponse.text(), "text/html"));
  }

  poser(page) {
    let change = false;
    let garde = false;
    for (const bloc of this.zone.querySelectorAll("[data-bloc]")) {
      const neuf = page.querySelector(`[data-bloc="${bloc.dataset.bloc}"]`);
      if (!neuf || nu(neuf) === nu(bloc)) continue;
      if ("saisie" in bloc.dataset && saisi(bloc)) {
        garde = true;
      } else {
        remplacer(bloc, neuf);
        change = true;
      }
    }
    if (change || garde) this.dire([...this.aDire, ...(garde ? [GARDE] : [])].join(" "));
    this.aDire.clear();
  }

  dire(phrase) {
    if (this.annonce) this.annonce.textContent = phrase;
  }
}

for (const zone of document.querySelectorAll("[data-vivant]")) new PageVivante(zone);
