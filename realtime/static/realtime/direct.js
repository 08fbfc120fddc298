/**
 * What appears live: the page's side, shared by all its modules. One line serves all the pages of a person in a browser
 * (raccordement.js).
 *
 *   const suivi = subscribe("salon.42", (event) => …, { apres: 118, onEtat: (etat) => … });
 *   suivi.fermer();
 *   await envoyer({ type: "dire", … });   // the server's answer, or an error with its `code`
 *
 * Delivery is at most once on the way: numbered messages are given to `onEvent` in order, without hole nor
 * double, holes being filled from the database; so are changes of what was already given (`salon.ligne`, whole each
 * time), which come once at least. The frames are described in docs/protocole-temps-reel.md.
 */

import { raccorder } from "./raccordement.js";

const REPONSE_MAX = 15_000;
const SANS_REPONSE = new Set(["lu", "ecrit", "eveil"]);
const A_REESSAYER = new Set(["trop_de_trames", "erreur_interne", "sans_reponse", "coupure"]);

/** Why a frame got no good answer: `code` is the server's, or `coupure`, or `sans_reponse`; `attente` in seconds. */
export class EnvoiRefuse extends Error {
  constructor(code, message, attente) {
    super(message);
    this.code = code;
    this.attente = attente;
  }
}

/** One channel of this page: who listens, how far it was read, what waits for a hole to be filled. */
class Canal {
  constructor(nom, direct, { apres, revision, versions }) {
    this.nom = nom;
    this.direct = direct;
    this.dernier = apres ?? null;
    // Up to where what was already shown is known to be as it is now; changes seen beyond a hole; lines that changed
    // before they came.
    this.revision = revision ?? null;
    this.vues = new Set();
    this.changees = new Map();
    // Its numbers are versions of one state: the last is all that matters, and the page asks for it by itself.
    this.versions = versions;
    this.abonnes = new Set();
    this.enAvance = new Map();
    this.demande = false;
  }

  /** Ask to listen, and for what came since the last number when one is known. */
  async demander({ complet = false } = {}) {
    if (this.demande) return;
    this.demande = true;
    const trame = { type: "abonner", canal: this.nom };
    if (this.dernier !== null && !complet && !this.versions) trame.apres = this.dernier;
    if (this.revision !== null) trame.revision = this.revision;
    try {
      await this.direct.envoyer(trame);
    } catch (erreur) {
      if (!A_REESSAYER.has(erreur.code)) this.direct.retirer(this, "refuse");
      // After a cut, the next connection asks again by itself.
      else if (erreur.code !== "coupure") setTimeout(() => this.direct.canaux.has(this.nom) && this.demander(), 4000);
    } finally {
      this.demande = false;
    }
  }

  recevoir(event) {
    switch (event.type) {
      case "abonne":
        if (this.versions) this.dernier = event.dernier_numero;
        else this.dernier ??= event.dernier_numero;
        this.revision ??= event.revision ?? null;
        this.dire(event);
        break;
      case "rattrapage":
        for (const message of event.messages) {
          this.sauter(message.numero - 1);
          this.compter({ canal: this.nom, ...message });
        }
        this.sauter(event.jusqu_a);
        // A hole that opened while this was on its way is asked for as well.
        if (event.suite || this.enAvance.size) this.demander();
        break;
      case "salon.message":
        this.compter(event);
        break;
      case "changements":
        for (const ligne of event.lignes) this.changer({ canal: this.nom, ...ligne });
        this.atteindre(event.revision);
        if (event.suite || this.vues.size) this.demander();
        break;
      case "salon.ligne":
        this.changer(event);
        this.vues.add(event.revision);
        this.atteindre(this.revision ?? event.revision);
        if (this.vues.size) this.demander();
        break;
      case "salon.revision":
        this.verifier(0, event.revision);
        break;
      default:
        if (this.versions && event.version > this.dernier) this.dernier = event.version;
        this.dire(event);
    }
  }

