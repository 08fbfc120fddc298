/** The list of those who are in the salon now, and how they are. */

const MONTRES = 60;
const REDEMANDER = 30_000;
const LIBELLES = { en_ligne: "En ligne", absent: "Absent", occupe: "Occupé" };
// Longer than a timer can wait.
const JAMAIS = 2 ** 31 - 1;

export class Presents {
  /** `redemander` asks the server for the whole list, when events were lost on the way; `moi` is who reads. */
  constructor(racine, moi, redemander) {
    this.liste = racine.querySelector("[data-role=presents]");
    this.compte = racine.querySelectorAll("[data-role=nombre-presents]");
    this.modele = document.getElementById("salon-modele-present");
    this.fuseau = racine.dataset.fuseau;
    this.moi = moi;
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
      for (const { id, etat } of event.etats ?? []) {
        const personne = this.personnes.get(id);
        if (personne) this.personnes.set(id, { ...personne, etat });
      }
      if (event.nombre <= MONTRES && event.nombre !== this.personnes.size && Date.now() - this.demandeLe > REDEMANDER) {
        this.demandeLe = Date.now();
        this.redemander();
      }
    }
    this.nombre = Math.max(event.nombre, this.personnes.size);
    this.montrer();
  }

  montrer() {
    // A meeting's page says who is there in its own words.
    if (!this.liste) return;
    const tries = [...this.personnes.values()].sort((a, b) => a.nom.localeCompare(b.nom, "fr")).slice(0, MONTRES);
    this.liste.replaceChildren(...tries.map((personne) => this.ligne(personne)));
    const texte = this.phrase(this.nombre);
    for (const element of this.compte) element.textContent = texte;
    this.attendre(tries);
  }

  /** Who is invisible is not even in their own list. */
  phrase(nombre) {
    if (this.personnes.has(this.moi) || nombre > MONTRES) {
      return nombre > 1 ? `${nombre} personnes présentes` : "Vous êtes la seule personne présente";
    }
    if (!nombre) return "Vous êtes la seule personne ici, et vous êtes invisible";
    return `${nombre} personne${nombre > 1 ? "s présentes" : " présente"}, et vous, invisible`;
  }

  /** A state ends at its hour, whether or not anybody tells. */
  attendre(personnes) {
    clearTimeout(this.bientot);
    const fins = personnes.filter((personne) => etatDe(personne)?.fin).map((personne) => Date.parse(personne.etat.fin));
    const reste = Math.min(...fins) - Date.now();
    if (reste < JAMAIS) this.bientot = setTimeout(() => this.montrer(), Math.max(0, reste) + 50);
  }

  ligne(personne) {
    const ligne = this.modele.content.firstElementChild.cloneNode(true);
    const lien = ligne.querySelector("a");
    lien.textContent = personne.nom;
    lien.href = personne.url;
    ligne.querySelector(".salon__present-place").textContent = personne.rattachement;
    const etat = etatDe(personne);
    const genre = etat?.genre ?? "en_ligne";
    const point = ligne.querySelector(".presence");
    point.className = `presence presence--${genre}`;
    point.firstElementChild.textContent = LIBELLES[genre];
    const mots = ligne.querySelector(".salon__present-etat");
    mots.textContent = [genre === "en_ligne" ? "" : LIBELLES[genre], etat?.message, this.jusqua(etat?.fin)].filter(Boolean).join(" · ");
    mots.hidden = !mots.textContent;
    return ligne;
  }

  /** « jusqu’à 18 h 00 », or the day when it is another. */
  jusqua(fin) {
    if (!fin) return "";
    const jour = (date) => new Intl.DateTimeFormat("fr-FR", { timeZone: this.fuseau, day: "numeric", month: "short" }).format(date);
    const date = new Date(fin);
    const heure = new Intl.DateTimeFormat("fr-FR", { timeZone: this.fuseau, hour: "numeric", minute: "2-digit" }).format(date).replace(":", "\u00a0h\u00a0");
    const quand = jour(date) === jour(new Date()) ? "" : `au ${jour(date)}, `;
    return quand ? `jusqu’${quand}${heure}` : `jusqu’à ${heure}`;
  }
}

/** What somebody shows now: after its end, nothing. */
function etatDe(personne) {
  const { etat } = personne;
  return etat && !(etat.fin && Date.parse(etat.fin) <= Date.now()) ? etat : null;
}
