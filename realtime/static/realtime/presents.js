/** The list of those who are in the salon now. */

const MONTRES = 60;
const REDEMANDER = 30_000;

export class Presents {
  /** `redemander` asks the server for the whole list, when events were lost on the way. */
  constructor(racine, redemander) {
    this.liste = racine.querySelector("[data-role=presents]");
    this.compte = racine.querySelectorAll("[data-role=nombre-presents]");
    this.modele = document.getElementById("salon-modele-present");
    this.redemander = redemander;
    this.demandeLe = 0;
    this.personnes = new Map();
  }

  recevoir(event) {
    if (event.type === "abonne") {
      if (!event.presents) return;
      this.personnes = new Map(event.presents.map((personne) => [personne.id, personne]));
    } else {
      for (const personne of event.arrivees) this.personnes.set(personne.id, personne);
      for (const id of event.departs) this.personnes.delete(id);
      if (event.nombre <= MONTRES && event.nombre !== this.personnes.size && Date.now() - this.demandeLe > REDEMANDER) {
        this.demandeLe = Date.now();
        this.redemander();
      }
    }
    this.montrer(Math.max(event.nombre, this.personnes.size));
  }

  montrer(nombre) {
    const tries = [...this.personnes.values()].sort((a, b) => a.nom.localeCompare(b.nom, "fr")).slice(0, MONTRES);
    this.liste.replaceChildren(...tries.map((personne) => this.ligne(personne)));
    const texte = nombre > 1 ? `${nombre} personnes présentes` : "Vous êtes la seule personne présente";
    for (const element of this.compte) element.textContent = texte;
  }

  ligne(personne) {
    const ligne = this.modele.content.firstElementChild.cloneNode(true);
    const lien = ligne.querySelector("a");
    lien.textContent = personne.nom;
    lien.href = personne.url;
    ligne.querySelector(".salon__present-place").textContent = personne.rattachement;
    return ligne;
  }
}
