/** What starts the page of a salon, of a meeting that has one, or of a thread. */

import { PageFil } from "./fil.js";
import { Fils } from "./fils.js";
import { PageSalon } from "./salon.js";

const salon = document.getElementById("salon");
const fil = document.getElementById("fil");
if (salon?.dataset.direct === "oui") {
  const page = new PageSalon(salon);
  page.fils = new Fils(page);
  page.demarrer();
  page.fils.demarrer();
} else if (!salon && fil?.dataset.direct === "oui") {
  new PageFil(fil).demarrer();
}