  /** What a catch-up passes over up to `numero` is no more, or is not for this person: nothing is waited for there. */
  sauter(numero) {
    if (this.dernier === null || !(numero > this.dernier)) return;
    this.dernier = numero;
    for (const avance of [...this.enAvance.keys()].sort((a, b) => a - b)) {
      if (avance <= this.dernier) this.enAvance.delete(avance);
      else if (avance === this.dernier + 1) this.compter(this.enAvance.get(avance));
    }
  }

  /** Give numbered messages in order: one that comes too early waits for those before it. */
  compter(event) {
    if (this.dernier === null) this.dernier = event.numero - 1;
    if (event.numero <= this.dernier) return;
    this.enAvance.set(event.numero, event);
    while (this.enAvance.has(this.dernier + 1)) {
      const suivant = this.enAvance.get(this.dernier + 1);
      this.enAvance.delete(suivant.numero);
      this.dernier = suivant.numero;
      this.dire(suivant);
      const changee = this.changees.get(suivant.numero);
      this.changees.delete(suivant.numero);
      if (changee && changee.revision > (suivant.revision ?? 0)) this.dire(changee);
    }
    if (this.enAvance.size) this.demander();
  }

  /** Give a line that changed, whole; one that has not come yet changes when it comes. */
  changer(event) {
    if (this.dernier === null || event.numero <= this.dernier) this.dire(event);
    else if (!(this.changees.get(event.numero)?.revision > event.revision)) this.changees.set(event.numero, event);
  }

  /** Everything up to `revision` is known, and what follows it without a hole. */
  atteindre(revision) {
    this.revision = Math.max(this.revision ?? 0, revision);
    while (this.vues.has(this.revision + 1)) this.revision += 1;
    for (const vue of this.vues) if (vue <= this.revision) this.vues.delete(vue);
  }

  /** The heartbeat tells the last number and revision: a last message or change that was lost shows here. */
  verifier(numero, revision) {
    const perdu = this.dernier !== null && numero > this.dernier;
    if (perdu || (this.revision !== null && revision > this.revision)) this.demander();
  }

  dire(event) {
    for (const abonne of [...this.abonnes]) {
      try {
        abonne.onEvent(event);
      } catch (erreur) {
        console.error(erreur);
      }
    }
  }

  etat(etat) {
    for (const abonne of [...this.abonnes]) abonne.onEtat?.(etat);
  }
}

