/**
 * How a page gets to the line: through a shared worker where there is one; else through the page in front, which keeps the
 * line and passes on to the others; else by a line of its own.
 */

import { VERSION } from "./ligne.js";
import { Standard } from "./standard.js";

const PATIENCE = 5000;

/** Plug the page in. `recevoir` gets the switchboard's messages; what comes back posts the page's. */
export function raccorder(agent, recevoir) {
  const nom = `plateforme-direct-${VERSION}-${agent}`;
  const adresse = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/`;
  const sansPartage = () =>
    "BroadcastChannel" in globalThis && navigator.locks
      ? new Voisinage(nom, () => new Standard(adresse, agent), recevoir)
      : new Seule(new Standard(adresse, agent), recevoir);
  if (!("SharedWorker" in globalThis)) return sansPartage();
  return new Partage(nom, recevoir, sansPartage);
}

/** A line of one's own. */
class Seule {
  constructor(standard, recevoir) {
    this.prise = standard.brancher(recevoir);
  }

  poster(message) {
    this.prise.recevoir(message);
  }
}

/** The worker's line. A worker that does not start (an old browser, a file that does not come) is done without. */
class Partage {
  constructor(nom, recevoir, sinon) {
    this.autre = null;
    const renoncer = () => {
      clearTimeout(delai);
      if (this.autre) return;
      this.autre = sinon();
    };
    const delai = setTimeout(renoncer, PATIENCE);
    try {
      const travail = new SharedWorker(document.body.dataset.partage, { name: nom, type: "module" });
      travail.addEventListener("error", renoncer);
      this.port = travail.port;
      this.port.addEventListener("message", ({ data }) => {
        clearTimeout(delai);
        if (!this.autre) recevoir(data);
      });
      this.port.start();
    } catch {
      renoncer();
      return;
    }
    vivre(`${nom}-${hasard()}`, (verrou) => this.port.postMessage({ quoi: "verrou", nom: verrou }));
    addEventListener("pagehide", (event) => event.persisted || this.port.postMessage({ quoi: "debrancher" }));
  }

  poster(message) {
    if (this.autre) this.autre.poster(message);
    else this.port.postMessage(message);
  }
}

/**
 * No shared worker: the page in front of the person keeps the line, so that a page that the system has put to sleep never
 * does. It takes it from the one before, and the others hear through it.
 */
class Voisinage {
  constructor(nom, ouvrir, recevoir) {
    this.nom = nom;
    this.ouvrir = ouvrir;
    this.recevoir = recevoir;
    this.moi = hasard();
    this.standard = null;
    this.prises = new Map();
    this.voix = new BroadcastChannel(nom);
    this.voix.addEventListener("message", ({ data }) => this.entendre(data));
    vivre(`${nom}-${this.moi}`, () => {
      this.mener(document.visibilityState === "visible");
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible" && !this.standard) this.mener(true);
      });
    });
  }

  /** Take the lead at once, or when it is free. */
  mener(tout_de_suite) {
    this.attente?.abort();
    this.attente = tout_de_suite ? null : new AbortController();
    navigator.locks
      .request(`${this.nom}-meneur`, tout_de_suite ? { steal: true } : { signal: this.attente.signal }, () => {
        this.standard = this.ouvrir();
        this.prise = this.standard.brancher(this.recevoir);
        this.voix.postMessage({ meneur: this.moi });
        return new Promise(() => {});
      })
      // Taken by another page; a wait that was called off had nothing to give up.
      .catch(() => this.standard && this.ceder());
  }

  /** Another page took the lead: its line is ours, and the lead is ours again when it closes. */
  ceder() {
    this.prise?.debrancher();
    for (const prise of this.prises.values()) prise.debrancher();
    this.prises.clear();
    this.standard = null;
    this.recevoir({ quoi: "etat", etat: "coupe" });
    this.dire({ quoi: "bonjour" });
    this.mener(false);
  }

  poster(message) {
    if (this.standard) this.prise.recevoir(message);
    else this.dire(message);
  }

  dire(message) {
    this.voix.postMessage({ de: this.moi, message });
  }

  entendre({ meneur, de, a, message }) {
    if (this.standard) {
      if (de) this.servir(de).recevoir(message);
    } else if (meneur) {
      this.dire({ quoi: "bonjour" });
    } else if (a === this.moi) {
      this.recevoir(message);
    }
  }

  servir(qui) {
    if (!this.prises.has(qui)) {
      const prise = this.standard.brancher((message) => this.voix.postMessage({ a: qui, message }));
      this.prises.set(qui, prise);
      navigator.locks.request(`${this.nom}-${qui}`, () => {
        prise.debrancher();
        this.prises.delete(qui);
      });
    }
    return this.prises.get(qui);
  }
}

/** Hold a lock as long as the page lives, where the browser has locks. */
function vivre(nom, ensuite) {
  if (!navigator.locks) return;
  navigator.locks.request(nom, () => {
    ensuite(nom);
    return new Promise(() => {});
  });
}

function hasard() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
