/* Drafts: one mechanism for every form with data-brouillon="key".

   What is typed goes to this browser at once, and to the server a moment later when the form says where
   (data-enregistrer). A local copy marked `sale` has not reached the server: it is sent again when the line
   is back, when the session is open again, from whatever page is opened next. */
const PREFIX = `brouillon:${document.body.dataset.agent ?? ""}:`;
const WAIT = 1500;
const RETRY = 15000;
// For so long, a draft that the server took may be later than the page it was writing meanwhile. Beyond, a greater
// version tells nothing: a draft thrown away and begun again counts from one.
const JUST_NOW = 30000;
const clock = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit" });
const now = () => clock.format(new Date()).replace(":", "\u00a0h\u00a0");

function store(action) {
  try { return action(localStorage); } catch { return null; }
}
const read = (key) => store((storage) => JSON.parse(storage.getItem(PREFIX + key) || "null"));
const write = (key, value) => store((storage) => value ? storage.setItem(PREFIX + key, JSON.stringify(value)) : storage.removeItem(PREFIX + key));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

const ours = (field) => field.name && !["csrfmiddlewaretoken", "communaute"].includes(field.name)
  && !["file", "submit", "button", "password"].includes(field.type);
const isText = (field) => field.tagName === "TEXTAREA" || field.type === "text";

/* The fields of a form, by name; several of one name make a list. */
function values(form) {
  const found = {};
  for (const field of [...form.elements].filter(ours)) {
    const many = field.type === "checkbox";
    if ((many || field.type === "radio") && !field.checked) continue;
    if (field.type === "hidden" && !field.value) continue;
    if (field.type === "select-multiple") { found[field.name] = [...field.selectedOptions].map((option) => option.value); continue; }
    if (many) found[field.name] = [...(found[field.name] ?? []), field.value];
    else found[field.name] = field.name in found ? [].concat(found[field.name], field.value) : field.value;
  }
  return found;
}

function fill(form, content) {
  const seen = {};
  for (const field of [...form.elements].filter(ours)) {
    const given = content[field.name];
    if (field.type === "checkbox" || field.type === "radio") {
      const checked = [].concat(given ?? []).includes(field.value);
      if (field.checked !== checked) { field.checked = checked; field.dispatchEvent(new Event("change", { bubbles: true })); }
      continue;
    }
    if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = [].concat(given ?? []).includes(option.value);
      continue;
    }
    const rank = seen[field.name] = (seen[field.name] ?? -1) + 1;
    const value = [].concat(given ?? "")[rank] ?? "";
    if (field.value !== value) field.value = value;
  }
  form.dispatchEvent(new CustomEvent("brouillon:repris"));
}

