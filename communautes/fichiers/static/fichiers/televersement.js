/** Sending one file while one writes: its row with its progress; given up, tried again, or arrived. */

const IMAGE = /^image\//;
// What is not said by the view itself: 200 is the page that asks to sign in again.
const PHRASES = {
  200: "Votre session est terminée : reconnectez-vous dans un autre onglet, puis réessayez.",
  403: "La page date d’avant votre connexion : rechargez-la, puis joignez de nouveau ce fichier. Votre texte est conservé.",
  413: "Ce fichier est trop lourd.",
};

/** The name of a file; what is pasted may have none. */
export function nomDe(fichier) {
  if (fichier.name) return fichier.name;
  return IMAGE.test(fichier.type) ? `image.${fichier.type.slice(6).replace("jpeg", "jpg")}` : "fichier";
}

export class Televersement {
  /**
   * Begins at once, under a row added to `liste`. `adresse` takes the file, with `champs` beside it. `dire(phrase)` tells
   * the person; `arrive(rang, reponse)` is given the row to fill; `change()` is called at each step.
   */
  constructor(liste, fichier, { adresse, champs = {}, dire, arrive, change = () => {} }) {
    Object.assign(this, { liste, fichier, adresse, champs, dire, arrive, change });
    this.nom = nomDe(fichier);
    this.rang = document.createElement("li");
    this.rang.className = "envoi";
    liste.append(this.rang);
    this.envoyer();
  }

  envoyer() {
    this.etat = "envoi";
    this.coupe = false;
    const barre = document.createElement("progress");
    barre.max = 100;
    barre.setAttribute("aria-label", `Envoi de ${this.nom}`);
    const annuler = bouton("Annuler", `l’envoi de ${this.nom}`, () => this.annuler());
    this.rang.replaceChildren(titre(this.nom), barre, annuler);
    this.dire(`Envoi de ${this.nom}`);
    const requete = new XMLHttpRequest();
    this.requete = requete;
    requete.open("POST", this.adresse);
    requete.setRequestHeader("Accept", "application/json");
    requete.setRequestHeader("X-CSRFToken", jeton());
    requete.upload.addEventListener("progress", (pas) => {
      if (pas.lengthComputable) barre.value = Math.round((pas.loaded / pas.total) * 100);
    });
    requete.addEventListener("load", () => this.recevoir(requete));
    requete.addEventListener("error", () => this.echouer("Connexion perdue : le fichier n’est pas parti.", true));
    const donnees = new FormData();
    for (const [champ, valeur] of Object.entries(this.champs)) donnees.append(champ, valeur);
    donnees.append("fichier", this.fichier, this.nom);
    requete.send(donnees);
    this.change();
  }

  recevoir(requete) {
    let reponse = {};
    try {
      reponse = JSON.parse(requete.responseText);
    } catch {
      // Not ours: said below.
    }
    if (requete.status === 201) {
      this.etat = "arrive";
      this.arrive(this.rang, reponse);
      this.change();
    } else {
      this.echouer(reponse.erreur ?? PHRASES[requete.status] ?? "Le serveur n’a pas pris ce fichier : réessayez.");
    }
  }

  /** `coupe`: the line failed, not the server. */
  echouer(phrase, coupe = false) {
    this.etat = "echec";
    this.coupe = coupe;
    const raison = document.createElement("span");
    raison.className = "envoi__erreur";
    raison.textContent = phrase;
    this.rang.replaceChildren(
      titre(this.nom),
      raison,
      bouton("Réessayer", `l’envoi de ${this.nom}`, () => this.envoyer()),
      bouton("Retirer", this.nom, () => this.oublier()),
    );
    this.dire(`${this.nom} : ${phrase}`);
    this.change();
  }

  annuler() {
    this.requete.abort();
    this.oublier();
    this.dire(`Envoi de ${this.nom} annulé`);
  }

  oublier() {
    this.etat = "oublie";
    this.rang.remove();
    this.change();
  }
}

export function titre(nom) {
  const element = document.createElement("span");
  element.className = "envoi__nom";
  element.textContent = nom;
  return element;
}

/** A button whose name says what it is about. */
export function bouton(libelle, objet, action) {
  const element = document.createElement("button");
  const suite = document.createElement("span");
  element.type = "button";
  element.className = "fr-btn fr-btn--sm fr-btn--tertiary-no-outline";
  suite.className = "fr-sr-only";
  suite.textContent = ` ${objet}`;
  element.append(libelle, suite);
  element.addEventListener("click", action);
  return element;
}

/** The field in which one says what a picture shows. */
export function champDescription(valeur, change) {
  const etiquette = document.createElement("label");
  etiquette.className = "envoi__description";
  etiquette.textContent = "Décrivez l’image pour qui ne la voit pas";
  const champ = document.createElement("input");
  Object.assign(champ, { className: "fr-input", maxLength: 250, value: valeur });
  champ.addEventListener("change", () => change(champ.value));
  etiquette.append(champ);
  return { etiquette, champ };
}

/** Take files from what is pasted in `champ` and dropped on `zone`, which shows it by `classe` meanwhile. */
export function recueillir(champ, zone, classe, prendre) {
  champ.addEventListener("paste", (event) => {
    const fichiers = [...event.clipboardData.files];
    // A table copied from a spreadsheet comes with its picture: the text is what is wanted.
    if (!fichiers.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    prendre(fichiers);
  });
  for (const nom of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(nom, (event) => {
      // A zone within another takes what is dropped on it.
      if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      // A zone within another takes what is dropped on it.
      event.stopPropagation();
      zone.classList.toggle(classe, nom === "dragover");
      if (nom === "drop") prendre([...event.dataTransfer.files]);
    });
  }
}

/** Take back a file that arrived; the house-keeping removes it if this does not get through. */
export function reprendre(adresse) {
  fetch(adresse, { method: "POST", headers: { "X-CSRFToken": jeton() } }).catch(() => {});
}

function jeton() {
  return document.querySelector("input[name=csrfmiddlewaretoken]").value;
}
