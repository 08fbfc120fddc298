/**
 * Up to where the others have read: small faces at the right of the last line that each has read, or a number.
 *
 * Nothing here is announced: it is there for who looks for it.
 */

const VISAGES = 3;

export class Lus {
  /** `lignes` holds the lines (lignes.js); `moi` is who reads; `compte`, if there is one, is where the number is said. */
  constructor(lignes, moi, compte) {
    this.lignes = lignes;
    this.moi = moi;
    this.compte = compte;
    this.personnes = new Map();
    this.actif = false;
  }

  recevoir(event) {
    if (event.type === "abonne") this.commencer(event);
    else if (event.type === "lectures") for (const lu of event.lus) this.noter(lu);
    else if (event.type === "salon.message" && (!event.racine || event.au_salon)) this.ecrire(event);
    this.montrer();
  }

  commencer({ lectures, lu_par: nombre }) {
    this.actif = Boolean(lectures);
    this.personnes.clear();
    for (const lu of lectures ?? []) this.noter(lu);
    this.dire(nombre);
  }

  /** How many, where there are too many to name; it is of the last line when the page opened. */
  dire(nombre) {
    if (!this.compte) return;
    this.compte.hidden = !nombre;
    if (nombre) this.compte.textContent = `Dernier message lu par ${nombre} personne${nombre > 1 ? "s" : ""}`;
  }

  noter({ personne, numero }) {
    if (personne.id === this.moi) return;
    const connu = this.personnes.get(personne.id);
    if (!(connu?.numero > numero)) this.personnes.set(personne.id, { personne, numero });
  }

  /** Whoever writes has read what is above; the number was of another line. */
  ecrire({ auteur, numero }) {
    if (this.personnes.has(auteur.id)) this.noter({ personne: auteur, numero });
    this.dire(0);
  }

  montrer() {
    for (const visages of this.lignes.liste.querySelectorAll(".ligne-salon__lus")) visages.remove();
    if (!this.actif) return;
    const parLigne = new Map();
    const numeros = [...this.lignes.liste.querySelectorAll(".ligne-salon[data-numero]")].map((ligne) => Number(ligne.dataset.numero));
    for (const { personne, numero } of this.personnes.values()) {
      const place = numeros.findLast((autre) => autre <= numero);
      if (place !== undefined) parLigne.set(place, [...(parLigne.get(place) ?? []), personne]);
    }
    for (const [numero, personnes] of parLigne) this.lignes.ligne(numero).append(this.visages(personnes));
  }

  visages(personnes) {
    const noms = personnes.map((personne) => personne.nom).sort((a, b) => a.localeCompare(b, "fr"));
    const phrase = `Lu jusqu’ici par ${noms.join(", ")}`;
    const element = document.createElement("span");
    element.className = "ligne-salon__lus";
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", phrase);
    element.title = phrase;
    for (const { initiales, couleur } of personnes.slice(0, VISAGES)) {
      const visage = document.createElement("span");
      visage.className = `avatar avatar--xs ${couleur}`;
      visage.textContent = initiales;
      element.append(visage);
    }
    if (personnes.length > VISAGES) element.append(`+${personnes.length - VISAGES}`);
    return element;
  }
}
