/* « Mentionner » puts a person's handle in the text being written: where the cursor last was, else at the end. */
const boxes = "textarea[name=texte], textarea[name=contexte]";
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("main form textarea")) last = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mentionner]");
  if (!button) return;
  const box = last?.isConnected ? last : document.querySelector(boxes);
  if (!box) return;
  const handle = `@${button.dataset.mentionner}`;
  if (!box.value.includes(handle)) {
    const place = box === last ? box.selectionStart : box.value.length;
    const before = box.value.slice(0, place);
    const text = `${before && !/\s$/.test(before) ? " " : ""}${handle} `;
    box.setRangeText(text, place, place, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.focus();
});
