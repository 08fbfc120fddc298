/** The page of a salon, which page_salon.js starts. Without it the page works with a form and links. */

import { sonner } from "../plateforme/sons.js";
import { envoyer, subscribe } from "./direct.js";
import { suivreEcriture } from "./ecriture.js";
import { Envois } from "./envois.js";
import { Gestes } from "./gestes.js";
import { Joindre } from "./joindre.js";
import { Lignes } from "./lignes.js";
import { Lus } from "./lus.js";
import { Parcours } from "./parcours.js";
import { Presents } from "./presents.js";

const PRES_DU_BAS = 80;
const AVANT_DE_DIRE_COUPE = 2000;
const PHRASES = {
  coupe: "Connexion perdue\u00a0: vos messages partiront dès son retour.",
  session: "Votre session est terminée. Reconnectez-vous\u00a0: ce que vous avez écrit est conservé.",
  ferme: "Vous n’avez plus accès à ce salon.",
  refuse: "Vous n’avez plus accès à ce salon.",
  version: "La plateforme a été mise à jour. Rechargez la page pour continuer\u00a0: ce que vous avez écrit est conservé.",
  trop: "Trop de pages ouvertes à la fois\u00a0: celle-ci n’est plus en direct. Fermez-en, puis rechargez-la.",
  compte: "Votre compte est fermé.",
};

export class PageSalon {
  /** `prefixe` begins the anchors of its lines. What its threads are (fils.js) is given before it starts. */
  constructor(racine, prefixe = "ligne") {
    this.racine = racine;
    this.prefixe = prefixe;
    this.salon = Number(racine.dataset.salon);
    this.moi = JSON.parse(document.getElementById("salon-moi").textContent);
    this.fil = racine.querySelector("[data-role=fil]");
    this.champ = racine.querySelector("[data-role=composer] textarea");
    this.etatLigne = racine.querySelector("[data-role=etat]");
    this.annonce = racine.querySelector("[data-role=annonce]");
    this.bouton = racine.querySelector("[data-role=nouveaux]");
    this.lignes = new Lignes(
      racine.querySelector("[data-role=lignes]"),
      document.getElementById("salon-modele-ligne"),
      {
        fuseau: racine.dataset.fuseau,
        moi: this.moi.id,
        adresse: racine.dataset.urlMessages,
        prefixe,
        retablissable: (...supprime) => this.gestes.retablissable(...supprime),
      },
    );
    this.parcours = new Parcours({
      fil: this.fil,
      lignes: this.lignes,
      adresse: racine.dataset.urlMessages,
      suite: "suite" in racine.dataset,
    });
    this.dernier = Number(racine.dataset.dernier);
    // A line that one was led to is not where one had read to.
    this.lu = "autour" in racine.dataset ? 0 : this.dernier;
    this.enAttente = 0;
    this.colle = false;
    this.titre = document.title;
    this.brouillon = `salon.${this.moi.id}.${this.salon}.brouillon`;
  }

  demarrer() {
    this.presents = new Presents(this.racine, this.moi.id, () => this.suivi.rattraper({ complet: true }));
    this.lus = new Lus(this.lignes, this.moi.id, this.racine.querySelector("[data-role=lu-par]"));
    this.envois = new Envois(this.salon, `salon.${this.moi.id}.${this.salon}.envois`, (...change) =>
      this.repartir(...change),
    );
    for (const envoi of [...this.envois.liste]) {
      if (this.lignes.connait(envoi.client_id)) this.envois.oublier(envoi.client_id);
      else this.repartir(envoi, envoi.refus ? "refuse" : "attente", envoi.refus);
    }
    // Who is suspended reads on, without a form.
    if (this.champ) this.preparerComposer();
    this.gestes = new Gestes(this);
    this.preparerFil();
    this.suivi = subscribe(`salon.${this.salon}`, (event) => this.recevoir(event), {
      // What lies between the lines shown and the end is read by going there.
      apres: this.parcours.suite ? Number(this.racine.dataset.bout) : this.dernier,
      revision: Number(this.racine.dataset.revision),
      onEtat: (etat) => this.changerEtat(etat),
    });
    const ligne = this.racine.querySelector("[data-role=ecriture]");
    suivreEcriture(`salon.${this.salon}`, ligne, "montrerEcriture" in ligne.dataset ? this.champ : null);
  }

  // --- What arrives ---------------------------------------------------------------------------

  recevoir(event) {
    this.traiter(event);
    this.lus.recevoir(event);
  }

