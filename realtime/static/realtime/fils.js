/**
 * The threads of a salon's page: what is said of each under its root, and the pane that shows one beside the
 * conversation, or over it on a phone. The address says which one is open (`#fil-17`): back closes it, a reload keeps it.
 */

import { PageFil } from "./fil.js";
import { ajouterUne, direNonLus, remplirPied } from "./pied_fil.js";

const ADRESSE = /^#fil-(\d+)$/;
const A_ECRIRE = "input, textarea, select, .menu-salon, .retouche, .fil";

export class Fils {
  /** `page` is the salon's (salon.js), not yet started. */
  constructor(page) {
    this.page = page;
    this.racine = page.racine;
    this.volet = null;
    this.demande = null;
    this.racine.addEventListener("click", (event) => this.cliquer(event));
    this.racine.addEventListener("keydown", (event) => this.clavier(event));
    addEventListener("popstate", () => this.suivreAdresse());
  }

  /** Once the page follows its salon. */
  demarrer() {
    this.suivreAdresse();
  }

  // --- What arrives ---------------------------------------------------------------------------

  recevoir(event) {
    if (event.racine && (event.type === "salon.message" || event.type === "salon.ligne")) this.compter(event);
    // What comes while the pane is on its way is given to it when it is there.
    if (this.demande && this.demande.numero === (event.racine ?? event.numero)) this.demande.recus.push(event);
    this.volet?.recevoir(event);
  }

  compter(event) {
    const ligne = this.page.lignes.ligne(event.racine);
    if (!ligne) return;
    const { adresse } = this.page.lignes;
    const nouvelle = event.type === "salon.message";
    let change;
    if (event.fil) change = remplirPied(ligne, event.fil, adresse);
    else change = nouvelle && ajouterUne(ligne, event, adresse);
    const pied = ligne.querySelector("[data-role=pied-fil]");
    if (!change || !nouvelle || !pied) return;
    const moi = this.page.moi.id;
    const mienne = event.auteur.id === moi;
    // Who began hears of the answers; who answers does too.
    if (mienne || (!pied.dataset.suit && Number(ligne.dataset.auteur) === moi)) pied.dataset.suit = "oui";
    if ("suit" in (event.fil ?? {})) return;
    if (!mienne && pied.dataset.suit === "oui") direNonLus(pied, Number(pied.dataset.nonLus ?? 0) + 1);
  }

  /** The thread was read to its end in the pane. */
  lire(numero) {
    const pied = this.pied(numero);
    if (pied) direNonLus(pied, 0);
  }

  suivre(numero, suit) {
    const pied = this.pied(numero);
    if (pied) pied.dataset.suit = suit ? "oui" : "non";
    if (pied && !suit) direNonLus(pied, 0);
  }

  /** What becomes of a reply that is being sent: in the pane if it shows that thread, else under the root if it fails. */
  suivreEnvoi(envoi, etat, suite) {
    if (this.volet?.numero === envoi.racine) {
      this.volet.suivreEnvoi(envoi, etat, suite);
      return;
    }
    const ligne = this.page.lignes.ligne(envoi.racine);
    const phrase = "Une réponse dans ce fil n’est pas partie\u00a0: ouvrez-le pour réessayer.";
    if (ligne) this.page.ecrireEtat(ligne, etat === "refuse" ? phrase : "");
    else if (etat === "refuse") this.page.dire("Une réponse dans un fil n’est pas partie\u00a0: ouvrez le fil pour réessayer.");
  }

  // --- The pane -------------------------------------------------------------------------------

  cliquer(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const lien = event.target.closest("[data-role=pied-fil], [data-role=renvoi-fil], [data-role=fermer-fil]");
    if (!lien) return;
    event.preventDefault();
    if (lien.matches("[data-role=fermer-fil]")) this.quitter();
    else this.aller(lien.closest(".ligne-salon"));
  }

  clavier(event) {
    const { key, target } = event;
    if (key === "Escape" && this.volet && target.closest(".fil") && !event.defaultPrevented) {
      event.preventDefault();
      this.quitter();
    } else if (key === "r" && !event.ctrlKey && !event.metaKey && !event.altKey && !target.closest(A_ECRIRE)) {
      const ligne = target.closest(".ligne-salon[data-numero]");
      if (!ligne) return;
      event.preventDefault();
      this.aller(ligne);
    }
  }

