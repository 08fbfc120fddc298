/* A list of sollicitations, or a thread, that follows what others write: the pieces that changed are replaced, and it is
   said in a sentence. Nothing moves where somebody is writing. Without this module, a reload does the same. */
import { nu, remplacer } from "../realtime/blocs.js";
import { subscribe } from "../realtime/direct.js";

const WAIT = 300;
const NEWS = "Il y a du nouveau dans cette page.";
const CLOSED = "Cette page ne vous est plus ouverte.";

function follow(zone) {
  const { sollicitations: agent, sollicitation, fil } = zone.dataset;
  const status = zone.querySelector("[data-role=nouveau]");
  let timer = 0;
  let cut = false;

  async function refresh() {
    let answer;
    try {
      answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    } catch {
      cut = true;
      return;
    }
    if (answer.status === 403 || answer.status === 404) { status.textContent = CLOSED; return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    let changed = false;
    for (const piece of zone.querySelectorAll("[data-bloc]")) {
      const fresh = page.querySelector(`[data-bloc="${piece.dataset.bloc}"]`);
      if (!fresh || nu(fresh) === nu(piece)) continue;
      remplacer(piece, fresh);
      changed = true;
    }
    if (changed) status.textContent = NEWS;
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  }

  subscribe(`agent.${agent}`, (event) => {
    if (event.type !== "sollicitation.change") return;
    if (sollicitation && String(event.sollicitation) !== sollicitation) return;
    if (fil && String(event.fil) !== fil) return;
    plan();
  }, {
    onEtat: (etat) => {
      if (etat === "coupe") cut = true;
      else if (etat === "connecte") {
        if (cut) plan();
        cut = false;
        zone.dataset.ecoute = "oui";
      }
    },
  });
}

for (const zone of document.querySelectorAll("[data-sollicitations]")) follow(zone);
