/**
 * The switchboard: one line for all the pages that are plugged in, as if each had its own.
 *
 * A page posts `{ quoi: "trame", trame }`, `{ quoi: "presser" }`, `{ quoi: "debrancher" }`, and gets
 * `{ quoi: "etat", etat, doute }` and `{ quoi: "trame", trame }`. Each answer goes to the page that asked, each event to
 * those that follow its channel; the server hears of a channel that is left when the last page leaves it.
 */

import { Ligne } from "./ligne.js";

// An answer that has not come by then is no longer waited for (pages give up sooner).
const OUBLI = 60_000;
const REFUS = new Set(["introuvable", "acces_refuse", "trop_d_abonnements", "champ_invalide"]);

export class Standard {
  constructor(adresse, agent) {
    this.prises = new Set();
    this.demandes = new Map();
    this.refs = 0;
    this.ligne = new Ligne(adresse, agent, {
      onTrame: (trame) => this.distribuer(trame),
      onEtat: (etat, details) => this.changer(etat, details),
    });
  }

  /** Plug a page in; `poster` gives it a message. The object that comes back takes the page's. */
  brancher(poster) {
    const prise = { poster, canaux: new Set() };
    this.prises.add(prise);
    this.ligne.reprendre();
    poster({ quoi: "etat", etat: this.ligne.etat });
    return {
      recevoir: (message) => this.recevoir(prise, message),
      debrancher: () => this.debrancher(prise),
    };
  }

  recevoir(prise, message) {
    if (message.quoi === "presser") this.ligne.presser();
    else if (message.quoi === "debrancher") this.debrancher(prise);
    else if (message.quoi === "trame") this.passer(prise, message.trame);
  }

  debrancher(prise) {
    if (!this.prises.delete(prise)) return;
    if (!this.prises.size) {
      this.ligne.fermer();
      return;
    }
    for (const canal of prise.canaux) {
      if (!this.suivi(canal)) this.ligne.envoyer({ type: "desabonner", canal });
    }
  }

  /** One frame of a page to the server, under a number that tells whose it is. */
  passer(prise, trame) {
    if (trame.type === "abonner") prise.canaux.add(trame.canal);
    if (trame.type === "desabonner") {
      prise.canaux.delete(trame.canal);
      if (this.suivi(trame.canal)) {
        prise.poster({ quoi: "trame", trame: { type: "desabonne", canal: trame.canal, ref: trame.ref } });
        return;
      }
    }
    let envoyee = trame;
    if (trame.ref) {
      const ref = `s${++this.refs}`;
      envoyee = { ...trame, ref };
      this.demandes.set(ref, { prise, ref: trame.ref, canal: trame.type === "abonner" ? trame.canal : null });
      setTimeout(() => this.demandes.delete(ref), OUBLI);
    }
    if (!this.ligne.envoyer(envoyee) && trame.ref) {
      const erreur = { type: "erreur", code: "coupure", message: "La connexion est perdue.", ref: trame.ref };
      prise.poster({ quoi: "trame", trame: erreur });
    }
  }

  distribuer(trame) {
    if (trame.ref) {
      // An answer may come in several frames (`abonne`, then `rattrapage`): the number is kept a while.
      const demande = this.demandes.get(trame.ref);
      if (demande && this.prises.has(demande.prise)) {
        // Refused for good, rather than put off: the page does not follow this channel.
        if (trame.type === "erreur" && REFUS.has(trame.code)) demande.prise.canaux.delete(demande.canal);
        demande.prise.poster({ quoi: "trame", trame: { ...trame, ref: demande.ref } });
      }
      return;
    }
    for (const prise of this.prises) {
      if (!trame.canal || prise.canaux.has(trame.canal)) prise.poster({ quoi: "trame", trame });
      if (trame.type === "ferme") prise.canaux.delete(trame.canal);
    }
  }

  suivi(canal) {
    return [...this.prises].some((prise) => prise.canaux.has(canal));
  }

  changer(etat, details) {
    for (const prise of this.prises) {
      // Pages ask for their channels again at each opening.
      if (etat !== "ouvert") prise.canaux.clear();
      prise.poster({ quoi: "etat", etat, ...details });
    }
  }
}
