/**
 * The files that go with what one writes in a salon: chosen, pasted or dropped, sent to the server at once, and named by
 * the message when it leaves. Without this module the form carries them itself.
 */

import { Televersement, bouton, champDescription, recueillir, reprendre, titre } from "../fichiers/televersement.js";
import { nouvelId } from "./envois.js";

const MO = 1024 * 1024;
// The server keeps for a day what no message takes.
const CONSERVATION = 23 * 3_600_000;

export class Joindre {
  /**
   * `formulaire` is the one in which one writes, `zone` where files are dropped, `cle` the name under which those that
   * arrived are kept over a reload (it holds the person's id). `pret()` is called when what a message waited for is there.
   */
  constructor(formulaire, { zone, cle, pret }) {
    this.place = formulaire.querySelector("[data-role=joindre]");
    this.champ = formulaire.querySelector("textarea");
    this.liste = this.place.querySelector("[data-role=envois]");
    this.phrase = this.place.querySelector("[data-role=joindre-etat]");
    this.annonce = this.place.querySelector("[data-role=joindre-annonce]");
    this.nombre = Number(this.place.dataset.nombre);
    this.taille = Number(this.place.dataset.taille);
    this.cle = cle;
    this.pret = pret;
    this.attendu = false;
    this.garde = false;
    // In order: what is on its way, and what arrived (`recu`, as the server describes it).
    this.joints = [];
    const choix = this.place.querySelector("input[type=file]");
    const bouton = formulaire.querySelector("[data-role=choisir]");
    bouton.hidden = false;
    bouton.addEventListener("click", () => choix.click());
    choix.addEventListener("change", () => {
      this.prendre([...choix.files]);
      choix.value = "";
    });
    recueillir(this.champ, zone, "salon--survol", (fichiers) => this.prendre(fichiers));
    addEventListener("beforeunload", (event) => {
      if (this.enCours()) event.preventDefault();
    });
    this.remettre(this.lire());
  }

  // --- What the page asks ---------------------------------------------------------------------

  /** Whether a message has to wait for its files; says why, and calls `pret()` once they are there. */
  retient() {
    this.attendu = this.enCours();
    if (this.attendu) this.dire("Le message partira dès que ses fichiers seront arrivés.");
    else if (this.joints.some((joint) => joint.etat === "echec")) {
      this.dire("Un fichier n’est pas parti : réessayez ou retirez-le, puis envoyez.");
      return true;
    }
    return this.attendu;
  }

  /** The files that a message takes now; the list is empty after. */
  emporter() {
    const pris = this.joints.map(({ recu }) => recu);
    for (const { rang } of this.joints) rang.remove();
    this.joints = [];
    this.dire("");
    this.suivre();
    return pris;
  }

  /** Put back those of a message that did not leave. */
  remettre(recus) {
    for (const recu of recus) {
      if (this.joints.some((joint) => joint.recu?.id === recu.id)) continue;
      const rang = document.createElement("li");
      rang.className = "envoi";
      this.liste.append(rang);
      const joint = { etat: "arrive", rang };
      this.joints.push(joint);
      this.arriver(joint, recu);
    }
    this.suivre();
  }

  /** The line is back: what it had cut is sent again. */
  relancer() {
    for (const joint of this.joints) if (joint.etat === "echec" && joint.coupe) joint.envoyer();
  }

  // --- One file -------------------------------------------------------------------------------

  prendre(fichiers) {
    this.champ.focus();
    const reste = Math.max(0, this.nombre - this.joints.length);
    for (const fichier of fichiers.slice(0, reste)) this.envoyer(fichier);
    if (fichiers.length > reste) {
      this.dire(`Un message porte ${this.nombre} fichiers au plus : les autres n’ont pas été pris.`);
    }
  }

  envoyer(fichier) {
    if (fichier.size > this.taille) {
      const plus = Math.floor(this.taille / MO);
      this.dire(
        `« ${fichier.name} » dépasse ${plus} Mo : partagez-le plutôt dans les documents d’une communauté, puis collez son adresse ici.`,
      );
      return;
    }
    const joint = new Televersement(this.liste, fichier, {
      adresse: this.place.dataset.adresse,
      champs: { client_id: nouvelId() },
      dire: (phrase) => this.annoncer(phrase),
      arrive: (rang, reponse) => this.arriver(joint, { ...reponse, le: Date.now() }),
      change: () => this.suivre(),
    });
    this.joints.push(joint);
    this.suivre();
  }

  arriver(joint, recu) {
    joint.recu = recu;
    this.annoncer(`${recu.nom} est joint`);
    joint.rang.replaceChildren();
    if (recu.image) {
      const vue = document.createElement("img");
      Object.assign(vue, { className: "envoi__vue", alt: "", src: recu.image.url });
      joint.rang.append(vue);
    }
    joint.rang.append(titre(recu.nom));
    if (recu.image) {
      const { etiquette, champ } = champDescription(recu.image.alternative, (texte) => this.decrire(recu, texte));
      champ.addEventListener("input", () => this.decrire(recu, champ.value));
      champ.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        this.champ.focus();
      });
      joint.rang.append(etiquette);
    }
    joint.rang.append(
      bouton("Retirer", recu.nom, () => {
        reprendre(recu.retirer);
        joint.etat = "oublie";
        joint.rang.remove();
        this.annoncer(`${recu.nom} est retiré`);
        this.suivre();
        this.champ.focus();
      }),
    );
  }

  decrire(recu, texte) {
    recu.image.alternative = texte.trim();
    recu.image.description = recu.image.alternative || `Image sans description : ${recu.nom}`;
    this.garder();
  }

  // --- All of them ----------------------------------------------------------------------------

  enCours() {
    return this.joints.some((joint) => joint.etat === "envoi");
  }

  suivre() {
    const avant = this.joints.length;
    this.joints = this.joints.filter((joint) => joint.etat !== "oublie");
    if (this.joints.length < avant) this.dire("");
    this.liste.hidden = !this.joints.length;
    this.garder();
    if (!this.attendu || this.enCours()) return;
    this.attendu = false;
    if (!this.retient()) this.pret();
  }

  /** What holds the message back, for all to see. */
  dire(phrase) {
    this.phrase.textContent = phrase;
  }

  /** What the rows show, for those who listen. */
  annoncer(phrase) {
    this.annonce.textContent = phrase;
  }

  garder() {
    const recus = this.joints.map(({ recu }) => recu).filter(Boolean);
    try {
      // What another page of this browser keeps there is not this one's to forget.
      if (recus.length) localStorage.setItem(this.cle, JSON.stringify(recus));
      else if (this.garde) localStorage.removeItem(this.cle);
      this.garde = Boolean(recus.length);
    } catch {
      // Storage refused or full: the page alone holds them.
    }
  }

  lire() {
    try {
      const recus = JSON.parse(localStorage.getItem(this.cle)) ?? [];
      return recus.filter(({ id, le }) => id && Date.now() - le < CONSERVATION);
    } catch {
      return [];
    }
  }
}
