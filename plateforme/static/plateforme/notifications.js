/* The number in the header, live, and a quiet word when something arrives. */
import { subscribe } from "../realtime/direct.js";

const agent = document.body.dataset.agent;
const badges = document.querySelectorAll(".js-notifications");
const announcements = document.querySelector("#annonces");

const title = document.title;
function show(count) {
  document.title = count === 0 ? title : `(${count > 99 ? "99+" : count}) ${title}`;
  badges.forEach((badge) => {
    badge.hidden = count === 0;
    badge.querySelector(".badge-non-lus__n").textContent = count > 99 ? "99+" : String(count);
  });
}

let pending = 0;
async function refresh() {
  clearTimeout(pending);
  pending = setTimeout(async () => {
    const answer = await fetch("/notifications/nombre/", { headers: { Accept: "application/json" } });
    if (answer.ok) show((await answer.json()).non_lues);
    // The list itself, where it is open: what was read elsewhere is read here.
    if (document.querySelector("#liste-notifications") && window.htmx) {
      htmx.ajax("GET", location.href, { target: "#liste-notifications", select: "#liste-notifications", swap: "outerHTML" });
    }
  }, 200);
}

function announce(event) {
  // Busy, or in a meeting whose page tells what happens there: it waits in the list, and is counted. What is shown
  // to a whole room says nothing of what one person receives.
  if (document.querySelector("[data-mon-etat=occupe], [data-seance], [data-ecran]")) return;
  const line = document.createElement("div");
  line.className = "annonce";
  const link = document.createElement("a");
  link.href = `/notifications/${event.id}/`;
  link.textContent = event.titre;
  line.append(link);
  announcements.append(line);
  setTimeout(() => line.remove(), 9000);
}

/* Suspended while writing: what is typed stays, and the reason is where one would have pressed. */
function participation(event) {
  const page = document.querySelector(`[data-communaute="${event.communaute}"]`);
  if (!page) return;
  page.querySelectorAll(".editeur, [data-role=saisie], form[data-brouillon]").forEach((form) => {
    let word = form.querySelector("[data-participation]");
    if (!word) {
      word = document.createElement("p");
      word.setAttribute("role", "status");
      word.className = "fr-message fr-message--error";
      word.dataset.participation = "";
      form.append(word);
    }
    word.textContent = event.suspension ?? "";
    form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = Boolean(event.suspension); });
  });
}

subscribe(`agent.${agent}`, (event) => {
  if (event.type === "notification") { refresh(); announce(event); }
  if (event.type === "notifications.lues") refresh();
  if (event.type === "participation.change") participation(event);
});
