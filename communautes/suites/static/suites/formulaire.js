/* Names offered as one types who has a task to do; how much of a decision is too long. Both are checked by the server. */
const WAIT = 200;

const people = document.querySelector("datalist[data-adresse]");
const field = people && document.querySelector(`input[list="${people.id}"]`);
let timer = null;
let asked = "";

async function offer() {
  const typed = field.value.trim();
  if (typed === asked || [...people.options].some((option) => option.value === typed)) return;
  asked = typed;
  try {
    const answer = await fetch(`${people.dataset.adresse}?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { personnes } = await answer.json();
    if (typed !== asked) return;
    people.replaceChildren(...personnes.map(({ valeur, lieu }) => {
      const option = document.createElement("option");
      option.value = valeur;
      option.label = lieu ? `${valeur} — ${lieu}` : valeur;
      return option;
    }));
  } catch { /* without names offered, one types them whole */ }
}

if (field) {
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(offer, WAIT); });
  field.addEventListener("focus", offer);
}

for (const area of document.querySelectorAll("textarea[data-limite]")) {
  const limit = Number(area.dataset.limite);
  const line = document.createElement("p");
  line.className = "compteur";
  line.id = `${area.id}-compteur`;
  area.after(line);
  area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  const count = () => {
    const left = limit - area.value.trim().length;
    line.classList.toggle("compteur--trop", left < 0);
    line.textContent = left < 0 ? `${-left} caractère${left < -1 ? "s" : ""} de trop` : `${left} caractère${left > 1 ? "s" : ""} restant${left > 1 ? "s" : ""}`;
  };
  area.addEventListener("input", count);
  count();
}
