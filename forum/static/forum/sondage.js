/* A poll's figures follow the votes, without touching what one is choosing nor moving the page. */
import { subscribe } from "../realtime/direct.js";

const PAUSE = 700;
let asked = 0;

async function refresh() {
  asked = 0;
  const shown = document.querySelector("#sondage");
  const answer = await fetch(shown.dataset.adresse, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#sondage");
  if (!fresh) return;
  // Closed meanwhile: there is nothing left to choose.
  if (fresh.dataset.clos !== shown.dataset.clos) {
    shown.replaceWith(fresh);
    window.htmx?.process(fresh);
  } else {
    shown.querySelector("[data-vif]").replaceWith(fresh.querySelector("[data-vif]"));
  }
}

/* A hundred votes at once are a few requests. */
const ask = () => { asked ||= setTimeout(refresh, PAUSE); };
subscribe(
  `sujet.${document.querySelector("#sondage").dataset.sujet}`,
  (event) => { if (event.type === "sondage.vote") ask(); },
  // Votes between the making of the page, or the loss of the line, and now were told to nobody here.
  { onEtat: (state) => { if (state === "connecte") ask(); } },
);
