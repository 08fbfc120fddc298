/**
 * Notes of a point while one has the pen: what is typed is sent every few seconds, and kept in this browser until the
 * server has it. A pen lost, a line cut or a tab closed lose nothing: the text comes back as a draft.
 */

const FRAPPE = 2000;
// The server takes the pen back after a minute of silence.
const SIGNE = 20_000;
// What one person typed is never sent as another's who uses the same browser.
const PREFIXE = `seance.note.${document.body.dataset.agent}.`;

export class Notes {
  /** `changer()` is called when the server's state has to be asked for again. */
  constructor(racine, changer) {
    this.racine = racine;
    this.changer = changer;
    racine.addEventListener("input", (event) => {
      if (!event.target.matches("[data-brouillon]")) return;
      this.copier(event.target);
      clearTimeout(this.bientot);
      this.bientot = setTimeout(() => this.envoyer(this.champ()), FRAPPE);
    });
    setInterval(() => this.envoyer(this.champ()), SIGNE);
    addEventListener("online", () => this.rattraper());
    addEventListener("pagehide", () => this.champ() && this.envoyer(this.champ(), { keepalive: true }));
    this.rattraper();
  }

  champ() {
    return this.racine.querySelector("textarea[data-brouillon]");
  }

  /** The field is about to go, with what is typed in it. */
  async partir(champ) {
    if (champ.value === champ.defaultValue) return;
    this.copier(champ);
    await this.envoyer(champ);
    this.changer();
  }

  /** The notes were saved as they were then: what is typed since is still to be sent. */
  enregistre(champ, texte) {
    champ.defaultValue = texte;
    if (champ.value === texte) stockage("removeItem", cle(champ));
  }

  copier(champ) {
    stockage("setItem", cle(champ), JSON.stringify({ texte: champ.value, depuis: champ.dataset.depuis }));
  }

  async envoyer(champ, options = {}) {
    if (!champ) return;
    const texte = champ.value;
    const reponse = await this.poster(champ.dataset.brouillon, texte, champ.dataset.depuis, options);
    if (!reponse) {
      this.dire("Enregistré dans ce navigateur seulement\u00a0: la connexion est perdue.");
      return;
    }
    if (reponse.message) this.dire(reponse.message);
    else {
      if (champ.value === texte) stockage("removeItem", cle(champ));
      if (texte !== champ.defaultValue) this.dire("Brouillon gardé.");
      if (!reponse.plume) this.changer();
    }
  }

  /** What an earlier page could not send. */
  async rattraper() {
    for (const nom of stockage("keys") ?? []) {
      const adresse = nom.slice(PREFIXE.length);
      if (this.champ()?.dataset.brouillon === adresse && this.champ().value !== this.champ().defaultValue) continue;
      const { texte, depuis } = JSON.parse(stockage("getItem", nom));
      const reponse = await this.poster(adresse, texte, depuis);
      if (!reponse || reponse.message) continue;
      stockage("removeItem", nom);
      this.changer();
    }
  }

  async poster(adresse, texte, depuis, options = {}) {
    const donnees = new FormData();
    donnees.set("csrfmiddlewaretoken", this.racine.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    donnees.set("texte", texte);
    donnees.set("depuis", depuis);
    try {
      const reponse = await fetch(adresse, { method: "POST", body: donnees, redirect: "error", ...options });
      return reponse.ok || reponse.status === 409 ? await reponse.json() : null;
    } catch {
      return null;
    }
  }

  dire(phrase) {
    const etat = this.racine.querySelector("[data-role=brouillon-etat]");
    if (etat) etat.textContent = phrase;
  }
}

function cle(champ) {
  return PREFIXE + champ.dataset.brouillon;
}

/** Storage may be refused by the browser: the text is then only on the page and on the server. */
function stockage(methode, ...valeurs) {
  try {
    if (methode === "keys") return Object.keys(localStorage).filter((nom) => nom.startsWith(PREFIXE));
    return localStorage[methode](...valeurs);
  } catch {
    return null;
  }
}
