/** The page of a meeting that is held. Without this module, its forms and a reload do the same. */

import { sonner } from "../plateforme/sons.js";
import { nu, remplacer } from "../realtime/blocs.js";
import { Horloges } from "./horloge.js";
import { Notes } from "./notes.js";
import { Suivi } from "./suivi.js";

const AVANT_DE_DIRE_COUPE = 2000;
const PRESENCE = 60_000;
const PHRASES = {
  coupe: "Connexion perdue\u00a0: la page se remettra d’elle-même à jour dès son retour.",
  session: "Votre session est terminée\u00a0: reconnectez-vous pour continuer.",
  ferme: "Vous n’avez plus accès à cette réunion.",
  refuse: "Vous n’avez plus accès à cette réunion.",
  version: "La plateforme a été mise à jour\u00a0: rechargez la page pour continuer.",
  trop: "Trop de pages ouvertes à la fois\u00a0: fermez-en, puis rechargez celle-ci.",
  compte: "Votre compte est fermé.",
};
const ANNONCES = {
  ouverte: () => "La réunion est ouverte.",
  suspendue: () => "La réunion est suspendue.",
  reprise: () => "La réunion reprend.",
  levee: () => "La réunion est terminée.",
  point: (repere) => repere.annoncePoint,
  parole_donnee: (repere) => repere.annonceParole,
  aide: (repere) => repere.annonceAide,
  plume: (repere) => repere.annoncePlume,
  scrutin: (repere) => repere.annonceScrutin,
  vote_clos: () => "Le vote est clos\u00a0: le résultat est affiché.",
};

class PageSeance {
  constructor(racine) {
    this.racine = racine;
    this.message = racine.querySelector("[data-role=message]");
    this.ligne = racine.querySelector("[data-role=ligne]");
    this.annonce = racine.querySelector("[data-role=annonce]");
    this.horloges = new Horloges(racine);
    this.aDire = new Set();
    this.suivi = new Suivi({
      reunion: racine.dataset.seance,
      url: racine.dataset.urlEtat,
      version: Number(this.repere().dataset.version),
      recevoir: (fragment) => this.recevoir(fragment),
      dire: (etat) => this.changerLigne(etat),
      evenement: (event) => this.aDire.add(event.quoi),
    });
    this.blocs = new Map();
  }

  repere() {
    return this.racine.querySelector("[data-role=repere]");
  }

  demarrer() {
    for (const bloc of this.racine.querySelectorAll("[data-bloc]")) this.blocs.set(bloc.dataset.bloc, nu(bloc));
    this.horloges.recaler();
    this.horloges.reveil = () => this.suivi.demander({ forcer: true });
    this.racine.addEventListener("submit", (event) => {
      if (!event.target.matches("form[data-geste]")) return;
      event.preventDefault();
      this.envoyer(event.target, event.submitter);
    });
    this.suivi.demarrer();
    this.notes = new Notes(this.racine, () => this.suivi.demander({ forcer: true }));
    this.suivrePresence();
    this.suivreDiscussion();
    // A page taken back from the browser's memory shows another time.
    addEventListener("pageshow", (event) => event.persisted && this.suivi.demander({ forcer: true }));
  }

  // --- What arrives ---------------------------------------------------------------------------

  recevoir(fragment) {
    const avant = this.repere().dataset;
    const nouveau = fragment.querySelector("[data-role=repere]");
    // The salon comes with the opening: it needs its own scripts, thus the page again.
    if (nouveau.dataset.salon !== avant.salon && !this.ecritQuelqueChose()) return location.reload();
    this.repere().replaceWith(document.importNode(nouveau, true));
    for (const colonne of fragment.querySelectorAll("[data-colonne]")) this.poser(colonne);
    this.horloges.recaler();
    this.dire();
    this.noterPoint();
    return undefined;
  }

  /** Put the pieces that changed in their column; the others are not touched: nothing moves under the finger. */
  poser(colonne) {
    const place = this.racine.querySelector(`[data-colonne=${colonne.dataset.colonne}]`);
    const voulus = [...colonne.querySelectorAll(":scope > [data-bloc]")];
    for (const vieux of place.querySelectorAll(":scope > [data-bloc]")) {
      if (!voulus.some((bloc) => bloc.dataset.bloc === vieux.dataset.bloc)) {
        const ecrit = vieux.querySelector("textarea[data-brouillon]");
        if (ecrit) this.notes.partir(ecrit);
        vieux.remove();
        this.blocs.delete(vieux.dataset.bloc);
      }
    }
    let precedent = null;
    for (const bloc of voulus) {
      const nom = bloc.dataset.bloc;
      const actuel = place.querySelector(`:scope > [data-bloc=${nom}]`);
      const texte = nu(bloc);
      if (!actuel) {
        const neuf = document.importNode(bloc, true);
        if (precedent) precedent.after(neuf);
        else place.prepend(neuf);
        precedent = neuf;
      } else {
        const ecrit = actuel.querySelector("textarea[data-brouillon]");
        const apres = ecrit && bloc.querySelector(`#${CSS.escape(ecrit.id)}`);
        // Somebody is writing here, from the same text: not a thing of it is touched.
        const garder = apres?.dataset.depuis === ecrit?.dataset.depuis && apres;
        if (!garder && this.blocs.get(nom) !== texte) {
          if (ecrit && !apres) this.notes.partir(ecrit);
          remplacer(actuel, bloc);
        } else if (!garder) {
          remettreALHeure(actuel, bloc);
        }
        precedent = actuel;
      }
      this.blocs.set(nom, texte);
    }
  }

