/** Going to a day of a salon: from the head of the page, or from the line that separates two days. */

const aller = document.querySelector("[data-role=aller]");
const jour = aller?.querySelector("input[type=date]");

function fermer() {
  const dedans = aller.contains(document.activeElement);
  aller.open = false;
  if (dedans) aller.querySelector("summary").focus();
}

if (jour) {
  aller.addEventListener("toggle", () => aller.open && jour.focus());
  aller.addEventListener("keydown", (event) => event.key === "Escape" && fermer());
  document.addEventListener("click", (event) => {
    const separateur = event.target.closest(".salon__jour span");
    if (separateur && !separateur.closest(".fil")) {
      jour.value = separateur.parentElement.dataset.jour;
      aller.open = true;
      aller.scrollIntoView({ block: "nearest" });
    } else if (aller.open && !aller.contains(event.target)) {
      aller.open = false;
    }
  });
}
