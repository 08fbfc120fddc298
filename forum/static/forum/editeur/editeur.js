/* The editor: what is added around a text box that works without it (templates/composants/editeur.html). */
import { makeButton, makeToolbar, TOOLS } from "./barre.js";
import { Completion } from "./completion.js";
import { makePalette } from "./emojis.js";
import { Pieces } from "./pieces.js";
import { Preview } from "./apercu.js";
import { goOn, replace } from "./texte.js";

function mount(box) {
  const area = box.querySelector("textarea");
  const { form } = area;
  form.querySelectorAll(".redacteur__sans-script").forEach((part) => part.remove());
  const status = document.createElement("p");
  status.className = "fr-sr-only";
  status.setAttribute("role", "status");
  const frame = document.createElement("div");
  frame.className = "redacteur__cadre";
  // Moved, a field that somebody types in already loses the keyboard: it is given back, where they were.
  const held = document.activeElement === area;
  const { selectionStart, selectionEnd } = area;
  area.before(frame);
  frame.append(area);
  if (held) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(selectionStart, selectionEnd);
  }

  // A part of a longer text is seen with the others, by the form's own button.
  const preview = "partie" in box.dataset ? null : new Preview(box, area);
  const backToText = () => { if (preview?.mode === "apercu") preview.set("ecrire"); };
  const pieces = "pieces" in box.dataset ? new Pieces(box, area, status) : null;
  const palette = makePalette(box, area);
  const type = (text) => {
    const before = area.value[area.selectionEnd - 1];
    replace(area, area.selectionEnd, area.selectionEnd, (before && /\S/.test(before) ? " " : "") + text);
  };
  const write = (action) => (button) => { backToText(); action(button); };
  const emoji = makeButton("emoji", "Emoji", "", write((button) => palette.toggle(button)));
  emoji.setAttribute("aria-expanded", "false");
  const buttons = [
    ...TOOLS.map(([kind, label, shortcut, action]) => makeButton(kind, label, shortcut, write(() => action(area)))),
    emoji,
    ...(pieces ? [makeButton("piece", "Pièce jointe", "", write(() => pieces.choose()))] : []),
    makeButton("mention", "Citer une personne", "", write(() => type("@"))),
  ];
  const head = document.createElement("div");
  head.className = "redacteur__tete";
  const help = document.createElement("a");
  help.className = "redacteur__aide";
  Object.assign(help, { href: box.dataset.aide, target: "_blank", textContent: "Aide", title: "Aide à la mise en forme (nouvelle fenêtre)" });
  const first = box === form.querySelector("[data-editeur]");
  head.append(...(preview ? [preview.choice] : []), makeToolbar(area, buttons), ...(first ? [help] : []));
  frame.before(head, palette);
  if (preview) frame.append(preview.pane);
  frame.after(...(pieces ? [pieces.list] : []), status);
  if (pieces) box.append(pieces.input);
  new Completion(box, area, status);
  area.rows = Math.min(24, Math.max(area.rows, area.value.split("\n").length + 2));

  if (preview) {
    area.addEventListener("input", () => preview.follow());
    form.addEventListener("brouillon:repris", () => preview.follow());
  }
  box.addEventListener("redaction:ecrire", backToText);
  area.addEventListener("beforeinput", (event) => {
    if (event.inputType === "insertLineBreak" && !event.isComposing && goOn(area)) event.preventDefault();
  });
  /* An address pasted over words makes them a link. */
  area.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").trim();
    const { selectionStart: start, selectionEnd: end } = area;
    const words = area.value.slice(start, end);
    if (start === end || !/^https?:\/\/\S+$/.test(text) || /[\n\]]|^https?:/.test(words)) return;
    event.preventDefault();
    replace(area, start, end, `[${words}](${text})`);
  });
  box.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toUpperCase();
    const tool = TOOLS.find(([, , shortcut]) => shortcut && shortcut === key);
    if (event.shiftKey && key === "P" && preview) preview.toggle();
    else if (!event.shiftKey && event.key === "Enter") form.requestSubmit(form.querySelector("[data-publier]") ?? undefined);
    else if (!event.shiftKey && tool && event.target === area) tool[3](area);
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll("[data-editeur]").forEach(mount);
