/** The files of a line on the screen, as templates/realtime/_fichiers.html; those it keeps when it is changed. */

import { champDescription } from "../fichiers/televersement.js";

/** Show these files (of a frame, or of what is being sent) under the text of `ligne`. */
export function montrerFichiers(ligne, fichiers = []) {
  let place = ligne.querySelector("[data-role=fichiers]");
  if (!place) {
    if (!fichiers.length) return;
    // A line that came without files from the server has no place for them.
    const modele = document.getElementById("salon-modele-ligne").content;
    place = modele.querySelector("[data-role=fichiers]").cloneNode(true);
    ligne.querySelector(".ligne-salon__texte").after(place);
  }
  place.hidden = !fichiers.length;
  place.replaceChildren(...fichiers.map((fichier) => (fichier.image ? image(fichier) : rang(fichier))));
}

function image({ image: { url, largeur, hauteur, description } }) {
  const element = document.createElement("li");
  element.className = "fichiers-salon__image";
  const lien = document.createElement("a");
  Object.assign(lien, { href: url, target: "_blank", rel: "noopener" });
  const vue = document.createElement("img");
  vue.loading = "lazy";
  vue.decoding = "async";
  Object.assign(vue, { alt: description, width: largeur, height: hauteur, src: url });
  const suite = document.createElement("span");
  suite.className = "fr-sr-only";
  suite.textContent = " (nouvelle fenêtre)";
  lien.append(vue, suite);
  element.append(lien);
  return element;
}

function rang({ nom, format, taille, url }) {
  const element = document.createElement("li");
  element.className = "fichiers-salon__fichier";
  const lien = document.createElement("a");
  lien.className = "fr-icon-file-line";
  lien.href = url;
  lien.download = "";
  const detail = document.createElement("span");
  detail.className = "fichiers-salon__detail";
  detail.textContent = `${format} – ${taille}`;
  lien.append(nom, detail);
  element.append(lien);
  return element;
}

/** In a form that changes a line: each of its files, which may be described otherwise, or taken off. */
export class FichiersGardes {
  constructor(formulaire, fichiers = []) {
    this.rangs = fichiers.map((fichier) => ({ fichier, ...this.rang(fichier) }));
    if (!fichiers.length) return;
    const liste = document.createElement("ul");
    liste.className = "envois";
    liste.setAttribute("aria-label", "Fichiers du message");
    liste.append(...this.rangs.map(({ element }) => element));
    formulaire.querySelector("label").after(liste);
  }

  rang({ id, nom, image: vue }) {
    const element = document.createElement("li");
    element.className = "envoi";
    let champ = null;
    if (vue) {
      const description = champDescription(vue.alternative, () => {});
      champ = description.champ;
      description.etiquette.firstChild.textContent = `Décrivez l’image « ${nom} » pour qui ne la voit pas`;
      element.append(description.etiquette);
    }
    const groupe = document.createElement("div");
    groupe.className = "fr-checkbox-group fr-checkbox-group--sm";
    const retirer = document.createElement("input");
    Object.assign(retirer, { type: "checkbox", id: `retirer-${id}` });
    const etiquette = document.createElement("label");
    etiquette.className = "fr-label";
    etiquette.htmlFor = retirer.id;
    etiquette.textContent = `Retirer « ${nom} », pour tout le monde`;
    groupe.append(retirer, etiquette);
    element.append(groupe);
    return { element, champ, retirer };
  }

  /** Those that the line keeps, as the server is told; nothing where it had none. */
  valeur() {
    if (!this.rangs.length) return undefined;
    return this.rangs
      .filter(({ retirer }) => !retirer.checked)
      .map(({ fichier, champ }) => ({ id: fichier.id, ...(champ && { alternative: champ.value }) }));
  }
}
