/* Changes of the text of a textarea that Ctrl+Z undoes. */

/* Put `text` in place of [start, end[; then select [from, to[ of it, or go after it. */
export function replace(area, start, end, text, from = text.length, to = from) {
  area.focus();
  area.setSelectionRange(start, end);
  // The only way that keeps the browser's own history of changes; deprecated, and without a successor.
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!done) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(start + from, start + to);
}

/* Put the marks around what is selected, or take them away. */
export function wrap(area, before, after, placeholder) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const inside = value.slice(start, end);
  if (value.slice(start - before.length, start) === before && value.startsWith(after, end) && start >= before.length) {
    replace(area, start - before.length, end + after.length, inside, 0, inside.length);
    return;
  }
  const words = inside || placeholder;
  replace(area, start, end, before + words + after, before.length, before.length + words.length);
}

/* The whole lines that the selection touches. */
function lines(area) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = area.value.indexOf("\n", Math.max(area.selectionEnd - (area.selectionEnd > area.selectionStart && area.value[area.selectionEnd - 1] === "\n" ? 1 : 0), start));
  return { start, end: found < 0 ? area.value.length : found };
}

const MARK = /^(\s*)(?:[-*+] \[[ xX]\] |[-*+] |\d+[.)] |#{1,6} |> )/;

/* Begin each line by `mark(index)`, in place of what it begins by; or take it away when all have it already. */
export function prefix(area, mark, placeholder) {
  const { start, end } = lines(area);
  const text = area.value.slice(start, end);
  if (!text) {
    const lead = mark(0);
    const gap = start > 1 && area.value[start - 2] !== "\n" && lead !== "> " ? "\n" : "";
    replace(area, start, end, gap + lead + placeholder, (gap + lead).length, (gap + lead + placeholder).length);
    return;
  }
  const rows = text.split("\n");
  const had = rows.every((row, index) => row.startsWith(mark(index)));
  const changed = rows.map((row, index) => had ? row.slice(mark(index).length) : row.trim() || rows.length === 1 ? row.replace(MARK, "$1").replace(/^(\s*)/, `$1${mark(index)}`) : row).join("\n");
  replace(area, start, end, changed);
}

/* A block on lines of its own. */
export function block(area, text, from, to) {
  const { selectionEnd: at, value } = area;
  const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
  const after = value.slice(at).startsWith("\n") || at === value.length ? "\n" : "\n\n";
  replace(area, at, at, before + text + after, before.length + from, before.length + to);
}

const ITEM = /^(\s*)([-*+]|(\d{1,9})([.)]))( \[[ xX]\])? (.*)$/;
const QUOTE = /^(\s*(?:> ?)+)(.*)$/;

/* Enter at the end of an item begins the next one; in an empty item, it ends the list. Returns whether it did. */
export function goOn(area) {
  const { selectionStart: at, value } = area;
  if (at !== area.selectionEnd) return false;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const line = value.slice(start, at);
  const item = ITEM.exec(line);
  const quote = item ? null : QUOTE.exec(line);
  if (!item && !quote) return false;
  if (!(item ? item[6] : quote[2]).trim()) {
    if (value.slice(at).split("\n")[0].trim()) return false;
    replace(area, start, at, "");
    return true;
  }
  const next = item ? `${item[1]}${item[3] ? `${Number(item[3]) + 1}${item[4]}` : item[2]}${item[5] ? " [ ]" : ""} ` : quote[1];
  replace(area, at, at, `\n${next}`);
  return true;
}