  traiter(event) {
    this.fils.recevoir(event);
    if (event.type === "salon.message" && event.racine && !event.au_salon) this.passer(event);
    else if (event.type === "salon.message") this.montrer(event);
    else if (event.type === "salon.ligne") this.changer(event);
    else if (event.type === "abonne" || event.type === "presence") this.presents.recevoir(event);
    else if (event.type === "salon.change") this.suivreSalon(event);
  }

  /** The salon was renamed, archived or opened again; what is being written stays in the field. */
  suivreSalon({ quoi, nom, archive, conservation }) {
    const titre = this.racine.querySelector("[data-role=titre]");
    if (quoi === "nom" && titre) titre.textContent = nom;
    const duree = this.racine.querySelector("[data-role=conservation]");
    if (quoi === "conservation" && duree) {
      duree.textContent = conservation;
      duree.hidden = !conservation;
    }
    if (quoi === "archive" || quoi === "rouvert") {
      this.dire(archive ? "Ce salon vient d’être archivé\u00a0: on le lit encore, on n’y écrit plus." : "Ce salon est rouvert. Rechargez la page pour y écrire.");
    }
  }

  /** What is said elsewhere in the salon: its number is known. */
  passer(message) {
    if (!this.parcours.suite) this.dernier = Math.max(this.dernier, message.numero);
    this.envois.oublier(message.client_id);
  }

  montrer(message) {
    if (this.parcours.suite) {
      this.parcours.garder(message);
      this.envois.oublier(message.client_id);
      this.enAttente += 1;
      this.montrerNouveaux();
      if (message.auteur.id !== this.moi.id) this.sonner();
      return;
    }
    const enBas = this.estEnBas();
    const mien = message.auteur.id === this.moi.id;
    this.racine.querySelector("[data-role=vide]")?.remove();
    const ligne = this.lignes.ajouter(message);
    this.dernier = message.numero;
    this.envois.oublier(message.client_id);
    if (!mien) {
      this.annoncer(message, ligne);
      this.sonner();
      if (!enBas || document.hidden) {
        if (!this.enAttente) {
          this.lignes.retirerNonLus();
          this.lignes.marquerNonLus(message.numero - 1);
        }
        this.enAttente += 1;
      }
    }
    if (enBas || mien) this.descendre();
    this.montrerNouveaux();
    this.marquerLu();
  }

  /** A line that was already said has changed: in its place, without a word, where the reader is. */
  changer(message) {
    const enBas = this.estEnBas();
    this.lignes.changer(message);
    this.gestes.epingler(message);
    if (enBas) this.descendre();
  }

  /** One sentence for those who listen, of what they have just done. */
  annoncerPhrase(phrase) {
    this.annonce.textContent = phrase;
  }

  /** For those who listen: one sentence, and a count when many come at once. */
  annoncer(message, ligne) {
    const texte = ligne.querySelector(".ligne-salon__texte").textContent.trim() || "a envoyé un fichier";
    this.aAnnoncer = [...(this.aAnnoncer ?? []), `${message.auteur.nom}\u00a0: ${texte}`];
    clearTimeout(this.annonceBientot);
    this.annonceBientot = setTimeout(() => {
      const phrases = this.aAnnoncer;
      this.aAnnoncer = [];
      this.annonce.textContent = phrases.length > 3 ? `${phrases.length} nouveaux messages` : phrases.join(". ");
    }, 400);
  }

  /** Who looks at the salon sees what arrives; who put it in silence hears nothing. */
  sonner() {
    if (!("sourdine" in this.racine.dataset) && (document.hidden || !document.hasFocus())) sonner("message");
  }

  montrerNouveaux() {
    const nombre = this.enAttente;
    this.bouton.hidden = (!nombre && !this.parcours.suite) || this.estEnBas();
    if (!nombre) this.bouton.textContent = "Aller aux derniers messages";
    else this.bouton.textContent = nombre > 1 ? `${nombre} nouveaux messages` : "1 nouveau message";
    document.title = nombre && document.hidden ? `(${nombre}) ${this.titre}` : this.titre;
  }

  changerEtat(etat) {
    const connecte = etat === "connecte";
    // Each failed attempt says "coupe" again: that must not put off telling the person.
    if (etat === "coupe" && this.coupure) return;
    this.coupure = etat === "coupe";
    clearTimeout(this.etatBientot);
    if (connecte) this.dire("");
    // A line that comes back within two seconds is nobody's business.
    else if (etat === "coupe") this.etatBientot = setTimeout(() => this.dire(PHRASES.coupe), AVANT_DE_DIRE_COUPE);
    else this.dire(PHRASES[etat]);
    this.envois.etat(connecte);
    if (connecte) {
      this.joindre?.relancer();
      this.marquerLu();
    }
  }

