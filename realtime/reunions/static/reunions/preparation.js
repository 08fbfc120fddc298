/* Preparing a meeting: people found as their name is typed, one more row for the agenda. Without it, the same fields are
   plain text and the button asks the server for a row. */

const WAIT = 200; // milliseconds after the last key

function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Turn the field of `box` into a search with a list; what is chosen is written into it, one handle a line. */
function enhance(box) {
  const field = box.querySelector("textarea, input");
  const label = box.querySelector("label");
  if (!field || !label) return;
  const alone = "seule" in box.dataset;
  const id = `${field.id}-recherche`;
  const listId = `${id}-liste`;
  const search = element("input", {
    class: "fr-input", id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
  });
  if (field.getAttribute("aria-describedby")) search.setAttribute("aria-describedby", field.getAttribute("aria-describedby"));
  if (field.getAttribute("aria-invalid")) search.setAttribute("aria-invalid", field.getAttribute("aria-invalid"));
  const list = element("ul", { class: "convives__propositions", id: listId, role: "listbox", "aria-label": "Personnes" });
  list.hidden = true;
  const chips = element("ul", { class: "convives__choisies" });
  const status = element("p", { class: "fr-sr-only", role: "status" });
  const holder = element("div", { class: "convives__recherche" });
  holder.append(search, list);
  field.hidden = true;
  field.after(holder, chips, status);
  label.htmlFor = id;
  const hint = label.querySelector(".fr-hint-text");
  if (hint) hint.textContent = alone ? "Tapez le début d’un nom." : "Tapez le début d’un nom, puis choisissez dans la liste.";

  const chosen = new Map();
  let found = [];
  let current = -1;
  let timer;
  let asked = 0;

  function write() {
    field.value = [...chosen.keys()].join("\n");
    chips.replaceChildren(...[...chosen].map(([handle, name]) => {
      const item = element("li");
      const button = element("button", { class: "fr-tag fr-tag--dismiss", type: "button", "aria-label": `Retirer ${name}` }, name);
      button.addEventListener("click", () => {
        chosen.delete(handle);
        write();
        status.textContent = `Retrait : ${name}.`;
        search.focus();
      });
      item.append(button);
      return item;
    }));
  }

  function close() {
    list.hidden = true;
    current = -1;
    search.setAttribute("aria-expanded", "false");
    search.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    current = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    if (index >= 0) {
      search.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    } else search.removeAttribute("aria-activedescendant");
  }

  function choose(person) {
    if (alone) chosen.clear();
    chosen.set(person.identifiant, person.nom);
    search.value = "";
    write();
    close();
    status.textContent = `Ajout : ${person.nom}.`;
  }

  async function ask() {
    const typed = search.value.trim();
    const mine = ++asked;
    if (typed.length < 2) return close();
    const query = new URLSearchParams({ q: typed, communaute: box.dataset.communaute ?? "" });
    let answer;
    try {
      const response = await fetch(`${box.dataset.adresse}?${query}`, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      answer = await response.json();
    } catch {
      return; // The line is down: what is typed stays, and counts as it is written.
    }
    if (mine !== asked) return;
    found = answer.personnes;
    list.replaceChildren(...found.map((person, place) => {
      const item = element("li", { role: "option", id: `${listId}-${place}`, "aria-selected": "false" }, person.nom);
      item.append(element("span", {}, person.lieu));
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(person));
      return item;
    }));
    list.hidden = found.length === 0;
    search.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? `${found.length} proposition${found.length > 1 ? "s" : ""}` : "Personne de ce nom.";
    mark(-1);
  }

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((current + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && found.length) choose(found[Math.max(current, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !search.value && chosen.size) {
      chosen.delete([...chosen.keys()].at(-1));
      write();
    }
  });
  search.addEventListener("blur", () => setTimeout(close, 100));
  // What is typed and not chosen is not lost: the server reads it as a name.
  field.form?.addEventListener("submit", () => {
    const rest = search.value.trim();
    if (rest) field.value = [field.value, rest].filter(Boolean).join("\n");
  });

  for (const part of field.value.split(/[\n,;]+/).map((text) => text.trim().replace(/^@/, "")).filter(Boolean)) chosen.set(part, part);
  write();
}

/** Add rows to the agenda here, without asking for the page again. */
function growAgenda(form) {
  const rows = form.querySelector(".points");
  const template = form.querySelector("#point-vide");
  const total = form.querySelector("[name=points-TOTAL_FORMS]");
  const button = form.querySelector("button[name=ajouter]");
  if (!rows || !template || !total || !button) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const number = Number(total.value);
    if (number >= 40) return;
    const row = template.content.firstElementChild.cloneNode(true);
    for (const node of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replace("__prefix__", String(number)));
      }
    }
    total.value = String(number + 1);
    rows.append(row);
    row.querySelector("input")?.focus();
  });
}

/** The address is asked for only where it is needed. */
function showAddress(form) {
  const address = form.querySelector("[name=lien_visio]")?.closest(".champ");
  const choices = [...form.querySelectorAll("[name=visio]")];
  if (!address || !choices.length) return;
  const follow = () => {
    address.hidden = choices.find((choice) => choice.checked)?.value !== "autre";
  };
  choices.forEach((choice) => choice.addEventListener("change", follow));
  follow();
}

/** Only what the rhythm chosen asks for. */
function followRhythm(form) {
  const choice = form.querySelector("[name=frequence]");
  const box = form.querySelector(".rythme");
  if (!choice || !box) return;
  const follow = () => {
    box.hidden = !choice.value;
    box.querySelector(".rythme__semaine").hidden = choice.value === "mensuelle";
    box.querySelector(".rythme__mois").hidden = choice.value !== "mensuelle";
  };
  choice.addEventListener("change", follow);
  follow();
}

document.querySelectorAll(".convives[data-adresse]").forEach(enhance);
document.querySelectorAll("form").forEach((form) => {
  growAgenda(form);
  showAddress(form);
  followRhythm(form);
});
