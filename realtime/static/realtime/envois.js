/**
 * What was written and is not yet known to be kept by the server: sent in order, sent again after a cut under
 * the same id (the server recognises it), kept over a reload of the page.
 */

import { envoyer } from "./direct.js";

const A_REESSAYER = new Set(["trop_de_trames", "erreur_interne", "sans_reponse"]);

/** An id for a message; `randomUUID` exists only in pages served by https or from this machine. */
function nouvelId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 0x0f) | 0x40;
  octets[8] = (octets[8] & 0x3f) | 0x80;
  const hexa = [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return hexa.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Envois {
  /**
   * `cle` names the place in sessionStorage (it holds the person's id: another person signing in in the same
   * tab must not send this one's words). `onChange(envoi, etat, message)` is told `envoi`, `attente`,
   * `accuse` (then `message` is the number) or `refuse`.
   */
  constructor(salon, cle, onChange) {
    this.salon = salon;
    this.cle = cle;
    this.onChange = onChange;
    this.connecte = false;
    this.enCours = false;
    this.liste = this.lire();
  }

  /** Put a text in the queue; it leaves at once if it can. */
  ajouter(texte) {
    const envoi = { client_id: nouvelId(), texte, le: new Date().toISOString() };
    this.liste.push(envoi);
    this.garder();
    this.onChange(envoi, this.connecte ? "envoi" : "attente");
    this.vider();
    return envoi;
  }

  /** Forget one: it arrived, or its author takes it back. */
  oublier(clientId) {
    this.liste = this.liste.filter((envoi) => envoi.client_id !== clientId);
    this.garder();
  }

  /** Try again one that was refused. */
  reprendre(clientId) {
    const envoi = this.liste.find((autre) => autre.client_id === clientId);
    if (!envoi) return;
    delete envoi.refus;
    this.garder();
    this.onChange(envoi, "envoi");
    this.vider();
  }

  etat(connecte) {
    this.connecte = connecte;
    for (const envoi of this.liste) if (!envoi.refus) this.onChange(envoi, connecte ? "envoi" : "attente");
    if (connecte) this.vider();
  }

  /** Send what waits, one after the other: an answer before the next keeps their order. */
  async vider() {
    if (this.enCours) return;
    this.enCours = true;
    try {
      for (;;) {
        const envoi = this.liste.find((autre) => !autre.refus);
        if (!envoi || !this.connecte || !(await this.tenter(envoi))) break;
      }
    } finally {
      this.enCours = false;
    }
  }

  async tenter(envoi) {
    const { client_id, texte } = envoi;
    try {
      const accuse = await envoyer({ type: "dire", salon: this.salon, texte, client_id });
      this.oublier(client_id);
      this.onChange(envoi, "accuse", accuse.numero);
      return true;
    } catch (erreur) {
      if (erreur.code === "coupure") return false;
      if (A_REESSAYER.has(erreur.code)) {
        setTimeout(() => this.vider(), 4000);
        return false;
      }
      envoi.refus = erreur.message;
      this.garder();
      this.onChange(envoi, "refuse", erreur.message);
      return true;
    }
  }

  lire() {
    try {
      const lue = JSON.parse(sessionStorage.getItem(this.cle) ?? "[]");
      return Array.isArray(lue) ? lue.filter((envoi) => envoi?.client_id && envoi.texte) : [];
    } catch {
      return [];
    }
  }

  garder() {
    try {
      if (this.liste.length) sessionStorage.setItem(this.cle, JSON.stringify(this.liste));
      else sessionStorage.removeItem(this.cle);
    } catch {
      // Storage refused or full: the page still holds them.
    }
  }
}
