/* Choosing the square kept of a photo: with the pointer, the keyboard or the slider. What is sent is where the square
   stands, as parts of the picture; without this script the server keeps the one in the middle. */
const field = document.querySelector("[data-photo]");
const frame = document.querySelector("[data-cadrage]");
const canvas = frame.querySelector("canvas");
const box = frame.querySelector(".cadrage__cadre");
const slider = frame.querySelector("input[type=range]");
const state = frame.querySelector("[role=status]");
const unreadable = document.querySelector("[data-illisible]");
const hidden = Object.fromEntries(["x", "y", "cote"].map((name) => [name, document.querySelector(`input[name=${name}]`)]));
const STEP = 0.03;
const SPEAK_AFTER = 600;

let picture = null;
// Top left corner and side of the square, in pixels of the picture.
let square = { x: 0, y: 0, side: 0 };
let speaking = 0;

const shortSide = () => Math.min(picture.width, picture.height);
const bounded = (value, most) => Math.max(0, Math.min(most, value));

function place(x, y, side) {
  square = { side, x: bounded(x, picture.width - side), y: bounded(y, picture.height - side) };
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, square.x, square.y, side, side, 0, 0, canvas.width, canvas.height);
  hidden.x.value = (square.x / picture.width).toFixed(5);
  hidden.y.value = (square.y / picture.height).toFixed(5);
  hidden.cote.value = Math.max(0.01, side / shortSide()).toFixed(5);
  clearTimeout(speaking);
  speaking = setTimeout(say, SPEAK_AFTER);
}

/* Where the square is, for whoever does not see it. */
function say() {
  const part = (start, length) => {
    const room = length - square.side;
    return room < 1 ? 50 : Math.round((start / room) * 100);
  };
  state.textContent = `Agrandissement ${Number(slider.value).toLocaleString("fr-FR")}. Horizontalement à ${part(square.x, picture.width)} %, verticalement à ${part(square.y, picture.height)} %.`;
}

function zoom(factor) {
  slider.value = factor;
  const side = shortSide() / Number(slider.value);
  place(square.x + (square.side - side) / 2, square.y + (square.side - side) / 2, side);
}

function forget() {
  picture?.close();
  picture = null;
  frame.hidden = true;
  unreadable.hidden = true;
  for (const input of Object.values(hidden)) input.value = "";
}

field.addEventListener("change", async () => {
  forget();
  const file = field.files[0];
  if (!file) return;
  try {
    const opened = await createImageBitmap(file, { imageOrientation: "from-image" });
    // Another file may have been chosen while this one opened.
    if (field.files[0] !== file) {
      opened.close();
      return;
    }
    picture = opened;
  } catch {
    unreadable.hidden = false;
    return;
  }
  frame.hidden = false;
  slider.value = 1;
  place((picture.width - shortSide()) / 2, (picture.height - shortSide()) / 2, shortSide());
});

slider.addEventListener("input", () => zoom(slider.value));

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
box.addEventListener("keydown", (event) => {
  if (!picture || event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  if (move) place(square.x + move[0] * STEP * square.side, square.y + move[1] * STEP * square.side, square.side);
  else if (event.key === "+" || event.key === "=") zoom(Number(slider.value) + 0.1);
  else if (event.key === "-") zoom(Number(slider.value) - 0.1);
  else return;
  event.preventDefault();
});

/* One finger or the mouse drags, two fingers zoom. */
const fingers = new Map();
const spread = () => {
  const [one, other] = [...fingers.values()];
  return Math.hypot(one.x - other.x, one.y - other.y);
};
box.addEventListener("pointerdown", (event) => {
  if (!picture) return;
  box.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
box.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before || !picture) return;
  const wide = fingers.size === 2 ? spread() : 0;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (wide) {
    zoom(Number(slider.value) * (spread() / wide));
    return;
  }
  const scale = square.side / box.clientWidth;
  place(square.x - (event.clientX - before.x) * scale, square.y - (event.clientY - before.y) * scale, square.side);
});
for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, (event) => fingers.delete(event.pointerId));

// A page shown again from the browser's memory may still have its file.
if (field.files.length) field.dispatchEvent(new Event("change"));