  /** One sentence for those who listen; what changes all the time (hands, people) is not said. */
  dire() {
    const repere = this.repere().dataset;
    if (this.doitSonner(repere)) sonner("appel");
    const phrases = [...this.aDire].map((quoi) => ANNONCES[quoi]?.(repere)).filter(Boolean);
    this.aDire.clear();
    if (phrases.length) this.annonce.textContent = phrases.join(" ");
  }

  /** What asks something of this person: the floor, a vote, a call for help (which only who animates is told). */
  doitSonner({ parole, annonceAide, annonceScrutin }) {
    return (
      (this.aDire.has("parole_donnee") && parole === "oui") ||
      (this.aDire.has("aide") && annonceAide) ||
      (this.aDire.has("scrutin") && annonceScrutin)
    );
  }

  changerLigne(etat) {
    if (etat === "coupe" && this.coupure) return;
    this.coupure = etat === "coupe";
    clearTimeout(this.bientot);
    if (etat === "connecte") this.direLigne("");
    else if (etat === "coupe") this.bientot = setTimeout(() => this.direLigne(PHRASES.coupe), AVANT_DE_DIRE_COUPE);
    else this.direLigne(PHRASES[etat]);
  }

  direLigne(phrase) {
    this.ligne.textContent = phrase;
    this.ligne.hidden = !phrase;
  }

  ecritQuelqueChose() {
    return [...this.racine.querySelectorAll("textarea, input:not([type=hidden])")].some(
      (champ) => champ.value !== champ.defaultValue,
    );
  }

  // --- What leaves ----------------------------------------------------------------------------

  async envoyer(formulaire, bouton) {
    if (formulaire.dataset.envoi) return;
    formulaire.dataset.envoi = "oui";
    const donnees = new FormData(formulaire, bouton);
    const notes = formulaire.querySelector("textarea[data-brouillon]");
    try {
      const reponse = await fetch(formulaire.action, {
        method: "POST",
        body: donnees,
        headers: { "X-Requested-With": "fetch" },
        redirect: "manual",
      });
      if (reponse.type === "opaqueredirect") {
        this.montrer(phrase(PHRASES.session));
        return;
      }
      const texte = await reponse.text();
      const fragment = new DOMParser().parseFromString(texte, "text/html");
      if (!fragment.querySelector("[data-role=repere]")) throw new Error(reponse.status);
      this.montrer(fragment.querySelector("[data-role=reponse]"));
      // What was taken is no more a draft; what was refused stays where it was typed.
      if (reponse.ok && notes) this.notes.enregistre(notes, donnees.get("texte"));
      else if (reponse.ok) fermer(formulaire);
      this.suivi.prendre(texte);
    } catch {
      this.montrer(phrase("Rien n’a été envoyé\u00a0: la connexion est perdue ou le serveur ne répond pas. Réessayez."));
    } finally {
      delete formulaire.dataset.envoi;
    }
  }

  montrer(reponse) {
    this.message.replaceChildren(...(reponse ? [document.importNode(reponse, true)] : []));
    clearTimeout(this.effacer);
    if (reponse && !("refus" in reponse.dataset)) this.effacer = setTimeout(() => this.message.replaceChildren(), 8000);
  }

  // --- Being there, and what is said ------------------------------------------------------------

  suivrePresence() {
    setInterval(() => {
      const { etat } = this.repere().dataset;
      if (etat === "attente" || etat === "levee") return;
      const donnees = new FormData();
      donnees.set("csrfmiddlewaretoken", this.racine.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
      fetch(this.racine.dataset.urlPresence, { method: "POST", body: donnees, redirect: "manual" }).catch(() => {});
    }, PRESENCE);
  }

  /** Lines that arrive after a point was opened come under its title. */
  suivreDiscussion() {
    this.fil = this.racine.querySelector("#salon [data-role=lignes]");
    if (!this.fil) return;
    this.titre = this.repere().dataset.annoncePoint;
  }

  noterPoint() {
    const titre = this.repere().dataset.annoncePoint;
    if (!this.fil || !titre || titre === this.titre) return;
    this.titre = titre;
    const dernier = this.fil.lastElementChild;
    if (dernier?.matches(".seance__intertitre")) dernier.remove();
    const ligne = document.createElement("li");
    ligne.className = "seance__intertitre";
    const texte = document.createElement("span");
    texte.textContent = titre.replace(/^Point \d+\s*:\s*/, "");
    ligne.append(texte);
    this.fil.append(ligne);
  }
}

function remettreALHeure(actuel, nouveau) {
  const horloges = nouveau.querySelectorAll("[data-horloge]");
  actuel.querySelectorAll("[data-horloge]").forEach((horloge, rang) => {
    horloge.dataset.horloge = horloges[rang].dataset.horloge;
  });
}

function phrase(texte) {
  const bloc = document.createElement("div");
  bloc.dataset.refus = "";
  const alerte = document.createElement("div");
  alerte.className = "fr-alert fr-alert--sm fr-alert--error";
  const paragraphe = document.createElement("p");
  paragraphe.textContent = texte;
  alerte.append(paragraphe);
  bloc.append(alerte);
  return bloc;
}

/** What was typed was taken: the form is empty again, and folded if it was unfolded. */
function fermer(formulaire) {
  formulaire.reset();
  const repli = formulaire.closest("details.seance__noter");
  if (!repli) return;
  repli.open = false;
  repli.querySelector("summary").focus({ preventScroll: true });
}

const racine = document.querySelector("[data-seance]");
if (racine) new PageSeance(racine).demarrer();
