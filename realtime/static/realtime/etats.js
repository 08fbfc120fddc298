/** What a line of a salon shows of what it has become: its text, its files, its marks, its reactions; as templates/composants/ligne_salon.html. */

import { montrerFichiers } from "./fichiers.js";

import { montrerDevenirs } from "./devenirs.js";
import { de } from "./noms.js";
import { montrerFil } from "./pied_fil.js";

export const REACTIONS = { merci: "Merci", utile: "Utile", accord: "D’accord" };

/** Fill `ligne` from a frame. `lignes` (lignes.js) says who looks, and where addresses begin. */
export function remplir(ligne, message, { moi, adresse, retablissable }) {
  const supprime = message.supprime;
  ligne.dataset.revision = message.revision ?? 0;
  ligne.classList.toggle("ligne-salon--supprimee", Boolean(supprime));
  if (message.epingle) ligne.dataset.epingle = message.epingle;
  else delete ligne.dataset.epingle;
  const base = `${adresse}${message.numero}/`;
  ligne.querySelector(".ligne-salon__gestes").href = `${base}gestes/`;
  ligne.querySelector(".ligne-salon__gestes .fr-sr-only").textContent = `Actions sur le message ${de(message.auteur.nom)}`;
  const texte = ligne.querySelector(".ligne-salon__texte");
  if (supprime) texte.replaceChildren(pierre(supprime, retablissable(message, supprime)));
  // Rendered and cleaned by the server, once, for everybody.
  else texte.innerHTML = message.html;
  montrerFichiers(ligne, message.fichiers);
  marquer(ligne.querySelector(".ligne-salon__marques"), message, base);
  montrerDevenirs(ligne, message);
  compterReactions(ligne, message, { mien: message.auteur.id === moi, moi, base });
  montrerFil(ligne, message, adresse);
}

function pierre(supprime, retablissable) {
  const phrase = document.createElement("p");
  phrase.className = "ligne-salon__supprime";
  phrase.textContent = supprime.par === "animation" ? "Message supprimé par l’animation. " : "Message supprimé. ";
  if (retablissable) {
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "fr-btn fr-btn--sm fr-btn--tertiary-no-outline";
    bouton.dataset.geste = "retablir";
    bouton.textContent = "Rétablir";
    phrase.append(bouton);
  }
  return phrase;
}

function marquer(place, message, base) {
  place.replaceChildren();
  if (message.epingle) {
    const marque = document.createElement("span");
    marque.className = "ligne-salon__epingle fr-icon-map-pin-2-line";
    marque.textContent = "Épinglé";
    place.append(marque);
  }
  if (message.modifie) {
    const lien = document.createElement("a");
    lien.href = `${base}versions/`;
    lien.textContent = "modifié";
    place.append(lien);
  }
}

/** Frames are the same for all: which reactions are one's own is told apart (`miennes`, `reaction`), or known. */
function compterReactions(ligne, message, { mien, moi, base }) {
  const reactions = message.reactions ?? {};
  const miennes = new Set(message.miennes ?? (ligne.dataset.miennes ?? "").split(" "));
  const { agent, genre, present } = message.reaction ?? {};
  if (agent === moi) miennes[present ? "add" : "delete"](genre);
  const gardees = [...miennes].filter((nom) => nom in reactions);
  ligne.dataset.miennes = gardees.join(" ");
  const place = ligne.querySelector(".ligne-salon__reactions");
  // Whoever reaches these buttons by keyboard stays where they are.
  const tenue = place.contains(document.activeElement) ? document.activeElement.dataset.genre : null;
  place.replaceChildren();
  place.hidden = !Object.keys(REACTIONS).some((nom) => nom in reactions);
  for (const [nom, libelle] of Object.entries(REACTIONS)) {
    if (!(nom in reactions)) continue;
    const { nombre, noms } = reactions[nom];
    const mienne = gardees.includes(nom);
    const element = document.createElement(mien ? "span" : "button");
    element.className = "reaction";
    element.dataset.genre = nom;
    element.title = noms.join(", ");
    const compte = document.createElement("b");
    compte.textContent = nombre;
    element.append(`${libelle} `, compte);
    if (!mien) {
      element.setAttribute("form", "salon-gestes");
      element.setAttribute("formaction", `${base}reagir/`);
      element.name = "reaction";
      element.value = `${mienne ? "-" : ""}${nom}`;
      element.setAttribute("aria-pressed", mienne);
      const gens = `${nombre} personne${nombre > 1 ? "s" : ""}`;
      element.setAttribute("aria-label", `${libelle}, ${gens}\u00a0: ${noms.join(", ")}`);
    }
    place.append(element);
    if (nom === tenue) element.focus();
  }
}
