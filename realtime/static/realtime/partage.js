/** A shared worker: one line for all the pages that a person has open in this browser. Its name ends with the person. */

import { Standard } from "./standard.js";

const protocole = location.protocol === "https:" ? "wss:" : "ws:";
const standard = new Standard(`${protocole}//${location.host}/ws/`, self.name.split("-").at(-1));

self.addEventListener("connect", ({ ports: [port] }) => {
  const prise = standard.brancher((message) => port.postMessage(message));
  port.addEventListener("message", ({ data }) => {
    if (data.quoi === "verrou") {
      // The page holds this lock as long as it lives: having it is learning that the page is gone, however it went.
      navigator.locks?.request(data.nom, () => prise.debrancher());
    } else {
      prise.recevoir(data);
    }
  });
  port.start();
});
