/* The toolbar: one stop of the Tab key, arrows inside (ARIA toolbar pattern). */
import { block, prefix, replace, wrap } from "./texte.js";

function link(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const inside = value.slice(start, end);
  if (/^https?:\/\/\S+$/.test(inside)) replace(area, start, end, `[texte du lien](${inside})`, 1, 14);
  else {
    const words = inside || "texte du lien";
    const text = `[${words}](https://)`;
    replace(area, start, end, text, inside ? words.length + 3 : 1, inside ? text.length - 1 : 1 + words.length);
  }
}

function code(area) {
  const inside = area.value.slice(area.selectionStart, area.selectionEnd);
  if (inside.includes("\n")) wrap(area, "```\n", "\n```", "");
  else wrap(area, "`", "`", "code");
}

/* Numbered through all the texts of the form: the parts of a retour d’expérience make one message. */
function note(area) {
  const texts = [...area.form.querySelectorAll("[data-editeur] textarea")].map((text) => text.value).join("\n");
  const numbers = [...texts.matchAll(/\[\^(\d+)\]/g)].map((match) => Number(match[1]));
  const number = Math.max(0, ...numbers) + 1;
  replace(area, area.selectionEnd, area.selectionEnd, `[^${number}]`);
  const gap = /\n\[\^\d+\]: [^\n]*\n*$/.test(area.value) ? "\n" : "\n\n";
  const end = area.value.trimEnd().length;
  const words = "texte de la note";
  const text = `${gap}[^${number}]: ${words}`;
  replace(area, end, area.value.length, text, text.length - words.length, text.length);
}

export const TOOLS = [
  ["gras", "Gras", "B", (area) => wrap(area, "**", "**", "texte en gras")],
  ["italique", "Italique", "I", (area) => wrap(area, "*", "*", "texte en italique")],
  ["titre", "Titre", "", (area) => prefix(area, () => (area.closest("[data-partie]") ? "### " : "## "), "Titre")],
  ["lien", "Lien", "K", link],
  ["liste", "Liste", "", (area) => prefix(area, () => "- ", "élément")],
  ["numeros", "Liste numérotée", "", (area) => prefix(area, (index) => `${index + 1}. `, "élément")],
  ["taches", "Liste de tâches", "", (area) => prefix(area, () => "- [ ] ", "tâche")],
  ["citation", "Citation", "", (area) => prefix(area, () => "> ", "texte cité")],
  ["code", "Code", "", code],
  ["tableau", "Tableau", "", (area) => block(area, "| Colonne 1 | Colonne 2 |\n| --- | --- |\n| a | b |\n| c | d |", 2, 11)],
  ["note", "Note de bas de page", "", note],
];

export function makeButton(kind, label, shortcut, action) {
  const button = document.createElement("button");
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  button.type = "button";
  button.className = `barre-outils__bouton barre-outils__bouton--${kind}`;
  button.tabIndex = -1;
  button.title = shortcut ? `${label} (${mac ? "⌘" : "Ctrl"} + ${shortcut})` : label;
  if (shortcut) button.setAttribute("aria-keyshortcuts", `${mac ? "Meta" : "Control"}+${shortcut}`);
  const name = document.createElement("span");
  name.className = "fr-sr-only";
  name.textContent = label;
  button.append(name);
  button.addEventListener("click", () => action(button));
  // The text keeps its selection, and the phone its keyboard.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  return button;
}

/* What a control is for, by the name of its text when the form has several. */
export function nameOf(area, words) {
  const several = area.form.querySelectorAll("[data-editeur]").length > 1;
  const label = several ? area.labels[0]?.childNodes[0]?.textContent.trim() : "";
  return label ? `${words} : ${label}` : words;
}

export function makeToolbar(area, buttons) {
  const bar = document.createElement("div");
  bar.className = "barre-outils";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", nameOf(area, "Mise en forme"));
  bar.setAttribute("aria-controls", area.id);
  bar.append(...buttons);
  buttons[0].tabIndex = 0;
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    buttons[(to + buttons.length) % buttons.length].focus();
  });
  bar.addEventListener("focusin", (event) => {
    buttons.forEach((button) => { button.tabIndex = button === event.target ? 0 : -1; });
  });
  return bar;
}
