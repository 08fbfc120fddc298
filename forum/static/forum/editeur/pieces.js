/* Files put in the text by drag, paste or choice: sent at once, with their progress; each can be given up or taken back. */
import { nameOf } from "./barre.js";
import { block, replace } from "./texte.js";

const tidy = (name) => name.replaceAll(/[[\]\\]/g, " ").trim();
const IMAGE = /^image\//;

export class Pieces {
  constructor(box, area, status) {
    Object.assign(this, { box, area, status });
    this.list = document.createElement("ul");
    this.list.className = "envois";
    this.list.setAttribute("aria-label", nameOf(area, "Fichiers joints"));
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "file", multiple: true, hidden: true });
    this.input.addEventListener("change", () => { this.take([...this.input.files]); this.input.value = ""; });
    area.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      // A table copied from a spreadsheet comes with its picture: the text is what is wanted.
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.take(files);
    });
    ["dragover", "dragleave", "drop"].forEach((name) => box.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      box.classList.toggle("redacteur--survol", name === "dragover");
      if (name === "drop") this.take([...event.dataTransfer.files]);
    }));
  }

  choose() { this.input.click(); }
  take(files) { files.forEach((file) => this.send(file)); }

  send(file) {
    const row = document.createElement("li");
    row.className = "envoi";
    const name = document.createElement("span");
    name.className = "envoi__nom";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    const give = button("Annuler", `l’envoi de ${file.name}`, () => { request.abort(); row.remove(); this.say(`Envoi de ${file.name} annulé`); });
    row.append(name, bar, give);
    this.list.append(row);
    this.say(`Envoi de ${file.name}`);

    const request = new XMLHttpRequest();
    const fail = (text) => {
      bar.remove();
      const message = document.createElement("span");
      message.className = "envoi__erreur";
      message.textContent = text;
      const again = button("Réessayer", `l’envoi de ${file.name}`, () => { row.remove(); this.send(file); });
      give.replaceWith(message, again, button("Retirer", file.name, () => row.remove()));
      this.say(text);
    };
    request.open("POST", this.box.dataset.pieces);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector("input[name=csrfmiddlewaretoken]").value);
    request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = Math.round((step.loaded / step.total) * 100); });
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not ours: said below */ }
      if (request.status === 201) this.arrived(row, answer);
      else fail(answer.erreur ?? (request.status === 413 ? "Ce fichier est trop lourd." : "Le serveur n’a pas pris ce fichier : réessayez."));
    });
    request.addEventListener("error", () => fail("Connexion perdue : le fichier n’est pas parti."));
    const data = new FormData();
    data.append("fichier", file, file.name || (IMAGE.test(file.type) ? `image.${file.type.slice(6).replace("jpeg", "jpg")}` : "fichier"));
    request.send(data);
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
    const name = document.createElement("span");
    name.className = "envoi__nom";
    name.textContent = piece.nom;
    row.replaceChildren(name);
    if (piece.image) {
      const label = document.createElement("label");
      label.className = "envoi__description";
      label.textContent = "Décrivez l’image pour qui ne la voit pas";
      const field = document.createElement("input");
      Object.assign(field, { className: "fr-input", maxLength: 250 });
      field.addEventListener("change", () => swap(`![${tidy(field.value) || tidy(piece.nom)}](${piece.url})`));
      field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); field.dispatchEvent(new Event("change")); this.area.focus(); } });
      label.append(field);
      row.append(label);
    }
    row.append(button("Retirer", piece.nom, () => {
      swap("");
      row.remove();
      fetch(piece.retirer, { method: "POST", headers: { "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value } }).catch(() => { /* the house-keeping removes it */ });
      this.say(`${piece.nom} est retiré`);
      this.area.focus();
    }));
  }

  say(text) { this.status.textContent = text; }
}

function button(label, about, action) {
  const made = document.createElement("button");
  const more = document.createElement("span");
  made.type = "button";
  made.className = "fr-btn fr-btn--sm fr-btn--tertiary-no-outline";
  more.className = "fr-sr-only";
  more.textContent = ` ${about}`;
  made.append(label, more);
  made.addEventListener("click", action);
  return made;
}