  dire(phrase) {
    this.etatLigne.textContent = phrase;
    this.etatLigne.hidden = !phrase;
  }

  // --- What leaves ----------------------------------------------------------------------------

  preparerComposer() {
    const formulaire = this.champ.form;
    formulaire.addEventListener("submit", (event) => {
      event.preventDefault();
      this.envoyerTexte();
    });
    this.champ.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.envoyerTexte();
    });
    this.champ.addEventListener("input", () => this.suivreTexte());
    // A form that carries files has their place (templates/realtime/_joindre.html).
    if (formulaire.querySelector("[data-role=joindre]")) {
      const pret = () => this.envoyerTexte();
      this.joindre = new Joindre(formulaire, { zone: this.racine, cle: `${this.brouillon}.fichiers`, pret });
    }
    if (!this.champ.value) this.champ.value = this.stockage("getItem", this.brouillon) ?? "";
    this.ajusterChamp();
  }

  envoyerTexte() {
    const texte = this.champ.value.trim();
    this.champ.focus();
    if (this.joindre?.retient()) return;
    const fichiers = this.joindre?.emporter() ?? [];
    if (!texte && !fichiers.length) return;
    this.champ.value = "";
    this.suivreTexte();
    this.envois.ajouter(texte, fichiers, this.destination());
    // What waits to be sent goes with the person to the end.
    if (this.parcours.suite) this.allerAuBout();
    else this.descendre();
  }

  /** Where what is said here goes, beyond the salon. */
  destination() {
    return {};
  }

  suivreTexte() {
    if (this.champ.value) this.stockage("setItem", this.brouillon, this.champ.value);
    else this.stockage("removeItem", this.brouillon);
    this.ajusterChamp();
  }

  ajusterChamp() {
    const enBas = this.estEnBas();
    this.champ.style.height = "auto";
    this.champ.style.height = `${this.champ.scrollHeight + 2}px`;
    if (enBas) this.descendre();
    const reste = Math.max(0, this.champ.maxLength - this.champ.value.length);
    const compteur = this.racine.querySelector("[data-role=compteur]");
    compteur.hidden = reste > 400;
    compteur.textContent = `${reste} caractère${reste > 1 ? "s" : ""} restant${reste > 1 ? "s" : ""}`;
  }

  /** What becomes of what is being sent is shown where it goes. */
  repartir(envoi, etat, suite) {
    if (envoi.racine) this.fils.suivreEnvoi(envoi, etat, suite);
    else this.suivreEnvoi(envoi, etat, suite);
  }

  suivreEnvoi(envoi, etat, suite) {
    const ligne = this.lignes.envoi(envoi.client_id);
    if (etat === "oublie") {
      ligne?.remove();
      return;
    }
    if (etat === "accuse") {
      // Its own line comes through the channel; if it is long in coming, it is asked for.
      if (suite <= this.dernier) this.lignes.retirerEnvoi(envoi.client_id);
      else if (ligne) {
        this.ecrireEtat(ligne, "Envoyé");
        setTimeout(() => ligne.isConnected && this.suivi.rattraper(), 1500);
      }
      return;
    }
    this.racine.querySelector("[data-role=vide]")?.remove();
    const cible = ligne ?? this.lignes.ajouterEnvoi(envoi, this.moi);
    cible.classList.toggle("ligne-salon--refusee", etat === "refuse" || etat === "retard");
    if (etat === "refuse") this.proposerReprise(cible, envoi, `Échec\u00a0: ${suite}`);
    else if (etat === "retard") this.proposerReprise(cible, envoi, `Échec\u00a0: nouvel essai dans ${suite}\u00a0s.`);
    else this.ecrireEtat(cible, etat === "envoi" ? "Envoi…" : "En attente de connexion");
  }

  ecrireEtat(ligne, texte) {
    const etat = ligne.querySelector(".ligne-salon__etat");
    etat.textContent = texte;
    etat.hidden = !texte;
  }

  proposerReprise(ligne, envoi, raison) {
    this.ecrireEtat(ligne, `${raison} `);
    const bouton = (texte, action) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = "fr-btn fr-btn--sm fr-btn--tertiary-no-outline";
      element.textContent = texte;
      element.addEventListener("click", action);
      ligne.querySelector(".ligne-salon__etat").append(element);
    };
    bouton("Réessayer", () => this.envois.reprendre(envoi.client_id));
    if (!this.champ) return;
    bouton(envoi.texte ? "Reprendre le texte" : "Reprendre les fichiers", () => {
      this.envois.oublier(envoi.client_id);
      ligne.remove();
      this.champ.value = [this.champ.value, envoi.texte].filter(Boolean).join("\n");
      this.suivreTexte();
      this.joindre?.remettre(envoi.fichiers ?? []);
      this.champ.focus();
    });
  }

  // --- The thread -----------------------------------------------------------------------------

  preparerFil() {
    this.bouton.addEventListener("click", () => (this.parcours.suite ? this.allerAuBout() : this.descendre()));
    this.fil.addEventListener("scroll", () => this.suivreDefilement(), { passive: true });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.suivreDefilement();
    });
    this.fil.addEventListener("click", (event) => {
      const lien = event.target.closest("[data-role=avant] a, [data-role=apres] a");
      if (!lien) return;
      event.preventDefault();
      if (lien.closest("[data-role=avant]")) this.parcours.remonter();
      else this.avancer();
    });
    // The banner of the community fills the first screen: the conversation is what one came for. Not in a meeting's page.
    if (!location.hash && !("encart" in this.racine.dataset)) this.racine.scrollIntoView({ block: "end" });
    const nonLus = this.racine.querySelector(".salon__non-lus");
    const ciblee = location.hash.startsWith(`#${this.prefixe}-`)
      ? location.hash.slice(1)
      : `${this.prefixe}-${this.racine.dataset.autour}`;
    const visee = document.getElementById(ciblee);
    if (visee) this.viser(visee);
    else if (nonLus) this.fil.scrollTop = Math.max(0, nonLus.offsetTop - this.fil.offsetTop - 16);
    else this.descendre();
    // Letters that load late, a keyboard that opens: who was at the bottom stays there.
    const suivre = new ResizeObserver(() => this.colle && this.descendre());
    suivre.observe(this.fil);
    suivre.observe(this.lignes.liste);
  }

  /** Where the address leads: in the middle of what is seen, and next for the keyboard. */
  viser(ligne) {
    this.fil.scrollTop = ligne.offsetTop - this.fil.offsetTop - this.fil.clientHeight / 3;
    ligne.tabIndex = -1;
    ligne.focus({ preventScroll: true });
    this.racine.scrollIntoView({ block: "end" });
  }

  suivreDefilement() {
    this.colle = !this.parcours.suite && this.distanceDuBas() < PRES_DU_BAS;
    if (this.estEnBas() && !document.hidden) this.enAttente = 0;
    this.montrerNouveaux();
    this.marquerLu();
    if (this.fil.scrollTop < 120 && !this.estEnBas()) this.parcours.remonter();
    else if (this.parcours.suite && this.distanceDuBas() < 120) this.avancer();
  }

  /** Newer lines; at the end, what was said meanwhile. What was above has been read. */
  async avancer() {
    const lu = this.parcours.dernier();
    const suivants = await this.parcours.avancer();
    if (!("autour" in this.racine.dataset)) this.lireJusqua(lu);
    if (this.parcours.suite) return;
    this.dernier = this.parcours.dernier();
    this.enAttente = suivants.length;
    for (const message of suivants) this.lignes.ajouter(message);
    this.dernier = this.parcours.dernier();
    this.montrerNouveaux();
  }

  allerAuBout() {
    location.assign(`${location.pathname}?fin=1`);
  }

  /** Whether the reader follows the conversation: they were at the bottom when they last scrolled. */
  estEnBas() {
    return !this.parcours.suite && (this.colle || this.distanceDuBas() < PRES_DU_BAS);
  }

  distanceDuBas() {
    return this.fil.scrollHeight - this.fil.scrollTop - this.fil.clientHeight;
  }

  descendre() {
    this.colle = true;
    this.fil.scrollTop = this.fil.scrollHeight;
    if (!document.hidden) this.enAttente = 0;
    this.montrerNouveaux();
  }

  /** What is at the bottom of a visible page has been read; told once for a burst of messages. */
  marquerLu() {
    if (document.hidden || this.fils?.couvre() || !this.estEnBas() || this.dernier <= this.lu) return;
    clearTimeout(this.luBientot);
    this.luBientot = setTimeout(() => this.lireJusqua(this.dernier), 700);
  }

  lireJusqua(numero) {
    if (numero <= this.lu) return;
    envoyer({ type: "lu", salon: this.salon, numero }).then(
      () => (this.lu = Math.max(this.lu, numero)),
      () => {},
    );
  }

  /** Storage may be refused by the browser: a draft is then only on the screen. */
  stockage(methode, ...valeurs) {
    try {
      return localStorage[methode](...valeurs);
    } catch {
      return null;
    }
  }
}
