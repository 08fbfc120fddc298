/* Keeps « 12 / 48 » true while one scrolls, and gives the page the address under which it is found again. */
const bar = document.querySelector(".progression");
const thread = document.querySelector("#fil");

/* Opened where one left off: go to what is new, and let a reload or a shared address show this same page. */
if (thread?.dataset.reprise === "oui") {
  const address = new URL(location.href);
  const unread = document.querySelector("#premier-non-lu");
  if (unread && (!address.hash || address.hash === "#premier-non-lu")) unread.scrollIntoView();
  address.searchParams.set("page", thread.dataset.page);
  history.replaceState(history.state, "", address);
}

if (bar && thread) {
  const position = bar.querySelector("[data-position]");
  const gauge = bar.querySelector("progress");
  let waiting = false;

  const update = () => {
    waiting = false;
    const line = bar.getBoundingClientRect().bottom + innerHeight / 4;
    let number = null;
    for (const message of thread.querySelectorAll(":scope > .message")) {
      if (number !== null && message.getBoundingClientRect().top > line) break;
      number = message.dataset.numero;
    }
    /* At the foot of the page the last message is being read, however short. */
    if (innerHeight + scrollY >= document.documentElement.scrollHeight - 4 || thread.getBoundingClientRect().bottom < innerHeight) {
      number = thread.querySelector(":scope > .message:last-of-type")?.dataset.numero ?? number;
    }
    if (number !== null && position.textContent !== number) {
      position.textContent = number;
      gauge.value = Number(number);
    }
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(update); } }, { passive: true });
  update();

  const date = bar.querySelector(".progression__date");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !date.open) return;
    date.open = false;
    date.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => { if (!date.contains(event.target)) date.open = false; });
}
