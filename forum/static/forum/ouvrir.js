/* A new sujet: changing its kind keeps what is typed; all expertises are searched as one types; tags in one click. */
const form = document.querySelector("#ouvrir");
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("’", "'").toLowerCase();

/* The page of another kind is fetched and what its form shares with this one is put back in it. */
function keptValues() {
  const kept = new Map();
  for (const field of form.elements) {
    if (!field.name || ["genre", "libre", "csrfmiddlewaretoken", "pieces"].includes(field.name)) continue;
    if (["checkbox", "radio"].includes(field.type)) { if (field.checked) kept.set(`${field.name}=${field.value}`, true); }
    else if (field.value) kept.set(field.name, field.value);
  }
  return kept;
}
const LONGEST = 1500;
const KEY = `genre:${location.pathname}`;
document.querySelectorAll("[data-genre]").forEach((link) => {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try { sessionStorage.setItem(KEY, JSON.stringify([...keptValues()])); } catch { /* the draft keeps it too */ }
    // The next page begins with the draft that this one leaves.
    const detail = {};
    form.dispatchEvent(new CustomEvent("brouillon:enregistrer", { detail }));
    await Promise.race([detail.fait, new Promise((done) => { setTimeout(done, LONGEST); })]);
    location.assign(link.href);
  });
});
/* A draft found again brings its kind: the page shows that one, unless another was asked for. */
function followKind() {
  const { genre } = form.elements;
  const drafted = genre.value;
  if (drafted === form.dataset.affiche) return;
  genre.value = form.dataset.affiche;
  if (!new URLSearchParams(location.search).has("genre")) location.replace(`?genre=${encodeURIComponent(drafted)}`);
}

if (form) {
  followKind();
  form.addEventListener("brouillon:repris", followKind);
  let kept = [];
  try { kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]"); sessionStorage.removeItem(KEY); } catch { /* nothing kept */ }
  const values = new Map(kept);
  for (const field of form.elements) {
    if (!field.name) continue;
    if (["checkbox", "radio"].includes(field.type)) { if (values.has(`${field.name}=${field.value}`)) field.checked = true; }
    else if (values.has(field.name) && !field.value) field.value = values.get(field.name);
  }
  // A text written in one piece becomes the first part of a guided one, and the other way round.
  const text = form.elements.namedItem("texte");
  const first = form.elements.namedItem("contexte");
  if (first && !first.value && values.has("texte")) first.value = values.get("texte");
  if (text && !text.value) {
    text.value = ["contexte", "demarche", "resultats", "limites", "documents", "contacts"].map((name) => values.get(name)).filter(Boolean).join("\n\n");
  }
  if (kept.length) form.dispatchEvent(new Event("input", { bubbles: true }));
}

const search = document.querySelector(".expertises__recherche");
if (search) {
  search.hidden = false;
  const box = search.querySelector("input");
  const rows = [...document.querySelectorAll(".expertises__autres [data-mots]")].map((row) => [row, fold(row.dataset.mots)]);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("input", () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach(([row, text]) => {
      row.hidden = !(words.every((word) => text.includes(word)) || row.querySelector("input").checked);
      if (!row.hidden) shown += 1;
    });
    document.querySelectorAll(".expertises__domaine").forEach((group) => {
      group.hidden = ![...group.querySelectorAll("[data-mots]")].some((row) => !row.hidden);
    });
    search.querySelector("[role=status]").textContent = words.length
      ? (shown ? `${shown} expertise${shown > 1 ? "s" : ""}` : "Aucune expertise ne correspond.") : "";
  });
}

const tags = document.querySelector("[name=etiquettes]");
document.querySelectorAll("[data-etiquette]").forEach((chip) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fr-tag fr-tag--sm";
  button.textContent = chip.dataset.etiquette;
  button.setAttribute("aria-label", `Ajouter l’étiquette ${chip.dataset.etiquette}`);
  button.addEventListener("click", () => {
    const names = tags.value.split(",").map((name) => name.trim()).filter(Boolean);
    if (!names.some((name) => fold(name) === fold(chip.dataset.etiquette))) names.push(chip.dataset.etiquette);
    tags.value = names.join(", ");
    tags.dispatchEvent(new Event("input", { bubbles: true }));
  });
  chip.replaceWith(button);
});
