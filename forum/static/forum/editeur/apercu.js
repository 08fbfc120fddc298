/* The preview, made by the server with what will make the message: written beside, or in place of, the text. */
const MODE = "redaction:mode";
const MODES = [["ecrire", "Écrire"], ["apercu", "Aperçu"], ["cote", "Côte à côte"]];
const wide = matchMedia("(min-width: 62em)");

export class Preview {
  constructor(box, area) {
    this.box = box;
    this.area = area;
    this.pane = document.createElement("div");
    this.pane.className = "editeur__apercu";
    this.pane.id = `${area.id}-apercu`;
    this.pane.tabIndex = 0;
    this.pane.setAttribute("role", "region");
    this.pane.setAttribute("aria-label", "Aperçu");
    this.pane.hidden = true;
    this.choice = document.createElement("div");
    this.choice.className = "redacteur__modes";
    this.choice.setAttribute("role", "group");
    this.choice.setAttribute("aria-label", "Affichage");
    this.buttons = Object.fromEntries(MODES.map(([mode, label]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `redacteur__mode redacteur__mode--${mode}`;
      button.textContent = label;
      button.addEventListener("click", () => this.set(mode, true));
      this.choice.append(button);
      return [mode, button];
    }));
    wide.addEventListener("change", () => { if (!wide.matches && this.mode === "cote") this.set("ecrire"); });
    let kept = "";
    try { kept = localStorage.getItem(MODE); } catch { /* private browsing: the choice is not kept */ }
    this.set(kept === "cote" && wide.matches ? "cote" : "ecrire");
  }

  set(mode, chosen = false) {
    this.mode = mode;
    this.box.dataset.mode = mode;
    Object.entries(this.buttons).forEach(([name, button]) => button.setAttribute("aria-pressed", name === mode));
    this.pane.hidden = mode === "ecrire";
    if (mode !== "ecrire") this.refresh();
    if (!chosen) return;
    try { localStorage.setItem(MODE, mode === "cote" ? "cote" : ""); } catch { /* as above */ }
    if (mode !== "apercu") this.area.focus();
  }

  toggle() { this.set(this.mode === "apercu" ? "ecrire" : "apercu", true); if (this.mode === "apercu") this.pane.focus(); }

  /* The text changed: followed at a distance, and only when it is in sight. */
  follow() {
    if (this.mode !== "cote") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), 900);
  }

  async refresh() {
    this.abort?.abort();
    const { signal } = this.abort = new AbortController();
    const body = new URLSearchParams({ texte: this.area.value, communaute: this.box.dataset.communaute });
    const headers = { "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value, "X-Requested-With": "fetch", Accept: "text/html, application/json" };
    try {
      const answer = await fetch(this.box.dataset.apercu, { method: "POST", body, headers, signal });
      const text = await answer.text();
      if (answer.ok) this.show(text);
      else this.tell(answer.status === 429 ? text : "L’aperçu n’est pas disponible : rechargez la page. Votre texte est conservé.");
    } catch (error) {
      if (error.name !== "AbortError") this.tell("Hors connexion : l’aperçu reviendra avec le réseau.");
    }
  }

  /* Scrolled to the same place as before: what is being read does not jump. */
  show(html) {
    const top = this.pane.scrollTop;
    this.pane.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    this.pane.scrollTop = top;
  }

  tell(text) {
    const line = document.createElement("p");
    line.className = "discret";
    line.textContent = text;
    this.pane.replaceChildren(line);
  }
}
