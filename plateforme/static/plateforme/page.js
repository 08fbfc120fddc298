/* What every page does: htmx's settings, forms that are sent once, drafts that survive a closed tab. */
import "./brouillons.js";

document.documentElement.classList.add("js");

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

/* Two clicks are one request. The button comes back if the page is shown again from the browser's memory. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  const button = form.querySelector("button:not([type=button])");
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form button[disabled]").forEach((button) => { button.disabled = false; });
});

/* On a phone, tabs scroll: the one where we are is in view. */
document.querySelectorAll(".onglets [aria-current]").forEach((tab) => {
  const tabs = tab.closest(".onglets");
  tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
});

/* A text box grows with its text. */
document.addEventListener("input", (event) => {
  const area = event.target;
  if (area.matches?.("textarea[data-grandit]")) area.rows = Math.min(24, Math.max(4, area.value.split("\n").length + 2));
});

/* Paper is white: what is read in the dark prints in the light theme. */
let read;
addEventListener("beforeprint", () => {
  read = document.documentElement.dataset.frTheme;
  document.documentElement.dataset.frTheme = "light";
});
addEventListener("afterprint", () => { if (read) document.documentElement.dataset.frTheme = read; });

/* The design system asks for sixty pictures a second, for ever, to see whether something moved: a page left open took a
   twentieth of a processor. While nothing happens, it gets one a second; whatever happens wakes it at once. */
const AWAKE = 1000; // milliseconds after the last event
const draw = window.requestAnimationFrame.bind(window);
let happened = performance.now();
let asleep, alarm;
const resume = () => {
  clearTimeout(alarm);
  if (asleep) draw(asleep);
  asleep = null;
};
const wake = () => { happened = performance.now(); resume(); };
window.requestAnimationFrame = (step) => {
  // The name of its loop; were it another one day, it would run as it does without us.
  if (step.name !== "bound render" || performance.now() - happened < AWAKE) return draw(step);
  asleep = step;
  alarm = setTimeout(resume, 1000);
  return 0;
};
for (const type of ["pointerdown", "pointermove", "keydown", "focusin", "input", "change", "scroll", "resize", "load", "transitionrun", "visibilitychange"]) {
  addEventListener(type, wake, { capture: true, passive: true });
}
new MutationObserver(wake).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

/* A passkey refused, forgotten or given up: the browser says it in English, or not at all. */
document.addEventListener("allauth.error", () => {
  const place = document.querySelector("[data-erreur-cle]");
  if (!place) return;
  place.textContent = "La clé n’a pas été reconnue. Recommencez, ou choisissez un autre moyen.";
  place.hidden = false;
});

/* Shows our offline page in place of the browser's. A browser that forbids it loses nothing else. */
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
