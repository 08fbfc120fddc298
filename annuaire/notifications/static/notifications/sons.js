/* The choice of sounds, for this device. */
import { choisir, jouer, permis } from "../plateforme/sons.js";

const zone = document.querySelector("#sons");
const choix = zone.querySelector("input");
const etat = zone.querySelector("[role=status]");

zone.hidden = false;
choix.checked = permis();
choix.addEventListener("change", () => {
  choisir(choix.checked);
  const garde = permis() === choix.checked;
  choix.checked = permis();
  if (!garde) etat.textContent = "Votre navigateur ne garde pas ce choix\u00a0: il refuse l’enregistrement de données par ce site.";
  else etat.textContent = choix.checked ? "Les sons sont activés sur cet appareil." : "Les sons sont coupés sur cet appareil.";
});
zone.querySelector("button").addEventListener("click", () =>
  jouer("appel").catch(() => {
    etat.textContent = "Votre navigateur n’a pas pu jouer ce son.";
  }),
);
