/**
 * « Camille Durand écrit… »: who is writing on the same channel, and telling that one is.
 *
 * Comfort only: nothing here is kept, awaited or announced. The line of text has no live region: what arrives is
 * announced, not what may come (the pages reserve its height, so that nothing moves).
 */

import { envoyer, subscribe } from "./direct.js";

// The server takes one word every 2 s; a little more, so that the network's whims do not lose one in two.
const DIRE = 2500;
const MONTRER = 6000;

/**
 * Show who writes on `canal` in `ligne`; with `champ`, tell the others that this person types in it.
 *
 * Where the channel's messages are counted (`apres`), to be called after the module that counts them. `racine`: of the
 * thread in which it is, if any. Gives what stops listening (`fermer`).
 */
export function suivreEcriture(canal, ligne, champ, racine) {
  const lecteur = new Lecteur(ligne);
  if (champ) new Plume(canal, champ, racine);
  return subscribe(
    canal,
    (event) => {
      if (event.type === "ecrit" && event.racine === racine) lecteur.recevoir(event);
      else if (event.type === "salon.message") lecteur.oublier(event.auteur.id);
      else if (event.type === "message.nouveau") lecteur.oublier(event.auteur);
    },
    { onEtat: (etat) => etat !== "connecte" && lecteur.vider() },
  );
}

class Lecteur {
  constructor(ligne) {
    this.ligne = ligne;
    this.personnes = new Map();
  }

  recevoir({ auteur, actif }) {
    this.oublier(auteur.id);
    if (!actif) return;
    const delai = setTimeout(() => this.oublier(auteur.id), MONTRER);
    this.personnes.set(auteur.id, { nom: auteur.nom, delai });
    this.montrer();
  }

  oublier(id) {
    clearTimeout(this.personnes.get(id)?.delai);
    if (this.personnes.delete(id)) this.montrer();
  }

  vider() {
    for (const id of [...this.personnes.keys()]) this.oublier(id);
  }

  montrer() {
    const noms = [...this.personnes.values()].map((personne) => personne.nom).sort((a, b) => a.localeCompare(b, "fr"));
    let phrase = "";
    if (noms.length === 1) phrase = `${noms[0]} écrit…`;
    else if (noms.length === 2) phrase = `${noms[0]} et ${noms[1]} écrivent…`;
    else if (noms.length) phrase = "Plusieurs personnes écrivent…";
    if (this.ligne.textContent !== phrase) this.ligne.textContent = phrase;
  }
}

/** What the person types in a field: said now and then while they do, and once when they have erased it. When it
 * is sent, its arrival says enough. */
class Plume {
  constructor(canal, champ, racine) {
    this.canal = canal;
    this.racine = racine;
    this.champ = champ;
    this.ditLe = -DIRE;
    this.actif = false;
    champ.addEventListener("input", () => this.suivre());
  }

  suivre() {
    if (this.champ.value.trim()) {
      clearTimeout(this.fin);
      if (performance.now() - this.ditLe >= DIRE) this.dire(true);
    } else if (this.actif) {
      this.actif = false;
      this.fin = setTimeout(() => this.dire(false), Math.max(0, this.ditLe + DIRE - performance.now()));
    }
  }

  dire(actif) {
    this.ditLe = performance.now();
    this.actif = actif;
    envoyer({ type: "ecrit", canal: this.canal, actif, racine: this.racine }).catch(() => {});
  }
}
