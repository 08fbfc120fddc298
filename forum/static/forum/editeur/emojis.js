/* The palette of emoji: a small panel under the toolbar. Escape closes it and gives the text back. */
import { emojis } from "./completion.js";
import { replace } from "./texte.js";

export function makePalette(box, area) {
  const panel = document.createElement("div");
  panel.className = "palette";
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", "Emoji");
  panel.hidden = true;
  const close = () => { panel.hidden = true; panel.opener?.setAttribute("aria-expanded", "false"); };
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); area.focus(); } });
  panel.toggle = async (opener) => {
    panel.opener = opener;
    if (!panel.hidden) { close(); return; }
    if (!panel.children.length) {
      const { noms, palette } = await emojis(box.dataset.emojis);
      panel.append(...palette.map((name) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = noms[name];
        button.title = `:${name}:`;
        button.setAttribute("aria-label", name.replaceAll("_", " "));
        button.addEventListener("click", () => { close(); replace(area, area.selectionEnd, area.selectionEnd, `:${name}: `); });
        return button;
      }));
    }
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    panel.querySelector("button")?.focus();
  };
  return panel;
}
