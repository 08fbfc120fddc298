/* What every page does: htmx's settings, forms that are sent once, drafts that survive a closed tab. */
document.documentElement.classList.add("js");

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

/* Two clicks are one request. The button comes back if the page is shown again from the browser's memory. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  const button = form.querySelector("button:not([type=button])");
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form button[disabled]").forEach((button) => { button.disabled = false; });
});

/* Colleagues may share a computer: a draft is found again by the person who wrote it. */
const PREFIX = `brouillon:${document.body.dataset.agent ?? ""}:`;
const time = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit" });

function store(action) {
  try { return action(localStorage); } catch { return null; }
}

/* A form with data-brouillon="name" keeps what is typed until it has been sent and accepted. */
function keepDraft(form) {
  const key = PREFIX + form.dataset.brouillon;
  const state = form.querySelector("[data-brouillon-etat]");
  const fields = [...form.querySelectorAll("textarea, input[type=text]")].filter((field) => field.name);
  const saved = store((storage) => JSON.parse(storage.getItem(key) || "null"));
  if (saved && fields.every((field) => !field.value)) {
    fields.forEach((field) => { if (saved[field.name]) field.value = saved[field.name]; });
    if (state) state.textContent = "Votre brouillon a été retrouvé.";
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const empty = Object.values(values).every((value) => !value.trim());
    store((storage) => empty ? storage.removeItem(key) : storage.setItem(key, JSON.stringify(values)));
    if (state) state.textContent = empty ? "" : `Brouillon enregistré à ${time.format(new Date()).replace(":", " h ")}`;
  });
}

/* The server says which drafts have become messages: <meta name="brouillon-envoye">. */
document.querySelectorAll("meta[name=brouillon-envoye]").forEach((meta) => {
  store((storage) => storage.removeItem(PREFIX + meta.content));
});
document.querySelectorAll("form[data-brouillon]").forEach(keepDraft);

/* A text box grows with its text. */
document.addEventListener("input", (event) => {
  const area = event.target;
  if (area.matches?.("textarea[data-grandit]")) area.rows = Math.min(24, Math.max(4, area.value.split("\n").length + 2));
});

/* A passkey refused, forgotten or given up: the browser says it in English, or not at all. */
document.addEventListener("allauth.error", () => {
  const place = document.querySelector("[data-erreur-cle]");
  if (!place) return;
  place.textContent = "La clé n’a pas été reconnue. Recommencez, ou choisissez un autre moyen.";
  place.hidden = false;
});

/* Shows our offline page in place of the browser's. A browser that forbids it loses nothing else. */
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