async function send(url, key, version, content, options = {}) {
  const body = new URLSearchParams({ cle: key, version, contenu: JSON.stringify(content) });
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const answer = await fetch(url, { method: "POST", body, headers, ...options });
  let data = {};
  try { data = await answer.json(); } catch { /* a page instead of an answer: the status says enough */ }
  return { status: answer.status, data };
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.brouillon;
    this.url = form.dataset.enregistrer;
    this.version = Number(form.dataset.version ?? 0);
    this.state = form.querySelector("[data-brouillon-etat]");
    // Changes what is saved already: it opens filled, and emptying it means something.
    this.changes = "modification" in form.dataset;
    this.start();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", (event) => { if (!isText(event.target)) this.changed(); });
    form.addEventListener("submit", (event) => this.leave(event));
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-brouillon-oublier]")) return;
      this.gone = true;
      write(this.key, null);
    });
    // Whoever leaves the form for another of the same key waits for what is typed to be there: `detail.fait`.
    form.addEventListener("brouillon:enregistrer", (event) => { event.detail.fait = this.saveNow(); });
    addEventListener("online", () => this.back());
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    addEventListener("pageshow", () => { this.gone = false; });
  }

  say(text) { if (this.state) this.state.textContent = text; }
  get empty() { return !this.changes && [...this.form.elements].filter((field) => field.name && isText(field)).every((field) => !field.value.trim()); }

  /* What the server put in the fields, or what this browser kept, whichever is later; both are shown when neither is. */
  start() {
    const local = read(this.key);
    const server = values(this.form);
    // What was sent and refused, or typed before this script was there, is later than any draft.
    const typed = [...this.form.elements].some((field) => ours(field) && isText(field) && field.value !== field.defaultValue);
    if ("soumis" in this.form.dataset || typed) this.changed();
    else if (!local) { if (this.version) this.say(`Brouillon enregistré à ${this.form.dataset.heure}`); }
    else if (this.changes) this.resume(local);
    else if (!this.url) { if (this.empty) { fill(this.form, local.contenu); this.say("Votre brouillon a été retrouvé."); } }
    else if (!local.sale && this.version && local.version > this.version && Date.now() - local.recu < JUST_NOW) {
      // The page left for this one was still sending it when the server wrote this one.
      fill(this.form, local.contenu);
      this.version = local.version;
      this.say("Votre brouillon a été retrouvé.");
    } else if (!local.sale || (local.envoye && local.version && !this.version)) {
      // Nothing that the server does not know; without a draft there, it was published or thrown away.
      write(this.key, null);
      if (this.version) this.say(`Brouillon enregistré à ${this.form.dataset.heure}`);
    } else if (!same(local.contenu, server)) {
      fill(this.form, local.contenu);
      this.say("Votre brouillon a été retrouvé.");
      if (this.version && local.version !== this.version) this.offer({ version: this.version, contenu: server, heure: this.form.dataset.heure });
      else this.later(0);
    }
    this.quote();
  }

  /* `depart` says what the form started from: once it is another, what was sent has been saved. */
  resume(local) {
    if (local.envoye && local.contenu.depart !== this.form.elements.depart?.value) { write(this.key, null); return; }
    if (same(local.contenu, values(this.form))) return;
    fill(this.form, local.contenu);
    this.dirty = true;
    this.say("Ce que vous aviez saisi sans l’enregistrer a été retrouvé.");
    const back = this.form.querySelector("[data-brouillon-oublier][hidden]");
    if (back) back.hidden = false;
  }

  /* A quote asked for by the address (?citer=): once, after whatever was there. */
  quote() {
    const citation = this.form.dataset.citation;
    const area = this.form.querySelector("textarea");
    if (!citation || !area) return;
    if (!area.value.includes(citation.trim())) area.value = `${area.value.trimEnd()}\n\n${citation}`.trimStart();
    history.replaceState(null, "", location.pathname + location.hash);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    this.changed();
  }

  keep(more = {}) {
    const content = this.empty ? {} : values(this.form);
    const gone = this.empty && !this.version;
    write(this.key, gone ? null : { contenu: content, version: this.version, sale: true, url: this.url, ...more });
    return content;
  }

  changed() {
    this.dirty = true;
    this.keep();
    if (!this.url) { this.say(this.empty ? "" : `Brouillon enregistré à ${now()}`); return; }
    this.later(WAIT);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.push(), delay);
  }

  async push(options) {
    if (!this.url || this.conflict || this.gone) return;
    if (this.sending) { this.again = true; return; }
    if (this.empty && !this.version) { this.say(""); return; }
    const content = this.keep();
    this.dirty = false;
    this.abort = new AbortController();
    this.sending = true;
    try {
      const { status, data } = await send(this.url, this.key, this.version, content, { signal: this.abort.signal, ...options });
      if (this.gone) return;
      if (status === 200) this.saved(data, content);
      else if (status === 409) this.clash(data, content);
      else this.refused(status, data);
    } catch {
      if (this.gone) return;
      this.dirty = true;
      this.say("Hors connexion : brouillon gardé sur cet appareil");
      this.later(RETRY);
    } finally {
      this.sending = false;
      if (this.again) { this.again = false; this.later(WAIT); }
    }
  }

  saved(data, content) {
    this.version = data.version;
    const unchanged = same(content, this.empty ? {} : values(this.form));
    if (data.version === 0) { write(this.key, null); this.say(""); return; }
    write(this.key, { contenu: values(this.form), version: this.version, sale: !unchanged, recu: Date.now(), url: this.url });
    this.say(`Brouillon enregistré à ${data.heure}`);
  }

  clash(data, content) {
    if (data.absent) {
      this.version = 0;
      this.dirty = true;
      this.say("Ce brouillon a été publié ou supprimé ailleurs : votre texte est gardé sur cet appareil");
    } else if (same(data.contenu, content)) { this.version = data.version; this.saved(data, content); }
    else this.offer(data);
  }

  refused(status, data) {
    this.dirty = true;
    if (status === 429 || status >= 500) this.later(RETRY);
    this.say(data.erreur ?? (status === 403 || status === 401
      ? "Votre session s’est fermée. Reconnectez-vous dans un autre onglet puis rechargez cette page : votre texte est gardé sur cet appareil."
      : "Brouillon gardé sur cet appareil"));
  }

  /* Another device wrote: both are there, and the person chooses. */
  offer(other) {
    this.conflict?.remove();
    const box = this.conflict = document.createElement("div");
    box.className = "fr-alert fr-alert--info fr-alert--sm brouillon-conflit";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Deux brouillons");
    const text = document.createElement("p");
    text.textContent = `Un brouillon plus récent, écrit à ${other.heure} sur un autre appareil :`;
    const button = (label, action) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "fr-btn fr-btn--sm fr-btn--tertiary";
      made.textContent = label;
      made.addEventListener("click", () => { box.remove(); this.conflict = null; this.version = other.version; action(); this.form.querySelector("textarea")?.focus(); });
      return made;
    };
    box.append(text, button("Le reprendre", () => {
      fill(this.form, other.contenu);
      write(this.key, { contenu: other.contenu, version: other.version, sale: false, url: this.url });
      this.say(`Brouillon enregistré à ${other.heure}`);
    }), button("Garder celui-ci", () => this.push()));
    (this.form.querySelector("[data-editeur]") ?? this.form.firstElementChild).before(box);
    this.say("Un brouillon plus récent existe sur un autre appareil.");
  }

  /* Sent, unless the line is down: then it leaves by itself when it is back. */
  leave(event) {
    if (event.defaultPrevented) return;
    if (navigator.onLine) {
      if (event.submitter?.formTarget === "_blank") return;
      this.gone = true;
      clearTimeout(this.timer);
      this.abort?.abort();
      this.keep({ envoye: true });
      return;
    }
    event.preventDefault();
    this.keep();
    this.waiting = event.submitter ?? true;
    this.say("Hors connexion : votre message partira dès le retour du réseau. Il est gardé sur cet appareil.");
  }

  back() {
    const { waiting } = this;
    this.waiting = null;
    if (waiting) this.form.requestSubmit(waiting === true ? undefined : waiting);
    else if (this.dirty) this.later(0);
  }

  async saveNow() {
    clearTimeout(this.timer);
    while (this.sending) await new Promise((done) => { setTimeout(done, 40); });
    if (this.dirty) await this.push();
  }

  flush() {
    if (this.gone || !this.dirty || this.conflict || !this.url) return;
    clearTimeout(this.timer);
    this.sending = false;
    this.push({ keepalive: true });
  }
}

/* The server says which drafts have become messages: <meta name="brouillon-envoye">. */
document.querySelectorAll("meta[name=brouillon-envoye]").forEach((meta) => write(meta.content, null));
const forms = [...document.querySelectorAll("form[data-brouillon]")];
forms.forEach((form) => new Draft(form));

/* What could not be sent from the page where it was written. */
async function sendTheRest() {
  if (!document.body.dataset.agent || !token() || !navigator.onLine) return;
  const keys = store((storage) => Object.keys(storage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))) ?? [];
  for (const key of keys) {
    const draft = read(key);
    if (!draft?.sale || !draft.url || draft.envoye || forms.some((form) => form.dataset.brouillon === key)) continue;
    try {
      const { status, data } = await send(draft.url, key, draft.version, draft.contenu);
      if (status === 200) write(key, data.version ? { ...draft, version: data.version, sale: false, recu: Date.now() } : null);
    } catch { return; }
  }
}
sendTheRest();
