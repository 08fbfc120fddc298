/**
 * Going through a salon in both directions: pages of lines fetched at each end, and as many lines at once as a phone
 * bears. While there are newer lines than those shown (`suite`), what is said live is kept aside.
 */

const AUTANT = 300; // lines on the screen
const DE_COTE = 200; // live messages kept while the end is not shown
const ENCORE = 3000; // milliseconds before a failed page is asked for again by scrolling

export class Parcours {
  /** `fil` scrolls, `lignes` holds the lines (lignes.js), `adresse` gives fragments; `suite`: there are newer lines. */
  constructor({ fil, lignes, adresse, suite }) {
    this.fil = fil;
    this.lignes = lignes;
    this.adresse = adresse;
    this.suite = suite;
    this.deCote = new Map();
    this.perdu = false;
    this.charge = false;
  }

  borne(role) {
    return this.lignes.liste.querySelector(`[data-role=${role}]`);
  }

  dernier() {
    return Number(this.lignes.derniere()?.dataset.numero ?? 0);
  }

  /** Keep a live message for when its place is shown. */
  garder(message) {
    this.deCote.set(message.numero, message);
    if (this.deCote.size > DE_COTE) {
      this.deCote.clear();
      this.perdu = true;
    }
  }

  /** Older lines, in the place of what leads to them. */
  async remonter() {
    const borne = this.borne("avant");
    if (!borne) return;
    await this.charger(borne, { avant: borne.dataset.avant }, (fragment) => {
      fragment.querySelector("[data-role=apres]")?.remove();
      const depuisLeBas = this.fil.scrollHeight - this.fil.scrollTop;
      this.lignes.prefixer(fragment, borne);
      this.fil.scrollTop = this.fil.scrollHeight - depuisLeBas;
      this.alleger("bas");
    });
  }

  /** Newer lines; resolves with the live messages that follow them once there are no others. */
  async avancer() {
    const borne = this.borne("apres");
    if (!borne) return [];
    let suivants = [];
    await this.charger(borne, { depuis: this.dernier() }, (fragment) => {
      fragment.querySelector("[data-role=avant], .salon__debut")?.remove();
      this.suite = this.perdu || Boolean(fragment.querySelector("[data-role=apres]"));
      if (this.suite && !fragment.querySelector("[data-role=apres]")) fragment.append(this.modele("apres"));
      this.perdu = false;
      this.suffixer(fragment, borne);
      if (!this.suite) {
        const dernier = this.dernier();
        suivants = [...this.deCote.values()].filter((message) => message.numero > dernier);
        suivants.sort((un, autre) => un.numero - autre.numero);
        this.deCote.clear();
      }
      const hauteur = this.fil.scrollHeight;
      this.alleger("haut");
      this.fil.scrollTop -= hauteur - this.fil.scrollHeight;
    });
    return suivants;
  }

  async charger(borne, question, placer) {
    if (this.charge) return;
    this.charge = true;
    borne.setAttribute("aria-busy", "true");
    try {
      const adresse = new URL(this.adresse, location.href);
      for (const [nom, valeur] of Object.entries(question)) adresse.searchParams.set(nom, valeur);
      const reponse = await fetch(adresse, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
      if (!reponse.ok) throw new Error(reponse.status);
      const page = new DOMParser().parseFromString(`<ol>${await reponse.text()}</ol>`, "text/html");
      const fragment = document.createDocumentFragment();
      fragment.append(...page.querySelector("ol").children);
      placer(fragment);
    } catch {
      borne.querySelector("a").textContent = "Ces messages ne sont pas arrivés. Réessayer";
      borne.removeAttribute("aria-busy");
      // The link asks again when it is pressed, not at each pixel of scrolling.
      await new Promise((suite) => setTimeout(suite, ENCORE));
    } finally {
      this.charge = false;
    }
  }

  /** Put newer lines in the place of `borne`, and mend the seam. */
  suffixer(fragment, borne) {
    const precedente = this.lignes.derniere();
    const jour = fragment.querySelector(".salon__jour");
    if (jour && jour.dataset.jour === precedente?.dataset.jour) jour.remove();
    const premiere = fragment.querySelector(".ligne-salon[data-numero]");
    borne.replaceWith(fragment);
    if (premiere) this.lignes.grouper(premiere, this.lignes.avant(premiere));
  }

  /** Take away the lines that are farthest from the reader, and put what leads back to them. */
  alleger(bout) {
    const toutes = [...this.lignes.liste.querySelectorAll(".ligne-salon[data-numero]")];
    if (toutes.length <= AUTANT) return;
    const enBas = bout === "bas";
    const garde = enBas ? toutes[AUTANT - 1] : toutes[toutes.length - AUTANT];
    const voisin = enBas ? "nextElementSibling" : "previousElementSibling";
    for (let element = garde[voisin]; element; ) {
      const suivant = element[voisin];
      if (!element.matches(".ligne-salon--envoi")) element.remove();
      element = suivant;
    }
    const borne = this.modele(enBas ? "apres" : "avant");
    if (enBas) {
      garde.after(borne);
      this.suite = true;
    } else {
      borne.dataset.avant = garde.dataset.numero;
      borne.querySelector("a").search = `?avant=${garde.dataset.numero}`;
      garde.before(borne);
      garde.classList.remove("ligne-salon--suite");
    }
  }

  modele(role) {
    return document.getElementById(`salon-modele-${role}`).content.firstElementChild.cloneNode(true);
  }
}
