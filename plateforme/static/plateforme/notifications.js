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
  const line = document.createElement("div");
  line.className = "annonce";
  const link = document.createElement("a");
  link.href = `/notifications/${event.id}/`;
  link.textContent = event.titre;
  line.append(link);
  announcements.append(line);
  setTimeout(() => line.remove(), 9000);
}

subscribe(`agent.${agent}`, (event) => {
  if (event.type === "notification") { refresh(); announce(event); }
  if (event.type === "notifications.lues") refresh();
});
