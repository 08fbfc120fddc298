/**
 * One thread: what a salon's page is, for the replies to one line. A page of its own, or a pane of the salon's page
 * (fils.js), which then lends its line to the server, its queue of what is being sent and its menus.
 */

import { envoyer, subscribe } from "./direct.js";
import { suivreEcriture } from "./ecriture.js";
import { Envois } from "./envois.js";
import { de } from "./noms.js";
import { remplir } from "./etats.js";
import { Gestes } from "./gestes.js";
import { compte } from "./pied_fil.js";
import { PageSalon } from "./salon.js";

export class PageFil extends PageSalon {
  constructor(racine, hote = null) {
    super(racine, "reponse");
    this.hote = hote;
    this.numero = Number(racine.dataset.racine);
    this.parcours.adresse = racine.dataset.urlReponses;
    this.brouillon = `${this.brouillon}.${this.numero}`;
    this.auSalon = racine.querySelector("[name=au_salon]");
  }

  demarrer() {
    const { hote, racine } = this;
    this.envois = hote?.envois ?? this.creerEnvois();
    this.gestes = hote?.gestes ?? new Gestes(this);
    for (const envoi of [...this.envois.liste]) this.repartir(envoi, envoi.refus ? "refuse" : "attente", envoi.refus);
    if (this.champ) this.preparerComposer();
    this.preparerFil();
    this.suivi =
      hote?.suivi ??
      subscribe(`salon.${this.salon}`, (event) => this.recevoir(event), {
        apres: this.parcours.suite ? Number(racine.dataset.bout) : this.dernier,
        revision: Number(racine.dataset.revision),
        onEtat: (etat) => this.changerEtat(etat),
      });
    if (hote) {
      this.champ?.addEventListener("keydown", (event) => hote.gestes.remonter(event, this));
      this.fil.addEventListener("scroll", () => hote.gestes.suivre(), { passive: true });
    }
    const ligne = racine.querySelector("[data-role=ecriture]");
    const champ = "montrerEcriture" in ligne.dataset ? this.champ : null;
    this.ecriture = suivreEcriture(`salon.${this.salon}`, ligne, champ, this.numero);
    this.suivreOuNon(racine.querySelector("[data-role=suivre-fil]"));
  }

  fermer() {
    this.ecriture.fermer();
    clearTimeout(this.luBientot);
    if (!document.hidden && this.estEnBas()) this.lireJusqua(this.dernier);
  }

  /** What waits to be sent to this thread; a page of its own sends the rest of the salon's without showing it. */
  repartir(envoi, etat, suite) {
    if (envoi.racine !== this.numero) return;
    if (this.lignes.connait(envoi.client_id)) this.envois.oublier(envoi.client_id);
    else this.suivreEnvoi(envoi, etat, suite);
  }

  creerEnvois() {
    return new Envois(this.salon, `salon.${this.moi.id}.${this.salon}.envois`, (...change) => this.repartir(...change));
  }

  // --- What arrives ---------------------------------------------------------------------------

  recevoir(event) {
    if (event.type === "salon.change") this.suivreSalon(event);
    else if (event.racine === this.numero) this.recevoirReponse(event);
    else if (event.type === "salon.message") this.passer(event);
    else if (event.type === "salon.ligne" && event.numero === this.numero) this.changerRacine(event);
  }

  recevoirReponse(event) {
    if (event.type === "salon.ligne") {
      this.changer(event);
    } else if (event.type === "salon.message") {
      // What the server's page shows already.
      if (event.numero <= this.dernier && !this.parcours.suite) return;
      this.montrer(event);
    } else {
      return;
    }
    this.compter(event.fil?.reponses);
  }

  compter(nombre) {
    const place = this.racine.querySelector("[data-role=nombre-du-fil]");
    if (nombre === undefined) nombre = this.lignes.liste.querySelectorAll(".ligne-salon[data-numero]:not(.ligne-salon--supprimee)").length;
    place.textContent = compte(nombre);
    place.hidden = !nombre;
  }

  changerRacine(message) {
    const ligne = this.racine.querySelector("[data-role=racine] .ligne-salon");
    if (ligne && Number(ligne.dataset.revision) <= message.revision) remplir(ligne, message, this.lignes);
  }

  annoncer(message) {
    // Shown in the salon as well, it is told there.
    if (this.hote && message.au_salon) return;
    this.annonce.textContent = `Nouvelle réponse ${de(message.auteur.nom)} dans le fil`;
  }

  // --- What leaves ----------------------------------------------------------------------------

  destination() {
    const au_salon = Boolean(this.auSalon?.checked);
    if (this.auSalon) this.auSalon.checked = false;
    // Who answers follows.
    this.montrerSuivi(true);
    return { racine: this.numero, au_salon };
  }

  lireJusqua(numero) {
    if (numero <= this.lu) return;
    envoyer({ type: "lu", salon: this.salon, numero, racine: this.numero }).then(
      () => {
        this.lu = Math.max(this.lu, numero);
        if (!this.parcours.suite) this.hote?.fils.lire(this.numero);
      },
      () => {},
    );
  }

  allerAuBout() {
    if (this.hote) this.hote.fils.ouvrir(this.numero, { fin: true });
    else location.assign(`${location.pathname}?fin=1`);
  }

  montrerSuivi(suit) {
    const bouton = this.racine.querySelector("[data-role=suivre-fil] button");
    bouton.value = suit ? "non" : "oui";
    bouton.textContent = suit ? "Ne plus suivre" : "Suivre ce fil";
  }

  /** Hear of the replies, or no longer, without leaving the page. */
  suivreOuNon(formulaire) {
    formulaire.addEventListener("submit", async (event) => {
      event.preventDefault();
      const bouton = formulaire.querySelector("button");
      const donnees = new FormData(formulaire, bouton);
      bouton.setAttribute("aria-busy", "true");
      try {
        const reponse = await fetch(formulaire.action, {
          method: "POST",
          body: donnees,
          headers: { "X-Requested-With": "fetch" },
          redirect: "error",
        });
        if (!reponse.ok) throw new Error((await reponse.text()) || reponse.status);
        const suit = donnees.get("suivre") === "oui";
        this.montrerSuivi(suit);
        this.annoncerPhrase(suit ? "Vous suivez ce fil." : "Vous ne suivez plus ce fil.");
        this.hote?.fils.suivre(this.numero, suit);
      } catch {
        this.dire("Cela n’a pas été fait. Réessayez.");
        setTimeout(() => this.dire(""), 4000);
      } finally {
        bouton.removeAttribute("aria-busy");
      }
    });
  }
}
