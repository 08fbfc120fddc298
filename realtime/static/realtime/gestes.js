/**
 * What one does with a line: its menu, changing it in its place, reactions, pins. Without this module each line's
 * « Actions » leads to a page that does the same.
 */

import { devenirsPermis } from "./devenirs.js";
import { EnvoiRefuse, envoyer } from "./direct.js";
import { Retouche } from "./retouche.js";

const MARGE = 8;

export class Gestes {
  /** `page` is the salon's (salon.js): its root, its lines, who looks, where sentences are said. */
  constructor(page) {
    this.page = page;
    this.racine = page.racine;
    this.ecrit = this.racine.dataset.ecrit === "oui";
    this.epingle = this.racine.dataset.epingle === "oui";
    this.retire = this.racine.dataset.retire === "oui";
    this.menu = null;
    this.retouches = new Map();
    this.racine.addEventListener("click", (event) => this.cliquer(event));
    document.addEventListener("click", (event) => {
      if (this.menu && !this.menu.contains(event.target) && !this.bouton.contains(event.target)) this.fermer();
    });
    page.fil.addEventListener("scroll", () => this.suivre(), { passive: true });
    page.champ?.addEventListener("keydown", (event) => this.remonter(event));
    document.addEventListener("keydown", (event) => {
      const menus = this.racine.querySelectorAll("details[open]");
      if (event.key !== "Escape") return;
      for (const details of menus) {
        details.open = false;
        details.querySelector("summary").focus();
      }
    });
  }

  // --- What this person may -------------------------------------------------------------------

  /** As `realtime.access.may_restore`; the server decides. */
  retablissable(message, { par, le }) {
    if (par === "animation") return this.retire;
    return message.auteur.id === this.page.moi.id && this.depuis(le) < Number(this.racine.dataset.repentir);
  }

  permis(ligne) {
    const mien = Number(ligne.dataset.auteur) === this.page.moi.id;
    const visible = !ligne.classList.contains("ligne-salon--supprimee");
    const delai = Number(this.racine.dataset.retouche);
    const epingle = "epingle" in ligne.dataset;
    return {
      visible,
      reagir: visible && this.ecrit && !mien,
      fil:
        !ligne.closest(".fil") &&
        ((visible && this.ecrit) || "racine" in ligne.dataset || Boolean(ligne.querySelector("[data-role=pied-fil]:not([hidden])"))),
      retoucher: visible && this.ecrit && mien && (!delai || this.depuis(ligne.dataset.date) < delai),
      modifie: visible && Boolean(ligne.querySelector(".ligne-salon__marques a")),
      epingler: visible && this.epingle && !epingle,
      desepingler: visible && this.epingle && epingle,
      retirer: visible && this.retire && !mien,
      retablir: Boolean(ligne.querySelector("[data-geste=retablir]")),
      ...devenirsPermis(this.racine, { visible, ecrit: this.ecrit, mien }),
    };
  }

  depuis(date) {
    return (Date.now() - Date.parse(date)) / 1000;
  }

  // --- The menu -------------------------------------------------------------------------------

  cliquer(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const cible = event.target.closest(".ligne-salon__gestes, [data-geste], .reaction");
    const ligne = cible?.closest(".ligne-salon[data-numero]");
    if (!ligne) return;
    if (cible.matches(".ligne-salon__gestes")) {
      event.preventDefault();
      if (this.bouton === cible) this.fermer({ rendre: true });
      else this.ouvrir(ligne, cible);
    } else if (cible.matches("button.reaction")) {
      event.preventDefault();
      this.reagir(ligne, cible.dataset.genre);
    } else if (cible.dataset.geste) {
      this.faire(event, ligne, cible);
    }
  }

  ouvrir(ligne, bouton) {
    this.fermer();
    const permis = this.permis(ligne);
    const menu = document.getElementById("salon-modele-menu").content.firstElementChild.cloneNode(true);
    for (const element of menu.querySelectorAll("[data-si]")) if (!permis[element.dataset.si]) element.remove();
    if (!menu.querySelector("[data-geste]")) {
      location.assign(bouton.href);
      return;
    }
    const miennes = (ligne.dataset.miennes ?? "").split(" ");
    for (const choix of menu.querySelectorAll("[data-genre]")) {
      choix.setAttribute("aria-checked", miennes.includes(choix.dataset.genre));
    }
    const base = this.base(ligne);
    const adresses = { fil: `${base}fil/`, lien: base, versions: `${base}versions/`, retirer: `${base}gestes/#supprimer` };
    for (const lien of menu.querySelectorAll("a")) {
      lien.href = adresses[lien.dataset.geste] ?? `${base}${lien.dataset.devenir}/`;
    }
    menu.addEventListener("keydown", (event) => this.clavier(event));
    bouton.after(menu);
    bouton.setAttribute("aria-expanded", "true");
    this.menu = menu;
    this.bouton = bouton;
    this.placer();
    this.choix()[0].focus({ preventScroll: true });
  }

  /** Beside its button, where there is room; a phone's style sheet puts it at the bottom of the screen. */
  placer() {
    const place = this.bouton.getBoundingClientRect();
    const { offsetWidth: large, offsetHeight: haut } = this.menu;
    const dessous = place.bottom + haut + MARGE < innerHeight;
    const y = dessous ? place.bottom : Math.max(MARGE, place.top - haut);
    this.menu.style.top = `${y}px`;
    this.menu.style.left = `${Math.max(MARGE, Math.min(place.right, innerWidth - MARGE) - large)}px`;
  }

