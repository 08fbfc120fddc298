/* Names after "@", emoji after ":": a list under the caret, chosen with arrows and Enter. Tab goes on its way. */
import { replace } from "./texte.js";

const NAME = /(?:^|[\s(«>])@([\p{L}\p{N}'’-]{0,40})$/u;
const EMOJI = /(?:^|[\s(])(:)([a-z0-9_+-]{2,30})$/;
const SHOWN = 8;
let number = 0;

export class Completion {
  constructor(box, area, status) {
    Object.assign(this, { box, area, status, rows: [], at: 0 });
    this.list = document.createElement("ul");
    this.list.className = "completion";
    this.list.id = `completion-${number += 1}`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-haspopup", "listbox");
    area.parentNode.append(this.list);
    area.addEventListener("input", () => this.look());
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    area.addEventListener("keydown", (event) => this.key(event), true);
    area.addEventListener("click", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.take(Number(row.dataset.rang));
    });
  }

  get open() { return !this.list.hidden; }

  look() {
    clearTimeout(this.timer);
    const { selectionStart: caret } = this.area;
    const before = this.area.value.slice(Math.max(0, caret - 60), caret);
    const name = NAME.exec(before);
    const emoji = name ? null : EMOJI.exec(before);
    if (name) this.timer = setTimeout(() => this.names(name[1], caret), 120);
    else if (emoji) this.emojis(emoji[2], caret);
    else this.close();
  }

  async names(typed, caret) {
    this.abort?.abort();
    const { signal } = this.abort = new AbortController();
    try {
      const answer = await fetch(`${this.box.dataset.mentions}?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" }, signal });
      if (!answer.ok) { this.close(); return; }
      const { propositions } = await answer.json();
      this.show("Personnes à citer", caret - typed.length - 1, propositions.map((one) => ({ text: `@${one.identifiant} `, label: one.nom, detail: one.lieu })));
    } catch { this.close(); }
  }

  async emojis(typed, caret) {
    const { noms } = await emojis(this.box.dataset.emojis);
    if (this.area.selectionStart !== caret) return;
    const names = Object.keys(noms).filter((name) => name.includes(typed)).sort((one, other) => other.startsWith(typed) - one.startsWith(typed));
    this.show("Emoji", caret - typed.length - 1, names.slice(0, SHOWN).map((name) => ({ text: `:${name}: `, label: `${noms[name]} ${name}` })));
  }

  show(label, start, rows) {
    if (!rows.length || document.activeElement !== this.area) { this.close(); return; }
    Object.assign(this, { rows, start });
    this.list.setAttribute("aria-label", label);
    this.list.replaceChildren(...rows.map((row, rank) => {
      const item = document.createElement("li");
      item.id = `${this.list.id}-${rank}`;
      item.dataset.rang = rank;
      item.setAttribute("role", "option");
      const name = document.createElement("span");
      name.className = "completion__nom";
      name.textContent = row.label;
      item.append(name);
      if (row.detail) {
        const detail = document.createElement("span");
        detail.className = "completion__lieu";
        detail.textContent = row.detail;
        item.append(detail);
      }
      return item;
    }));
    this.list.hidden = false;
    this.place();
    this.area.setAttribute("aria-controls", this.list.id);
    this.status.textContent = rows.length === 1 ? "1 proposition, Entrée pour la choisir" : `${rows.length} propositions, flèches pour choisir`;
    this.point(0);
  }

  /* Under the line where the caret is, measured in a copy of the text box that nobody sees. */
  place() {
    const style = getComputedStyle(this.area);
    const copy = document.createElement("div");
    for (const name of ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "textIndent"]) copy.style[name] = style[name];
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${this.area.offsetWidth}px`, top: 0, left: 0 });
    const mark = document.createElement("span");
    mark.textContent = "@";
    copy.append(this.area.value.slice(0, this.start), mark);
    this.area.parentNode.append(copy);
    const line = parseFloat(style.lineHeight) || 24;
    const top = Math.min(mark.offsetTop - this.area.scrollTop + line, this.area.offsetHeight);
    const left = Math.min(mark.offsetLeft, Math.max(0, this.area.offsetWidth - this.list.offsetWidth));
    copy.remove();
    this.list.style.top = `${this.area.offsetTop + top + 4}px`;
    this.list.style.left = `${this.area.offsetLeft + left}px`;
  }

  point(rank) {
    this.at = (rank + this.rows.length) % this.rows.length;
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", index === this.at));
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", this.list.children[this.at].id);
  }

  key(event) {
    if (!this.open || event.isComposing) return;
    if (event.key === "ArrowDown") this.point(this.at + 1);
    else if (event.key === "ArrowUp") this.point(this.at - 1);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else { if (event.key === "Tab") this.close(); return; }
    event.preventDefault();
    event.stopPropagation();
  }

  take(rank) {
    const { text } = this.rows[rank];
    const { start } = this;
    this.close();
    const after = this.area.value[this.area.selectionStart] === " " ? text.trimEnd() : text;
    replace(this.area, start, this.area.selectionStart, after);
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.abort?.abort();
    if (!this.open) return;
    this.list.hidden = true;
    this.status.textContent = "";
    this.area.removeAttribute("aria-activedescendant");
    this.area.removeAttribute("aria-controls");
  }
}

let known;
/* The short names, asked for once, when they are first needed. */
export function emojis(address) {
  known ??= fetch(address, { headers: { Accept: "application/json" } }).then((answer) => answer.ok ? answer.json() : Promise.reject(answer)).catch(() => { known = undefined; return { noms: {}, palette: [] }; });
  return known;
}
