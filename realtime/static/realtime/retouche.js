/** Changing what one said, in the line itself. What is typed is kept until the server has it, also over a reload. */

import { envoyer } from "./direct.js";
import { FichiersGardes } from "./fichiers.js";

export class Retouche {
  /** `adresse` gives the text to start from; `onFin()` is called when the line is back as it was. */
  constructor(ligne, adresse, page, onFin) {
    this.ligne = ligne;
    this.adresse = adresse;
    this.page = page;
    this.onFin = onFin;
    this.numero = Number(ligne.dataset.numero);
    this.cle = `salon.${page.moi.id}.${page.salon}.retouche.${this.numero}`;
  }

  async ouvrir() {
    let depart;
    try {
      const reponse = await fetch(this.adresse, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!reponse.ok) throw new Error(reponse.status);
      depart = await reponse.json();
    } catch {
      this.page.ecrireEtat(this.ligne, "Le texte n’est pas arrivé. Réessayez.");
      this.onFin();
      return;
    }
    this.version = depart.version;
    this.formulaire = document.getElementById("salon-modele-retouche").content.firstElementChild.cloneNode(true);
    this.champ = this.formulaire.querySelector("textarea");
    this.fichiers = new FichiersGardes(this.formulaire, depart.fichiers);
    this.champ.required = !depart.fichiers.length;
    this.champ.value = this.page.stockage("getItem", this.cle) ?? depart.texte;
    this.formulaire.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enregistrer();
    });
    this.formulaire.querySelector("[data-geste=renoncer]").addEventListener("click", () => this.fermer());
    this.champ.addEventListener("input", () => {
      this.page.stockage("setItem", this.cle, this.champ.value);
      this.ajuster();
    });
    this.champ.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") this.fermer();
      else if (event.key === "Enter" && !event.shiftKey) this.enregistrer();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.ligne.classList.add("ligne-salon--retouchee");
    this.ligne.querySelector(".ligne-salon__texte").after(this.formulaire);
    this.ajuster();
    this.saisir();
    this.page.annoncerPhrase("Vous modifiez votre message. Échap pour annuler.");
  }

  saisir() {
    this.champ?.focus();
    this.champ?.setSelectionRange(this.champ.value.length, this.champ.value.length);
    this.formulaire?.scrollIntoView({ block: "nearest" });
  }

  ajuster() {
    this.champ.style.height = "auto";
    this.champ.style.height = `${this.champ.scrollHeight + 2}px`;
  }

  async enregistrer() {
    const texte = this.champ.value.trim();
    const fichiers = this.fichiers.valeur();
    if (!texte && !fichiers?.length) {
      this.refuser("Écrivez un message, ou supprimez-le.");
      return;
    }
    if (this.enCours) return;
    this.enCours = true;
    const bouton = this.formulaire.querySelector("button");
    bouton.setAttribute("aria-busy", "true");
    try {
      const { salon } = this.page;
      await envoyer({ type: "modifier", salon, numero: this.numero, texte, version: this.version, fichiers });
      this.fermer();
      this.page.annoncerPhrase("Message modifié.");
    } catch (erreur) {
      this.refuser(erreur.message);
    } finally {
      this.enCours = false;
      bouton.removeAttribute("aria-busy");
    }
  }

  refuser(phrase) {
    const place = this.formulaire.querySelector(".fr-error-text");
    place.textContent = phrase;
    place.hidden = false;
    this.champ.focus();
  }

  fermer() {
    this.page.stockage("removeItem", this.cle);
    this.formulaire.remove();
    this.ligne.classList.remove("ligne-salon--retouchee");
    this.onFin();
  }
}
