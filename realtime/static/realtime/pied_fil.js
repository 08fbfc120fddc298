/** What is said of a thread under the line that began it, as templates/realtime/_pied_fil.html. No network here. */

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;

/** « il y a 5 min », as the server says it; beyond some hours, the day. */
function ilYA(date) {
  const depuis = Date.now() - date;
  if (depuis < MINUTE) return "à l’instant";
  if (depuis < HEURE) return `il y a ${Math.floor(depuis / MINUTE)}\u00a0min`;
  if (depuis < 6 * HEURE) return `il y a ${Math.floor(depuis / HEURE)}\u00a0h`;
  return `le ${date.toLocaleDateString("fr-FR", { day: "numeric", month: "long" })}`;
}

export const compte = (nombre) => `${nombre} réponse${nombre > 1 ? "s" : ""}`;

/** Fill the thread's part of a line from its own frame. `adresse`: what the addresses of lines begin with. */
export function montrerFil(ligne, message, adresse) {
  if (message.racine) {
    ligne.dataset.racine = message.racine;
    const renvoi = ligne.querySelector("[data-role=renvoi-fil]");
    if (!renvoi) return;
    renvoi.href = `${adresse}${message.racine}/fil/?autour=${message.numero}#reponse-${message.numero}`;
    renvoi.hidden = false;
  } else if (message.fil) {
    remplirPied(ligne, message.fil, adresse);
  }
}

/** Fill what stands under a root, unless what it says is later. Gives whether it did. */
export function remplirPied(ligne, fil, adresse) {
  const pied = ligne.querySelector("[data-role=pied-fil]");
  if (!pied || Number(pied.dataset.rang ?? -1) > fil.rang) return false;
  pied.dataset.rang = fil.rang;
  pied.dataset.nombre = fil.reponses;
  pied.href = `${adresse}${ligne.dataset.numero}/fil/`;
  pied.hidden = !fil.reponses;
  pied.querySelector("[data-role=nombre-reponses]").textContent = compte(fil.reponses);
  if (fil.derniere) dater(pied, new Date(fil.derniere));
  pied.querySelector("[data-role=visages]").replaceChildren(...fil.personnes.map(visage));
  if ("suit" in fil) {
    pied.dataset.suit = fil.suit ? "oui" : "non";
    direNonLus(pied, fil.non_lus);
  }
  return true;
}

/** One more reply, where frames do not say how many there are. */
export function ajouterUne(ligne, message, adresse) {
  const pied = ligne.querySelector("[data-role=pied-fil]");
  const { auteur, date, numero } = message;
  if (!pied || Number(pied.dataset.numero ?? 0) >= numero) return false;
  pied.dataset.numero = numero;
  const ecrit = Number.parseInt(pied.querySelector("[data-role=nombre-reponses]").textContent, 10) || 0;
  const nombre = Number(pied.dataset.nombre ?? ecrit) + 1;
  pied.dataset.nombre = nombre;
  pied.href = `${adresse}${ligne.dataset.numero}/fil/`;
  pied.hidden = false;
  pied.querySelector("[data-role=nombre-reponses]").textContent = compte(nombre);
  dater(pied, new Date(date));
  const visages = pied.querySelector("[data-role=visages]");
  if (![...visages.children].some((autre) => autre.title === auteur.nom)) visages.prepend(visage(auteur));
  while (visages.children.length > 3) visages.lastElementChild.remove();
  return true;
}

export function direNonLus(pied, nombre) {
  pied.dataset.nonLus = nombre;
  const badge = pied.querySelector("[data-role=reponses-non-lues]");
  badge.hidden = !nombre;
  badge.textContent = `${nombre} non lue${nombre > 1 ? "s" : ""}`;
}

function dater(pied, date) {
  const temps = document.createElement("time");
  temps.dateTime = date.toISOString();
  temps.title = date.toLocaleString("fr-FR", { dateStyle: "full", timeStyle: "short" });
  temps.textContent = ilYA(date);
  pied.querySelector("[data-role=derniere-reponse]").replaceChildren(temps);
}

function visage({ nom, initiales, couleur }) {
  const element = document.createElement("span");
  element.className = `avatar avatar--sm ${couleur ?? ""}`;
  element.title = nom;
  element.textContent = initiales;
  return element;
}
