/** The lines of a salon on the screen: grouping, days, order. No network here. */

import { remplir } from "./etats.js";
import { montrerFichiers } from "./fichiers.js";

const SUITE_MAX = 5 * 60_000;

export class Lignes {
  /**
   * `liste` is the <ol>; `modele` a <template> with an empty line (the same markup as the server's);
   * `fuseau` the time zone of the pages; `adresse` what the addresses of lines begin with; `retablissable(ligne,
   * supprime)` whether this person may put a deleted line back.
   */
  constructor(liste, modele, { fuseau, moi, adresse, retablissable, prefixe = "ligne" }) {
    this.liste = liste;
    this.modele = modele;
    this.moi = moi;
    this.adresse = adresse;
    this.retablissable = retablissable;
    this.prefixe = prefixe;
    this.heure = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: fuseau });
    this.exact = new Intl.DateTimeFormat("fr-FR", { dateStyle: "full", timeStyle: "short", timeZone: fuseau });
    this.cleJour = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: fuseau });
    this.jourLong = new Intl.DateTimeFormat("fr-FR", {
      weekday: "long",
      day: "numeric",
      month: "long",
      timeZone: fuseau,
    });
  }

  /** Add a message that the server numbered, after the others and before what is still being sent. */
  ajouter(message) {
    this.retirerEnvoi(message.client_id);
    const date = new Date(message.date);
    const jour = this.cleJour.format(date);
    const repere = this.liste.querySelector(".ligne-salon--envoi");
    const precedente = this.derniere();
    if (!precedente || precedente.dataset.jour !== jour) this.liste.insertBefore(this.separateur(date, jour), repere);
    const ligne = this.construire(message.auteur, date, jour);
    ligne.id = `${this.prefixe}-${message.numero}`;
    ligne.dataset.numero = message.numero;
    ligne.dataset.clientId = message.client_id;
    remplir(ligne, message, this);
    this.grouper(ligne, precedente);
    this.liste.insertBefore(ligne, repere);
    return ligne;
  }

  /** A line by its number, if this page holds it. */
  ligne(numero) {
    return this.liste.querySelector(`.ligne-salon[data-numero="${numero}"]`);
  }

  /** Show a line as it is now, unless what is shown is later. Gives the line, or nothing. */
  changer(message) {
    const ligne = this.ligne(message.numero);
    if (!ligne || Number(ligne.dataset.revision) > message.revision) return null;
    remplir(ligne, message, this);
    return ligne;
  }

  /** The last line of this person's that can be changed. */
  derniereMienne() {
    return [...this.liste.querySelectorAll(".ligne-salon--moi[data-numero]:not(.ligne-salon--supprimee)")].at(-1);
  }

  /** Show what is being sent, at the very end. */
  ajouterEnvoi(envoi, auteur) {
    const date = new Date(envoi.le);
    const ligne = this.construire(auteur, date, this.cleJour.format(date));
    ligne.classList.add("ligne-salon--envoi");
    ligne.dataset.clientId = envoi.client_id;
    const texte = ligne.querySelector(".ligne-salon__texte");
    texte.classList.add("ligne-salon__texte--brut");
    texte.textContent = envoi.texte;
    montrerFichiers(ligne, envoi.fichiers);
    this.grouper(ligne, this.liste.querySelector(".ligne-salon:last-of-type"));
    this.liste.append(ligne);
    return ligne;
  }

  envoi(clientId) {
    return this.liste.querySelector(`.ligne-salon--envoi[data-client-id="${CSS.escape(clientId)}"]`);
  }

  retirerEnvoi(clientId) {
    this.envoi(clientId)?.remove();
  }

  /** Whether the server's page already shows the message sent under this id. */
  connait(clientId) {
    return Boolean(this.liste.querySelector(`.ligne-salon[data-numero][data-client-id="${CSS.escape(clientId)}"]`));
  }

  /** Put older lines (the server's fragment) in the place of `borne`, and mend the seam. */
  prefixer(fragment, borne) {
    const suivante = this.liste.querySelector(".ligne-salon[data-numero]");
    const ancienJour = this.liste.querySelector(".salon__jour");
    borne.replaceWith(fragment);
    const jours = this.liste.querySelectorAll(`.salon__jour[data-jour="${ancienJour?.dataset.jour}"]`);
    if (jours.length > 1) ancienJour.remove();
    if (suivante) this.grouper(suivante, this.avant(suivante));
  }

  /** The unread line, before the first line above number `lu`. */
  marquerNonLus(lu) {
    if (this.liste.querySelector(".salon__non-lus")) return;
    const premiere = [...this.liste.querySelectorAll(".ligne-salon[data-numero]")].find(
      (ligne) => Number(ligne.dataset.numero) > lu,
    );
    if (!premiere) return;
    const marque = document.createElement("li");
    marque.className = "salon__non-lus";
    marque.innerHTML = "<span>Nouveaux messages</span>";
    premiere.before(marque);
    premiere.classList.remove("ligne-salon--suite");
  }

  retirerNonLus() {
    this.liste.querySelector(".salon__non-lus")?.remove();
  }

  derniere() {
    return [...this.liste.querySelectorAll(".ligne-salon[data-numero]")].at(-1);
  }

  avant(ligne) {
    let autre = ligne.previousElementSibling;
    while (autre && !autre.matches(".ligne-salon")) {
      if (autre.matches(".salon__jour, .salon__non-lus")) return null;
      autre = autre.previousElementSibling;
    }
    return autre;
  }

  /** Consecutive lines of one person, the same day and close in time, share one head. */
  grouper(ligne, precedente) {
    const suite =
      precedente &&
      precedente.dataset.auteur === ligne.dataset.auteur &&
      precedente.dataset.jour === ligne.dataset.jour &&
      new Date(ligne.dataset.date) - new Date(precedente.dataset.date) < SUITE_MAX;
    ligne.classList.toggle("ligne-salon--suite", Boolean(suite));
  }

  construire(auteur, date, jour) {
    const ligne = this.modele.content.firstElementChild.cloneNode(true);
    ligne.dataset.auteur = auteur.id;
    ligne.dataset.jour = jour;
    ligne.dataset.date = date.toISOString();
    ligne.classList.toggle("ligne-salon--moi", auteur.id === this.moi);
    const avatar = ligne.querySelector(".ligne-salon__avatar");
    avatar.textContent = auteur.initiales;
    if (auteur.couleur) avatar.classList.add(auteur.couleur);
    const nom = ligne.querySelector(".ligne-salon__nom");
    nom.textContent = auteur.nom;
    nom.href = auteur.url;
    ligne.querySelector(".ligne-salon__place").textContent = auteur.rattachement;
    const heure = ligne.querySelector(".ligne-salon__heure");
    heure.dateTime = date.toISOString();
    heure.textContent = this.heure.format(date);
    heure.title = this.exact.format(date);
    return ligne;
  }

  separateur(date, jour) {
    const separateur = document.createElement("li");
    separateur.className = "salon__jour";
    separateur.dataset.jour = jour;
    const texte = document.createElement("span");
    texte.textContent = this.nomJour(date, jour);
    separateur.append(texte);
    return separateur;
  }

  nomJour(date, jour) {
    if (jour === this.cleJour.format(new Date())) return "Aujourd’hui";
    if (jour === this.cleJour.format(new Date(Date.now() - 86_400_000))) return "Hier";
    const nom = this.jourLong.format(date);
    return nom[0].toUpperCase() + nom.slice(1);
  }
}
