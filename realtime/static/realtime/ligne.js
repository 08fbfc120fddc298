/**
 * One WebSocket, opened again as long as it is wanted. Knows nothing of pages: it runs in one, or in a worker that
 * several share.
 */

export const VERSION = 1;
const SESSION_TERMINEE = 4401;
const VERSION_INCONNUE = 4406;
const TROP_DE_CONNEXIONS = 4409;
const COMPTE_FERME = 4410;
const TROP_DE_TRAMES = 4429;
// What opening again would not mend: the pages say so, and wait for the person.
const DEFINITIVES = new Map([
  [VERSION_INCONNUE, "version"],
  [TROP_DE_CONNEXIONS, "trop"],
  [COMPTE_FERME, "compte"],
]);
// The server speaks at each of its heartbeats at least; this long if it does not say how long they are.
const SILENCE_MAX = 60_000;
const BATTEMENTS = 2.5;
const SILENCE_DOUTEUX = 30_000;
const ATTENTE_MIN = 500;
const ATTENTE_MAX = 30_000;

export class Ligne {
  /**
   * `agent` is the person whose pages these are: a line that turns out to be somebody else's (the browser's session
   * changed hands) is not used. `onEtat` gets `ouvert`, `coupe` (it will be tried again; with the close code) or, for
   * good, `session`, `version`, `trop` or `compte`.
   */
  constructor(adresse, agent, { onTrame, onEtat }) {
    this.adresse = adresse;
    this.agent = Number(agent);
    this.onTrame = onTrame;
    this.onEtat = onEtat;
    this.socket = null;
    this.prete = false;
    this.etat = "coupe";
    this.voulue = false;
    this.echecs = 0;
    this.entendu = 0;
    this.silence = SILENCE_MAX;
    this.rappel = null;
    setInterval(() => this.veiller(), 5000);
  }

  /** Open it, even if it was given up: a page that has just come knows better what the person may have. */
  reprendre() {
    if (!this.socket && this.etat !== "coupe") this.etat = "coupe";
    this.ouvrir();
  }

  ouvrir() {
    this.voulue = true;
    if (this.socket || this.etat !== "coupe") return;
    clearTimeout(this.rappel);
    const socket = new WebSocket(`${this.adresse}?v=${VERSION}`);
    this.socket = socket;
    this.entendu = Date.now();
    socket.addEventListener("message", (message) => socket === this.socket && this.lire(message.data));
    socket.addEventListener("close", (event) => socket === this.socket && this.perdre(event.code));
  }

  /** Nobody wants it any more. */
  fermer() {
    this.voulue = false;
    clearTimeout(this.rappel);
    const socket = this.socket;
    this.socket = null;
    this.prete = false;
    this.etat = "coupe";
    socket?.close();
  }

  /** Send a frame; false if there is no line to send it on. */
  envoyer(trame) {
    if (!this.prete || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(trame));
    return true;
  }

  /** The person is back, or the network is: no reason to wait any longer. */
  presser() {
    if (!this.voulue) return;
    if (this.etat === "trop") this.etat = "coupe";
    if (!this.socket) {
      this.ouvrir();
    } else if (this.prete && Date.now() - this.entendu > SILENCE_DOUTEUX) {
      const socket = this.socket;
      const avant = this.entendu;
      this.envoyer({ type: "ping" });
      setTimeout(() => socket === this.socket && this.entendu === avant && this.perdre(), 5000);
    }
  }

  lire(texte) {
    this.entendu = Date.now();
    const trame = JSON.parse(texte);
    if (trame.type === "bonjour") {
      if (trame.agent !== this.agent) {
        this.renoncer("session");
        return;
      }
      this.prete = true;
      this.silence = Math.max(10_000, trame.limites.battement_s * 1000 * BATTEMENTS);
      this.echecs = 0;
      this.dire("ouvert");
    } else if (this.prete) {
      this.onTrame(trame);
    }
  }

  perdre(code) {
    const perdue = this.socket;
    this.socket = null;
    this.prete = false;
    if (perdue.readyState < WebSocket.CLOSING) perdue.close();
    const definitive = DEFINITIVES.get(code);
    if (definitive) {
      this.dire(definitive, code);
      return;
    }
    this.echecs += 1;
    this.dire("coupe", code);
    const plafond = code === TROP_DE_TRAMES ? ATTENTE_MAX : Math.min(ATTENTE_MAX, ATTENTE_MIN * 2 ** this.echecs);
    // Jitter: the browsers of a whole ministry must not come back in the same instant.
    this.rappel = setTimeout(() => this.voulue && this.ouvrir(), plafond * (0.5 + Math.random() / 2));
  }

  renoncer(etat) {
    const socket = this.socket;
    this.socket = null;
    this.prete = false;
    socket?.close();
    this.dire(etat);
  }

  dire(etat, code) {
    this.etat = etat;
    this.onEtat(etat, {
      code,
      // A refused handshake does not say why, and the session may be over: the page can tell.
      doute: code === SESSION_TERMINEE || (etat === "coupe" && this.echecs % 3 === 0),
    });
  }

  /** A line that says nothing any more is dead, whatever the browser thinks of it. */
  veiller() {
    if (this.socket && Date.now() - this.entendu > this.silence) this.perdre();
  }
}