class Direct {
  constructor() {
    this.canaux = new Map();
    this.attendues = new Map();
    this.refs = 0;
    this.etat = "coupe";
    this.raccord = null;
    addEventListener("online", () => this.presser());
    addEventListener("pageshow", (event) => event.persisted && this.presser());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.presser());
  }

  subscribe(nom, onEvent, { apres, revision, onEtat, versions = false } = {}) {
    let canal = this.canaux.get(nom);
    const nouveau = !canal;
    if (nouveau) {
      canal = new Canal(nom, this, { apres, revision, versions });
      this.canaux.set(nom, canal);
    }
    const abonne = { onEvent, onEtat };
    canal.abonnes.add(abonne);
    this.raccord ??= raccorder(document.body.dataset.agent, (message) => this.recevoir(message));
    if (this.etat === "ouvert") {
      onEtat?.("connecte");
      if (nouveau) canal.demander();
    } else if (this.etat !== "coupe") {
      onEtat?.(this.etat);
    }
    return {
      /** Stop listening. */
      fermer: () => {
        canal.abonnes.delete(abonne);
        if (!canal.abonnes.size && this.canaux.get(nom) === canal) this.quitter(canal);
      },
      /** Ask for what may have been missed; with `complet`, for the list of those present as well. */
      rattraper: (options) => this.etat === "ouvert" && canal.demander(options),
    };
  }

  /** Send a frame; resolves with the answer that carries its `ref`. Nothing is kept for later here. */
  envoyer(trame) {
    if (this.etat !== "ouvert") return Promise.reject(new EnvoiRefuse("coupure", "La connexion est perdue."));
    if (SANS_REPONSE.has(trame.type)) {
      this.raccord.poster({ quoi: "trame", trame });
      return Promise.resolve(null);
    }
    const ref = `r${++this.refs}`;
    const reponse = new Promise((resolve, reject) => {
      const delai = setTimeout(() => {
        this.attendues.delete(ref);
        reject(new EnvoiRefuse("sans_reponse", "Le serveur ne répond pas."));
      }, REPONSE_MAX);
      this.attendues.set(ref, { resolve, reject, delai });
    });
    this.raccord.poster({ quoi: "trame", trame: { ...trame, ref } });
    return reponse;
  }

  recevoir(message) {
    if (message.quoi === "etat") this.changer(message);
    else this.lire(message.trame);
  }

  changer({ etat, doute }) {
    if (etat === "ouvert" && this.etat === "ouvert") return;
    this.etat = etat;
    if (etat === "ouvert") {
      for (const canal of this.canaux.values()) {
        canal.etat("connecte");
        canal.demander();
      }
      return;
    }
    for (const { reject, delai } of this.attendues.values()) {
      clearTimeout(delai);
      reject(new EnvoiRefuse("coupure", "La connexion est perdue."));
    }
    this.attendues.clear();
    for (const canal of this.canaux.values()) canal.etat(etat);
    if (doute) this.verifierSession();
  }

  lire(trame) {
    if (trame.type === "battement") {
      for (const [nom, numero] of Object.entries(trame.numeros)) {
        this.canaux.get(nom)?.verifier(numero, trame.revisions?.[nom]);
      }
    } else if (trame.type === "ferme") {
      const canal = this.canaux.get(trame.canal);
      if (canal) this.retirer(canal, "ferme");
    } else {
      this.repondre(trame);
      if (trame.canal) this.canaux.get(trame.canal)?.recevoir(trame);
    }
  }

  repondre(trame) {
    const attendue = this.attendues.get(trame.ref);
    if (!attendue) return;
    this.attendues.delete(trame.ref);
    clearTimeout(attendue.delai);
    if (trame.type === "erreur") attendue.reject(new EnvoiRefuse(trame.code, trame.message, trame.attente));
    else attendue.resolve(trame);
  }

  /** A refused handshake does not say why: a page that redirects tells that the session is over. */
  async verifierSession() {
    try {
      const reponse = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (reponse.type === "opaqueredirect") for (const canal of this.canaux.values()) canal.etat("session");
    } catch {
      // No network: that is what "coupe" already says.
    }
  }

  presser() {
    this.raccord?.poster({ quoi: "presser" });
  }

  quitter(canal) {
    this.canaux.delete(canal.nom);
    this.envoyer({ type: "desabonner", canal: canal.nom }).catch(() => {});
  }

  retirer(canal, etat) {
    if (this.canaux.get(canal.nom) === canal) this.canaux.delete(canal.nom);
    canal.etat(etat);
  }
}

// Held by the page, not by the module: two addresses of this file must not make two lines.
const direct = (globalThis[Symbol.for("plateforme.direct")] ??= new Direct());

/**
 * Listen to a channel (`salon.N`, `sujet.N`, `communaute.N`, `agent.N`).
 *
 * `versions`: the events of the channel carry the version of one state (`seance.N`) instead of being numbered lines.
 *
 * `onEvent` gets `abonne` (last number, people present) then every event. `apres`: number of the last message
 * already shown; `revision`: of the channel when it was. `onEtat` gets `connecte`, `coupe`, `session` (sign in again), `ferme` (no longer allowed), `refuse`,
 * `version` (the page is too old), `trop` (too many pages) or `compte` (closed). When several modules listen to the
 * same channel, the first one's `apres` counts.
 */
export function subscribe(canal, onEvent, options) {
  return direct.subscribe(canal, onEvent, options);
}

/** Send a frame; resolves with the server's answer, or rejects with an `EnvoiRefuse`. */
export function envoyer(trame) {
  return direct.envoyer(trame);
}
