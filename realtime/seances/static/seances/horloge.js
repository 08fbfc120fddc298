/**
 * The clocks of a meeting. The server says how long something has lasted when it renders; from there the browser counts
 * by a clock that never jumps (`performance.now`), whatever the hour of the machine: nobody's watch matters.
 */

/** « 07:05 », « 1:12:30 ». The server writes the same (templatetags/seances.py). */
function ecrire(secondes) {
  const deux = (nombre) => String(nombre).padStart(2, "0");
  const heures = Math.floor(secondes / 3600);
  const minutes = Math.floor((secondes % 3600) / 60);
  return heures ? `${heures}:${deux(minutes)}:${deux(secondes % 60)}` : `${deux(minutes)}:${deux(secondes % 60)}`;
}

export class Horloges {
  constructor(racine) {
    this.racine = racine;
    this.origine = performance.now();
    setInterval(() => this.battre(), 1000);
    // A computer that slept has a monotonic clock that slept too.
    this.reveil = () => {};
  }

  /** The state has just been rendered: what it says is from now. */
  recaler() {
    this.origine = performance.now();
    this.mur = Date.now();
    this.battre();
  }

  battre() {
    const ecoule = performance.now() - this.origine;
    if (this.mur && Math.abs(Date.now() - this.mur - ecoule) > 5000) {
      this.mur = null;
      this.reveil();
    }
    for (const horloge of this.racine.querySelectorAll("[data-horloge]")) {
      const arretee = "arretee" in horloge.dataset;
      const secondes = Number(horloge.dataset.horloge) + (arretee ? 0 : Math.floor(ecoule / 1000));
      const texte = ecrire(secondes);
      if (horloge.textContent !== texte) horloge.textContent = texte;
      const prevu = Number(horloge.dataset.prevu);
      if (!prevu) continue;
      const bloc = horloge.closest("[data-bloc], [data-role=repere]");
      horloge.parentElement.classList.toggle("seance__temps--depasse", secondes > prevu);
      const avance = bloc.querySelector("[data-role=avance]");
      if (avance) avance.value = secondes;
      const phrase = bloc.querySelector("[data-role=depassement]");
      if (phrase) phrase.hidden = secondes <= prevu;
    }
  }
}
