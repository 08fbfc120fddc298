/**
 * Following the state of a meeting. Live frames say only that there is a newer version; the state itself is asked for,
 * rendered by the server. A late page, a cut or a lost frame all end in the same question.
 */

import { subscribe } from "../realtime/direct.js";

// A whole meeting that asks at the same instant would wait for itself: the more there are, the more they spread.
const ETALEMENT = 250;
const PAR_PERSONNE = 20;
// What changes with each of those present, and that nobody acts upon, is asked for less often.
const LENTS = new Set(["presence", "voix"]);
const PAR_PERSONNE_LENT = 100;

export class Suivi {
  /** `recevoir(fragment)` gets a document with the new state; `dire(etat)` what becomes of the line. */
  constructor({ reunion, url, version, recevoir, dire, evenement }) {
    Object.assign(this, { reunion, url, version, recevoir, dire, evenement });
    this.echecs = 0;
    this.presents = 0;
  }

  demarrer() {
    subscribe(`seance.${this.reunion}`, (event) => this.entendre(event), {
      versions: true,
      onEtat: (etat) => this.dire(etat),
    });
  }

  entendre(event) {
    if (event.type === "abonne" && event.dernier_numero !== this.version) this.demander();
    if (event.type === "seance.change" && event.version > this.version) {
      this.evenement?.(event);
      this.demander({ lent: LENTS.has(event.quoi) });
    }
  }

  /** Ask for the state, soon; what is asked meanwhile is asked once more afterwards. */
  demander({ forcer = false, lent = false } = {}) {
    this.force ||= forcer;
    if (this.enCours) {
      this.encore = true;
      return;
    }
    const delai = Math.random() * Math.max(ETALEMENT, this.presents * (lent ? PAR_PERSONNE_LENT : PAR_PERSONNE));
    const quand = performance.now() + delai;
    if (this.prevu && this.quand <= quand) return;
    clearTimeout(this.prevu);
    this.quand = quand;
    this.prevu = setTimeout(async () => {
      this.prevu = null;
      this.enCours = true;
      await this.charger();
      this.enCours = false;
      if (this.encore) {
        this.encore = false;
        this.demander();
      }
    }, delai);
  }

  async charger() {
    const adresse = new URL(this.url, location.href);
    if (!this.force) adresse.searchParams.set("version", this.version);
    this.force = false;
    try {
      const reponse = await fetch(adresse, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
      if (reponse.type === "opaqueredirect") return this.dire("session");
      if (reponse.status === 403 || reponse.status === 404) return this.dire("ferme");
      if (!reponse.ok) throw new Error(reponse.status);
      if (reponse.status === 200) this.prendre(await reponse.text());
      this.echecs = 0;
    } catch {
      this.echecs += 1;
      setTimeout(() => this.demander(), Math.min(20_000, 800 * 2 ** this.echecs) * (0.5 + Math.random() / 2));
    }
    return undefined;
  }

  /** A state come from anywhere; one that is older than what is shown is left out. */
  prendre(html) {
    const fragment = new DOMParser().parseFromString(html, "text/html");
    const repere = fragment.querySelector("[data-role=repere]");
    const version = Number(repere?.dataset.version);
    if (!repere || version < this.version) return;
    this.version = version;
    this.presents = Number(repere.dataset.presents);
    this.recevoir(fragment);
  }
}
