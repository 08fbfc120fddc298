/**
 * A short sound, on this device only and only if its owner asked for it: silent otherwise.
 *
 * Kept in the browser, not in the account: a phone in a pocket and a shared office want different things.
 */

const CLE = "plateforme.sons";
const DERNIER = "plateforme.sons.dernier";
// Pages of one browser hear the same things: one rings, and a burst rings once.
const ECART = { message: 15_000, appel: 2_000 };
// Frequencies in hertz of each sound's notes, one after the other.
const NOTES = { message: [660], appel: [660, 880] };
const DUREE = 0.14; // seconds
const VOLUME = 0.08; // of 1

let contexte = null;

/** Storage may be refused by the browser: then nothing rings. */
function stockage(methode, ...valeurs) {
  try {
    return localStorage[methode](...valeurs);
  } catch {
    return null;
  }
}

export function permis() {
  return stockage("getItem", CLE) === "oui";
}

export function choisir(oui) {
  stockage(oui ? "setItem" : "removeItem", CLE, "oui");
}

/** Play at once, whatever was chosen: to be heard before one chooses. */
export async function jouer(genre) {
  contexte ??= new AudioContext();
  // A browser keeps silent until the person has touched the page.
  if (contexte.state === "suspended") await contexte.resume();
  NOTES[genre].forEach((frequence, rang) => {
    const debut = contexte.currentTime + rang * DUREE;
    const source = contexte.createOscillator();
    const volume = contexte.createGain();
    source.frequency.value = frequence;
    volume.gain.setValueAtTime(VOLUME, debut);
    volume.gain.exponentialRampToValueAtTime(0.0001, debut + DUREE);
    source.connect(volume).connect(contexte.destination);
    source.start(debut);
    source.stop(debut + DUREE);
  });
}

/**
 * Tell by a sound that something came: "message" (a line in a salon), "appel" (the floor, a vote, a call for help).
 * Not to who is busy, nor twice at once.
 */
export function sonner(genre) {
  if (!permis() || document.querySelector("[data-mon-etat=occupe]")) return;
  const dernier = Number(stockage("getItem", DERNIER));
  if (Date.now() - dernier < ECART[genre]) return;
  stockage("setItem", DERNIER, String(Date.now()));
  jouer(genre).catch(() => {});
}
