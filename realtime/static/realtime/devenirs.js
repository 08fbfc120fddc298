/** What a line of a salon has become (a sujet, a decision, a task), as templates/realtime/_devenirs.html shows it. */

export function montrerDevenirs(ligne, message) {
  const place = ligne.querySelector(".ligne-salon__devenirs");
  const devenirs = message.supprime ? [] : (message.devenirs ?? []);
  // Whoever reaches these links by keyboard stays where they are.
  const tenue = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.hidden = !devenirs.length;
  place.replaceChildren();
  if (!devenirs.length) return;
  place.append("Devenu\u00a0: ");
  for (const [rang, { genre, texte, url }] of devenirs.entries()) {
    const lien = document.createElement("a");
    lien.className = `devenir devenir--${genre}`;
    lien.href = url;
    lien.textContent = texte;
    if (rang) place.append(", ");
    place.append(lien);
    if (url === tenue) lien.focus();
  }
}

/** Which of these gestures a line's menu offers; the server decides (realtime/devenirs/access.py). */
export function devenirsPermis(racine, { visible, ecrit, mien }) {
  const possible = visible && ecrit;
  return {
    sujet: possible && (mien || racine.dataset.reserve !== "oui"),
    decision: possible,
    tache: possible,
  };
}
