/** Pieces of a page put in the place of older ones, without a thing moving under the finger. */

const JETON = /<input type="hidden" name="csrfmiddlewaretoken"[^>]*>/g;

/** What a piece says, without what changes at each rendering: a button is not replaced because a second passed. */
export function nu(bloc) {
  return bloc.innerHTML
    .replace(JETON, "")
    .replace(/data-horloge="\d+"([^>]*)>[^<]*</g, "data-horloge$1><")
    .replace(/value="\d+"([^>]*)>[^<]*<\/progress>/g, "$1></progress>");
}

/** Replace a piece: what was typed in it, what was opened and where the focus was are kept. */
export function remplacer(actuel, nouveau) {
  const saisis = new Map();
  for (const champ of actuel.querySelectorAll("textarea[id], select[id], input[id]:not([type=hidden])")) {
    if (change(champ)) saisis.set(champ.id, { valeur: champ.value, coche: champ.checked });
  }
  const ouverts = [...actuel.querySelectorAll("details[id][open]")].map((detail) => detail.id);
  const foyer = actuel.contains(document.activeElement) ? document.activeElement : null;
  const selection = foyer && "selectionStart" in foyer ? [foyer.selectionStart, foyer.selectionEnd] : null;
  actuel.replaceChildren(...[...nouveau.childNodes].map((noeud) => document.importNode(noeud, true)));
  for (const id of ouverts) actuel.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  for (const [id, { valeur, coche }] of saisis) {
    const champ = actuel.querySelector(`#${CSS.escape(id)}`);
    if (!champ) continue;
    if (a_cocher(champ)) champ.checked = coche;
    else champ.value = valeur;
  }
  if (!foyer) return;
  const retour = retrouver(actuel, foyer);
  if (retour) {
    retour.focus({ preventScroll: true });
    if (selection && selection[0] !== null && "setSelectionRange" in retour) retour.setSelectionRange(...selection);
  } else {
    // What had the focus is no more: the piece itself is the nearest place.
    actuel.tabIndex = -1;
    actuel.focus({ preventScroll: true });
  }
}

/** Whether somebody changed something in the fields of a piece. */
export function saisi(bloc) {
  return [...bloc.querySelectorAll("textarea, select, input:not([type=hidden])")].some(change);
}

function change(champ) {
  if (a_cocher(champ)) return champ.checked !== champ.defaultChecked;
  if (champ.tagName === "SELECT") return [...champ.options].some((option) => option.selected !== option.defaultSelected);
  return champ.value !== champ.defaultValue;
}

function a_cocher(champ) {
  return champ.type === "radio" || champ.type === "checkbox";
}

/** The same control in the new piece: by its id, else the link that goes to the same place. */
function retrouver(bloc, foyer) {
  if (foyer.id) return bloc.querySelector(`#${CSS.escape(foyer.id)}`);
  const adresse = foyer.getAttribute("href");
  return adresse ? bloc.querySelector(`a[href="${CSS.escape(adresse)}"]`) : null;
}