  /** Open the thread of a line, and say so in the address: back closes it. */
  aller(ligne) {
    const numero = Number(ligne.dataset.racine ?? ligne.dataset.numero);
    if (this.volet?.numero === numero) {
      this.saisir();
      return;
    }
    this.retour = Number(ligne.dataset.numero);
    history[this.volet ? "replaceState" : "pushState"]({ fil: numero }, "", `#fil-${numero}`);
    this.ouvrir(numero);
  }

  quitter() {
    if (history.state?.fil) {
      history.back();
      return;
    }
    history.replaceState(null, "", location.pathname + location.search);
    this.fermer();
  }

  suivreAdresse() {
    const numero = Number(ADRESSE.exec(location.hash)?.[1] ?? 0);
    if (!numero) this.fermer();
    else if (this.volet?.numero !== numero) this.ouvrir(numero);
  }

  /** Where one had read to, or at its end. */
  async ouvrir(numero, { fin = false } = {}) {
    const demande = { numero, recus: [] };
    this.demande = demande;
    const adresse = `${this.page.lignes.adresse}${numero}/fil/`;
    let section;
    try {
      const reponse = await fetch(`${adresse}?volet=1${fin ? "&fin=1" : ""}`, { headers: { "X-Requested-With": "fetch" } });
      if (!reponse.ok || reponse.redirected) throw new Error(reponse.status);
      section = new DOMParser().parseFromString(await reponse.text(), "text/html").querySelector("#fil");
    } catch {
      if (this.demande !== demande) return;
      this.demande = null;
      this.page.dire("Le fil n’est pas arrivé. Réessayez.");
      setTimeout(() => this.page.dire(""), 4000);
      history.replaceState(null, "", location.pathname + location.search);
      return;
    }
    // Another one was asked for meanwhile.
    if (this.demande !== demande) return;
    this.demande = null;
    // The conversation grows narrower: who was at its end stays there.
    const enBas = this.page.estEnBas();
    this.oter();
    this.racine.append(document.importNode(section, true));
    this.racine.classList.add("salon--fil-ouvert");
    if (enBas) this.page.descendre();
    const place = this.racine.querySelector("#fil");
    this.volet = new PageFil(place, this.page);
    this.volet.demarrer();
    // What the server showed is read: all of it, or not yet.
    if (!this.volet.parcours.suite) this.lire(numero);
    for (const event of demande.recus) this.volet.recevoir(event);
    const ligne = this.page.lignes.ligne(numero);
    if (ligne) this.page.ecrireEtat(ligne, "");
    this.saisir();
  }

  /** To the text box; where a thumb would make the keyboard rise over what one came to read, to the title. */
  saisir() {
    const doigt = matchMedia("(hover: none)").matches;
    const cible = doigt || !this.volet.champ ? this.volet.racine.querySelector("#fil-titre") : this.volet.champ;
    cible.focus({ preventScroll: true });
  }

  fermer() {
    this.demande = null;
    if (!this.volet) return;
    const { numero } = this.volet;
    const enBas = this.page.estEnBas();
    this.oter();
    this.racine.classList.remove("salon--fil-ouvert");
    if (enBas) this.page.descendre();
    const ligne = this.page.lignes.ligne(this.retour ?? numero) ?? this.page.lignes.ligne(numero);
    const pied = ligne?.querySelector("[data-role=pied-fil]:not([hidden])");
    (pied ?? ligne?.querySelector(".ligne-salon__gestes") ?? this.page.champ)?.focus({ preventScroll: true });
    this.retour = null;
    this.page.suivreDefilement();
  }

  /** Whether the pane hides the conversation: what is said there meanwhile is not read. */
  couvre() {
    return Boolean(this.volet) && getComputedStyle(this.page.fil).visibility === "hidden";
  }

  oter() {
    this.volet?.fermer();
    this.volet?.racine.remove();
    this.volet = null;
  }

  pied(numero) {
    return this.page.lignes.ligne(numero)?.querySelector("[data-role=pied-fil]");
  }
}
