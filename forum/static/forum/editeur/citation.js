/* Quoting: what is selected in a message, or the whole of it, put in the answer with a line that says whose it is. */
import { replace } from "./texte.js";

const form = document.querySelector("#repondre");
const area = form?.querySelector("textarea");

const BLOCK = /^(P|LI|H[3-6]|PRE|BLOCKQUOTE|TR|UL|OL|TABLE|SECTION|DIV|BR)$/;
const MARKS = { STRONG: "**", EM: "*", DEL: "~~", CODE: "`" };

/* What is selected, in the signs one writes: enough for a quote to keep its words, lists, links and stress. */
function markdown(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue.replaceAll(/\s+/g, " ");
  let inside = [...node.childNodes].map(markdown).join("");
  if (node.nodeName === "PRE") return `\n\`\`\`\n${node.textContent.trimEnd()}\n\`\`\`\n`;
  if (node.nodeName in MARKS && inside.trim()) return MARKS[node.nodeName] + inside + MARKS[node.nodeName];
  if (node.nodeName === "A" && /^(https?:|\/)/.test(node.getAttribute("href") ?? "")) return node.classList.contains("texte-mention") ? inside : `[${inside}](${node.getAttribute("href")})`;
  if (node.nodeName === "IMG") return `![${node.alt}](${node.getAttribute("src")})`;
  if (node.nodeName === "BR") return "\n";
  if (node.nodeName === "LI") inside = `- ${inside.trim()}`;
  if (node.nodeName === "BLOCKQUOTE") return "";
  return BLOCK.test(node.nodeName) ? `${node.nodeName === "P" ? "\n" : ""}${inside}\n` : inside;
}

function put(quote, message) {
  const text = area.value;
  const gap = !text.trim() ? "" : text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  area.closest("[data-editeur]").dispatchEvent(new CustomEvent("redaction:ecrire"));
  replace(area, text.trim() ? text.length : 0, text.length, gap + quote);
  form.querySelector("input[name=repond_a]").value = message;
  form.dispatchEvent(new Event("change"));
  area.scrollIntoView({ block: "center" });
}

async function quote(button, selected) {
  const message = button.closest(".message");
  const answer = await fetch(button.dataset.citer, { headers: { Accept: "text/plain, application/json" } });
  if (!answer.ok) { location.assign(button.href); return; }
  let text = await answer.text();
  if (selected) {
    const first = text.slice(0, text.indexOf("\n"));
    text = `${first}\n>\n${selected.trim().replaceAll(/\n{3,}/g, "\n\n").split("\n").map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
  }
  if (text) put(text, message.dataset.message);
}

/* The selection, when it is within the words of one message. */
function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  const within = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".message__texte");
  const text = within(range.startContainer);
  if (!text || text !== within(range.endContainer)) return null;
  const button = text.closest(".message").querySelector("[data-citer]");
  return button && chosen.toString().trim() ? { range, button } : null;
}

if (area) {
  const floating = document.createElement("button");
  Object.assign(floating, { type: "button", className: "fr-btn fr-btn--sm fr-btn--icon-left citer-selection", textContent: "Citer la sélection", hidden: true });
  document.body.append(floating);
  let waiting;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const found = selection();
      if (!found) { if (document.activeElement !== floating) floating.hidden = true; return; }
      const place = found.range.getBoundingClientRect();
      // Right after the message's text in the order of the keyboard.
      found.button.closest(".message").querySelector(".message__texte").after(floating);
      const frame = floating.offsetParent?.getBoundingClientRect() ?? { top: -scrollY, left: -scrollX };
      floating.hidden = false;
      const parent = floating.offsetParent?.getBoundingClientRect() ?? frame;
      floating.style.top = `${place.bottom - parent.top + 8}px`;
      floating.style.left = `${Math.max(8, Math.min(place.left - parent.left, parent.width - floating.offsetWidth - 8))}px`;
    }, 200);
  });
  floating.addEventListener("mousedown", (event) => event.preventDefault());
  floating.addEventListener("click", () => {
    const found = selection();
    floating.hidden = true;
    if (!found) return;
    const piece = document.createElement("div");
    piece.append(found.range.cloneContents());
    getSelection().removeAllRanges();
    quote(found.button, markdown(piece));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-citer]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    quote(button);
  });
}
