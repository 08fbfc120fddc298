/* Files put in the text by drag, paste or choice: sent at once, with their progress; each can be given up or taken back. */
import { Televersement, bouton, champDescription, recueillir, reprendre, titre } from "../../fichiers/televersement.js";
import { nameOf } from "./barre.js";
import { block, replace } from "./texte.js";

const tidy = (name) => name.replaceAll(/[[\]\\]/g, " ").trim();

export class Pieces {
  constructor(box, area, status) {
    Object.assign(this, { box, area, status });
    this.list = document.createElement("ul");
    this.list.className = "envois";
    this.list.setAttribute("aria-label", nameOf(area, "Fichiers joints"));
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "file", multiple: true, hidden: true });
    this.input.addEventListener("change", () => { this.take([...this.input.files]); this.input.value = ""; });
    recueillir(area, box, "redacteur--survol", (files) => this.take(files));
  }

  choose() { this.input.click(); }
  take(files) { files.forEach((file) => this.send(file)); }

  send(file) {
    new Televersement(this.list, file, {
      adresse: this.box.dataset.pieces,
      dire: (text) => this.say(text),
      arrive: (row, answer) => this.arrived(row, answer),
    });
  }

  arrived(row, piece) {
    let cited = piece.image ? `![${tidy(piece.nom.replace(/\.webp$/, ""))}](${piece.url})` : `[${tidy(piece.nom)}](${piece.url})`;
    if (piece.image) block(this.area, cited, cited.length, cited.length);
    else replace(this.area, this.area.selectionEnd, this.area.selectionEnd, `${cited} `);
    this.say(`${piece.nom} est joint`);
    const swap = (text) => {
      const at = this.area.value.indexOf(cited);
      if (at >= 0) { const { activeElement } = document; replace(this.area, at, at + cited.length, text); activeElement.focus(); }
      cited = text;
    };
    row.replaceChildren(titre(piece.nom));
    if (piece.image) {
      const { etiquette, champ } = champDescription("", (text) => swap(`![${tidy(text) || tidy(piece.nom)}](${piece.url})`));
      champ.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); champ.dispatchEvent(new Event("change")); this.area.focus(); } });
      row.append(etiquette);
    }
    row.append(bouton("Retirer", piece.nom, () => {
      swap("");
      row.remove();
      reprendre(piece.retirer);
      this.say(`${piece.nom} est retiré`);
      this.area.focus();
    }));
  }

  say(text) { this.status.textContent = text; }
}
