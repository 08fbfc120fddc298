/* People ticked to be asked together. The boxes belong to the search's form, and the server knows those of the address:
   here only what goes without a reload, the count, the most that one may tick, and links that carry the ticks along. */
const said = document.getElementById("choix-dit");
const boxes = () => [...document.querySelectorAll("input[name=choix]")];
const ticked = () => [...new Set(boxes().filter((box) => box.checked).map((box) => box.value))];

function carried(address, handles) {
  const query = new URLSearchParams(address);
  query.delete("choix");
  for (const handle of handles) query.append("choix", handle);
  return `?${query}`;
}

function settle() {
  const handles = ticked();
  const bar = document.getElementById("choix");
  if (!bar) return;
  const most = Number(bar.dataset.max);
  const count = handles.length;
  const words = count
    ? `${count} ${count > 1 ? "personnes choisies" : "personne choisie"}, ${most} au plus`
    : `Personne n’est choisi : cochez « Choisir » sur les cartes, ${most} personnes au plus`;
  document.getElementById("choix-compte").textContent = words;
  said.textContent = words;
  for (const link of document.querySelectorAll(".trouver a[href^='?'], #a-preciser a[href^='?']")) {
    if (link.id !== "choix-aucun") link.setAttribute("href", carried(link.getAttribute("href"), handles));
  }
  // The address says what is ticked: the page read again, or come back to, is the same.
  history.replaceState(history.state, "", carried(location.search, handles));
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.name !== "choix") return;
  const most = Number(document.getElementById("choix").dataset.max);
  if (box.checked && ticked().length > most) {
    box.checked = false;
    const refusal = `${most} personnes au plus à la fois : décochez-en une d’abord, ou lancez un appel`;
    document.getElementById("choix-compte").textContent = refusal;
    said.textContent = refusal;
    return;
  }
  settle();
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("#choix-aucun") : null;
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  for (const box of boxes()) box.checked = false;
  settle();
  document.getElementById("compte").focus();
});
