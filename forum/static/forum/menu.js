/* The menus of messages: one open at a time, closed by Escape or a click elsewhere; the link that copies itself. */
const open = () => [...document.querySelectorAll(".menu-message[open]")];

document.addEventListener("click", (event) => {
  open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  });
});

/* Whoever goes on by keyboard leaves the menu behind. */
document.addEventListener("focusin", (event) => {
  open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

/* A message far from the top of the window opens its menu where there is room. */
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches?.(".menu-message")) {
    event.target.querySelector(".menu-message__liste").scrollIntoView({ block: "nearest" });
  }
}, true);

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-copie-lien]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!navigator.clipboard) return;
  event.preventDefault();
  const words = link.textContent;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    location.assign(link.href);
    return;
  }
  link.textContent = "Lien copié";
  const place = document.querySelector("#sujet-annonce");
  if (place) place.textContent = "Lien copié";
  setTimeout(() => {
    link.textContent = words;
    const menu = link.closest(".menu-message");
    if (!menu?.open) return;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }, 1200);
});
