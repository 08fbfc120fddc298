/**
 * What was written and is not yet known to be kept by the server: sent in order, sent again after a cut under
 * the same id (the server recognises it), kept over a reload, a crash or the end of the browser.
 */

import { envoyer } from "./direct.js";

const A_REESSAYER = new Set(["trop_de_trames", "erreur_interne", "sans_reponse", "trop_de_demandes"]);
const ATTENTE_MIN = 1000;
const ATTENTE_MAX = 30_000;
// What nobody came back for is not kept on the disk of a shared computer.
const CONSERVATION = 7 * 86_400_000;

/** An id for a message; `randomUUID` exists only in pages served by https or from this machine. */
export function nouvelId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 0x0f) | 0x40;
  octets[8] = (octets[8] & 0x3f) | 0x80;
  const hexa = [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return hexa.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Envois {
  /**
   * `cle` begins the names in localStorage (it holds the person's id: another person signing in here must not send
   * this one's words); one name a message, so that two pages never write over each other. `onChange(envoi, etat,
   * suite)` is told `envoi`, `attente` (no line), `retard` (then `suite` is in seconds), `accuse` (then the number),
   * `refuse` (then the sentence) or `oublie` (another page of this browser took care of it).
   */
  constructor(salon, cle, onChange) {
    this.salon = salon;
    this.cle = `${cle}.`;
    this.onChange = onChange;
    this.connecte = false;
    this.enCours = false;
    this.essais = 0;
    this.liste = this.lire();
    addEventListener("storage", (event) => this.suivre(event));
  }

  /** Put a text in the queue, with files that the server has; it leaves at once if it can. `destination`: `racine` and
   * `au_salon` of a reply. */
  ajouter(texte, fichiers = [], destination = {}) {
    const envoi = { client_id: nouvelId(), texte, le: new Date().toISOString(), ...destination };
    if (fichiers.length) envoi.fichiers = fichiers;
    this.liste.push(envoi);
    this.garder(envoi);
    this.onChange(envoi, this.connecte ? "envoi" : "attente");
    this.vider();
    return envoi;
  }

  /** Forget one: it arrived, or its author takes it back. */
  oublier(clientId) {
    this.liste = this.liste.filter((envoi) => envoi.client_id !== clientId);
    this.stockage("removeItem", this.cle + clientId);
  }

  /** Try again now: one that was refused, or one that waits. */
  reprendre(clientId) {
    const envoi = this.liste.find((autre) => autre.client_id === clientId);
    if (!envoi) return;
    delete envoi.refus;
    this.garder(envoi);
    this.onChange(envoi, this.connecte ? "envoi" : "attente");
    clearTimeout(this.rappel);
    this.vider();
  }

  etat(connecte) {
    this.connecte = connecte;
    clearTimeout(this.rappel);
    this.essais = 0;
    for (const envoi of this.liste) if (!envoi.refus) this.onChange(envoi, connecte ? "envoi" : "attente");
    if (connecte) this.vider();
  }

  /**
   * Send what waits, one after the other: an answer before the next keeps their order. One page at a time where the
   * browser has locks; without, both send, and the server keeps one.
   */
  async vider() {
    if (this.enCours || !this.connecte) return;
    this.enCours = true;
    try {
      if (navigator.locks) await navigator.locks.request(`${this.cle}envois`, () => this.toutEnvoyer());
      else await this.toutEnvoyer();
    } finally {
      this.enCours = false;
    }
  }

  async toutEnvoyer() {
    for (;;) {
      const envoi = this.liste.find((autre) => !autre.refus);
      if (!envoi || !this.connecte || !(await this.tenter(envoi))) return;
    }
  }

  async tenter(envoi) {
    const { client_id, texte, racine, au_salon } = envoi;
    const fichiers = envoi.fichiers?.map(({ id, image }) => ({ id, ...(image && { alternative: image.alternative }) }));
    try {
      const accuse = await envoyer({ type: "dire", salon: this.salon, texte, client_id, fichiers, racine, au_salon });
      this.essais = 0;
      this.oublier(client_id);
      this.onChange(envoi, "accuse", accuse.numero);
      return true;
    } catch (erreur) {
      if (erreur.code === "coupure") return false;
      if (A_REESSAYER.has(erreur.code)) {
        this.remettre(envoi, erreur.attente);
        return false;
      }
      envoi.refus = erreur.message;
      this.garder(envoi);
      this.onChange(envoi, "refuse", erreur.message);
      return true;
    }
  }

  /** Put off: as long as the server says, else longer each time, and never all browsers at the same moment. */
  remettre(envoi, attente) {
    const plafond = Math.min(ATTENTE_MAX, ATTENTE_MIN * 2 ** this.essais++);
    const delai = attente ? attente * 1000 + Math.random() * 2000 : plafond * (0.5 + Math.random() / 2);
    this.onChange(envoi, "retard", Math.ceil(delai / 1000));
    this.rappel = setTimeout(() => {
      if (this.connecte) this.onChange(envoi, "envoi");
      this.vider();
    }, delai);
  }

  /** Another page of this browser wrote, sent or took back something of this salon. */
  suivre({ key, newValue }) {
    if (!key?.startsWith(this.cle)) return;
    const clientId = key.slice(this.cle.length);
    const connu = this.liste.find((envoi) => envoi.client_id === clientId);
    if (newValue === null && connu) {
      this.liste = this.liste.filter((envoi) => envoi !== connu);
      this.onChange(connu, "oublie");
    } else if (newValue !== null && !connu) {
      const envoi = this.dechiffrer(newValue);
      if (!envoi) return;
      this.liste.push(envoi);
      this.onChange(envoi, this.connecte ? "envoi" : "attente");
      // If the page that wrote it closes, this one sends it.
      this.vider();
    }
  }

  lire() {
    const trouves = [];
    try {
      for (const nom of Object.keys(localStorage)) {
        if (!nom.startsWith(this.cle)) continue;
        const envoi = this.dechiffrer(localStorage.getItem(nom));
        if (envoi && Date.now() - Date.parse(envoi.le) < CONSERVATION) trouves.push(envoi);
        else localStorage.removeItem(nom);
      }
    } catch {
      // Storage refused: the page alone holds them.
    }
    return trouves.sort((un, autre) => un.le.localeCompare(autre.le));
  }

  dechiffrer(texte) {
    try {
      const envoi = JSON.parse(texte);
      return envoi?.client_id && (envoi.texte || envoi.fichiers?.length) && envoi.le ? envoi : null;
    } catch {
      return null;
    }
  }

  garder(envoi) {
    this.stockage("setItem", this.cle + envoi.client_id, JSON.stringify(envoi));
  }

  /** Storage may be refused or full: the page still holds them. */
  stockage(methode, ...valeurs) {
    try {
      localStorage[methode](...valeurs);
    } catch {
      // Nothing to do about it.
    }
  }
}