  /** The menu goes along with its line, and away with it: a thumb that opens it often makes the lines move a little. */
  suivre() {
    if (!this.menu) return;
    const { top, bottom } = this.bouton.getBoundingClientRect();
    const fil = this.page.fil.getBoundingClientRect();
    if (bottom < fil.top || top > fil.bottom) this.fermer();
    else this.placer();
  }

  fermer({ rendre = false } = {}) {
    if (!this.menu) return;
    this.menu.remove();
    this.bouton.removeAttribute("aria-expanded");
    if (rendre) this.bouton.focus({ preventScroll: true });
    this.menu = this.bouton = null;
  }

  choix() {
    return [...this.menu.querySelectorAll("[data-geste]")];
  }

  clavier(event) {
    const choix = this.choix();
    const ici = choix.indexOf(document.activeElement);
    const pas = { ArrowDown: ici + 1, ArrowRight: ici + 1, ArrowUp: ici - 1, ArrowLeft: ici - 1, Home: 0, End: -1 };
    if (event.key in pas) {
      event.preventDefault();
      choix.at(pas[event.key] % choix.length).focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.fermer({ rendre: true });
    } else if (event.key === "Tab") {
      this.fermer({ rendre: true });
    }
  }

  // --- What is done ---------------------------------------------------------------------------

  faire(event, ligne, cible) {
    const { geste, genre } = cible.dataset;
    if (geste === "versions" || geste === "retirer" || geste === "renoncer" || geste === "devenir") return;
    event.preventDefault();
    const adresse = cible.href;
    this.fermer({ rendre: true });
    if (geste === "reagir") this.reagir(ligne, genre);
    else if (geste === "fil") this.page.fils.aller(ligne);
    else if (geste === "lien") this.copier(adresse);
    else if (geste === "modifier") this.retoucher(ligne);
    else if (geste === "supprimer") this.demander(ligne, { type: "supprimer" }, "Message supprimé.");
    else if (geste === "retablir") this.demander(ligne, { type: "retablir" }, "Message rétabli.");
    else if (geste === "epingler") this.demander(ligne, { type: "epingler", present: true }, "Message épinglé.");
    else if (geste === "desepingler") {
      this.demander(ligne, { type: "epingler", present: false }, "Le message n’est plus épinglé.");
    }
  }

  reagir(ligne, genre) {
    const present = !(ligne.dataset.miennes ?? "").split(" ").includes(genre);
    this.demander(ligne, { type: "reagir", genre, present }, present ? "Réaction ajoutée." : "Réaction retirée.");
  }

  /** Ask for something about a line; what is refused is said under it. The line itself changes when all see it. */
  async demander(ligne, trame, dit) {
    this.page.ecrireEtat(ligne, "");
    try {
      await envoyer({ ...trame, salon: this.page.salon, numero: Number(ligne.dataset.numero) });
      this.page.annoncerPhrase(dit);
    } catch (erreur) {
      const phrase = erreur instanceof EnvoiRefuse ? erreur.message : "Cela n’a pas été fait. Réessayez.";
      this.page.ecrireEtat(ligne, phrase);
      this.page.annoncerPhrase(phrase);
    }
  }

  async copier(adresse) {
    try {
      await navigator.clipboard.writeText(adresse);
      this.page.annoncerPhrase("Lien copié.");
      this.page.dire("Lien copié.");
      setTimeout(() => this.page.dire(""), 2000);
    } catch {
      location.assign(adresse);
    }
  }

  // --- Changing a line in its place ------------------------------------------------------------

  /** The arrow up, in a field where nothing is written, takes the last of one's own lines. */
  remonter(event, page = this.page) {
    if (event.key !== "ArrowUp" || event.target.value || event.isComposing) return;
    const ligne = page.lignes.derniereMienne();
    if (!ligne || !this.permis(ligne).retoucher) return;
    event.preventDefault();
    this.retoucher(ligne, event.target);
  }

  async retoucher(ligne, retour = ligne.querySelector(".ligne-salon__gestes")) {
    const numero = Number(ligne.dataset.numero);
    if (this.retouches.has(numero)) {
      this.retouches.get(numero).saisir();
      return;
    }
    const retouche = new Retouche(ligne, `${this.base(ligne)}modifier/`, this.page, () => {
      this.retouches.delete(numero);
      retour.focus({ preventScroll: true });
    });
    this.retouches.set(numero, retouche);
    await retouche.ouvrir();
  }

  // --- Pins -----------------------------------------------------------------------------------

  /** Keep the list of pinned lines as the frames say. */
  epingler(message) {
    const place = this.racine.querySelector("[data-role=epingles]");
    if (!place) return;
    const liste = place.querySelector("ul");
    const connu = liste.querySelector(`[data-numero="${message.numero}"]`);
    if (!message.epingle) {
      connu?.remove();
    } else {
      const rang = connu ?? document.createElement("li");
      rang.dataset.numero = message.numero;
      const lien = document.createElement("a");
      lien.href = `${this.racine.dataset.urlMessages}${message.numero}/`;
      const nom = document.createElement("strong");
      nom.textContent = message.auteur.nom;
      const texte = new DOMParser().parseFromString(message.html, "text/html").body.textContent.trim();
      lien.append(nom, ` ${texte.slice(0, 120) || "Fichier joint"}`);
      rang.replaceChildren(lien);
      if (!connu) liste.prepend(rang);
    }
    place.hidden = !liste.children.length;
    place.querySelector("[data-role=nombre-epingles]").textContent = `(${liste.children.length})`;
  }

  base(ligne) {
    return new URL(`${this.racine.dataset.urlMessages}${ligne.dataset.numero}/`, location.href).href;
  }
}
