/* Showing notifications in this browser: asked for by a click, never before. */
const zone = document.querySelector("#navigateur");
const button = document.querySelector("#activer-navigateur");
const state = document.querySelector("#etat-navigateur");

function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}

async function tell(subscription) {
  const answer = await fetch(zone.dataset.adresse, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": document.querySelector("input[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify(subscription),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.erreur || "Le site n’a pas répondu : réessayez dans un instant.");
}

async function activate() {
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") {
      state.textContent = "Votre navigateur ne l’a pas permis. Changez ce choix dans ses réglages pour ce site, puis revenez ici.";
      return;
    }
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(zone.dataset.cle),
    });
    await tell(subscription);
    location.reload();
  } catch (error) {
    state.textContent = error.message || "Cela n’a pas marché : réessayez.";
  } finally {
    button.disabled = false;
  }
}

async function start() {
  if (!("PushManager" in window) || !navigator.serviceWorker || !window.Notification) {
    state.textContent = "Ce navigateur ne sait pas le faire. Sur iPhone, ajoutez d’abord le site à l’écran d’accueil.";
    return;
  }
  button.hidden = false;
  if (Notification.permission === "denied") {
    state.textContent = "Ce navigateur refuse les notifications de ce site : changez ce choix dans ses réglages.";
  }
}

button.addEventListener("click", activate);
start();
