/* Sharing a file: drag and drop, progress, and a clear word when the network fails. Without it, a plain form. */
const form = document.querySelector("#depot");
const input = form.querySelector("input[type=file]");
const button = form.querySelector("button:not([type=button])");
const bar = form.querySelector("progress");
const box = form.querySelector("[data-role=avancement]");
const state = form.querySelector("[data-role=etat]");

function fail(text) {
  box.hidden = true;
  button.disabled = false;
  state.textContent = text;
}

["dragover", "dragleave", "drop"].forEach((name) => form.addEventListener(name, (event) => {
  event.preventDefault();
  form.classList.toggle("depot--survol", name === "dragover");
  if (name === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
}));

form.addEventListener("submit", (event) => {
  if (!input.files.length) return;
  event.preventDefault();
  button.disabled = true;
  box.hidden = false;
  state.textContent = "";
  const request = new XMLHttpRequest();
  request.open("POST", form.action || location.href);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) bar.value = Math.round((step.loaded / step.total) * 100);
  });
  request.addEventListener("load", () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* not ours: said below */ }
    if (answer.url) location.assign(answer.url);
    else fail(answer.erreur ?? "Le serveur a refusé ce fichier. Réessayez dans un instant ; votre choix est conservé.");
  });
  request.addEventListener("error", () => fail("Connexion perdue : rien n’a été partagé. Votre fichier est toujours choisi, réessayez."));
  request.send(new FormData(form));
});
