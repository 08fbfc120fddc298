"""Files in a salon: pasted, dropped, chosen with a thumb; seen live by somebody else; taken off."""

import base64
import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur

# A picture on the clipboard, or in the hand of whoever drags.
BRING = """([target, kind, name, text]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], name, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  target.dispatchEvent(kind === "paste"
    ? new ClipboardEvent(kind, { clipboardData: data, ...options })
    : new DragEvent(kind, { dataTransfer: data, ...options }));
}"""


def picture(width: int, height: int, colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def bring(page: Page, target: str, kind: str, name: str, octets: bytes) -> None:
    handle = page.locator(target).element_handle()
    page.evaluate(BRING, [handle, kind, name, base64.b64encode(octets).decode()])


def open_group(page: Page) -> str:
    page.goto("/salons/")
    page.get_by_role("link", name="Visite de jeudi").click()
    live(page)
    return page.url


def test_files_are_brought_in_each_way_and_seen_at_once(sign_in: Callable[..., Page]) -> None:
    aminata, nadia = sign_in("Aminata Sarr"), sign_in("Nadia Ferhat", "telephone")
    address = open_group(aminata)
    nadia.goto(address)
    live(nadia)
    # What the server's page shows of them.
    first = nadia.locator("#ligne-1")
    expect(first.get_by_role("img", name=re.compile("Débits au pont-cadre"))).to_be_visible()
    expect(first.get_by_role("link", name=re.compile("points-a-verifier.pdf"))).to_be_visible()

    # One pasted and described, another dropped on the conversation, sent with words.
    field = aminata.get_by_label("Votre message dans le salon Visite de jeudi")
    bring(aminata, "#salon textarea", "paste", "capture.png", picture(1600, 900, "steelblue"))
    aminata.get_by_label("Décrivez l’image").fill("Le pont vu du quai")
    bring(aminata, "[data-role=fil]", "drop", "berges.png", picture(300, 600, "seagreen"))
    expect(aminata.get_by_text("berges.webp est joint")).to_be_visible()
    assert look(aminata) == []
    # They are there still when the page comes back.
    field.fill("Deux vues de ce matin")
    aminata.reload()
    live(aminata)
    expect(aminata.get_by_label("Décrivez l’image").first).to_have_value("Le pont vu du quai")
    expect(field).to_have_value("Deux vues de ce matin")
    field.press("Enter")
    shown = nadia.locator(".ligne-salon", has_text="Deux vues de ce matin")
    seen = shown.get_by_role("img", name="Le pont vu du quai")
    expect(seen).to_have_js_property("naturalWidth", 1600)
    expect(shown.get_by_role("img", name="Image sans description : berges.webp")).to_be_visible()
    expect(aminata.get_by_label("Décrivez l’image")).to_have_count(0)

    # From a phone, by choice, several at once, without a word; one is refused, and said so.
    with nadia.expect_file_chooser() as chosen:
        nadia.get_by_role("button", name="Joindre des fichiers").click()
    chosen.value.set_files(
        [
            {"name": "mesures.csv", "mimeType": "text/csv", "buffer": b"jour;debit\n1;4\n"},
            {"name": "programme.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
        ]
    )
    refused = nadia.locator(".envoi", has_text="programme.exe")
    expect(refused.get_by_text("n’est pas accepté")).to_be_visible()
    expect(nadia.get_by_role("button", name="Retirer mesures.csv")).to_be_visible()
    nadia.get_by_role("button", name="Envoyer").click()
    expect(nadia.get_by_text("Un fichier n’est pas parti")).to_be_visible()
    # A button that came under the pointer has another colour for a moment.
    nadia.mouse.move(1, 1)
    assert look(nadia) == []
    refused.get_by_role("button", name="Retirer").click()
    nadia.get_by_role("button", name="Envoyer").click()
    received = aminata.get_by_role("link", name=re.compile("mesures.csv"))
    with aminata.expect_download() as download:
        received.click()
    assert download.value.suggested_filename == "mesures.csv"

    # Taken off by who sent it, for both.
    mine = aminata.locator(".ligne-salon", has_text="Deux vues de ce matin")
    mine.hover()
    mine.get_by_role("link", name="Actions sur le message").click()
    aminata.get_by_role("menuitem", name="Modifier").click()
    # By its words, which are waited for until they are still: the box itself lies under them.
    aminata.locator("label", has_text="Retirer « berges.webp »").click()
    expect(aminata.get_by_label("Retirer « berges.webp », pour tout le monde")).to_be_checked()
    aminata.get_by_role("button", name="Enregistrer").click()
    expect(shown.get_by_role("img")).to_have_count(1)
    nadia.get_by_role("link", name="Fichiers", exact=True).click()
    expect(nadia.get_by_role("link", name=re.compile("^capture.webp"))).to_have_count(1)
    expect(nadia.get_by_text("berges.webp")).to_have_count(0)


def test_a_cut_on_the_way_loses_neither_words_nor_files(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Nadia Ferhat")
    open_group(page)
    field = page.get_by_label("Votre message dans le salon Visite de jeudi")
    field.fill("Avec la photo")
    page.route("**/fichiers/envoyer/", lambda route: route.abort())
    bring(page, "#salon textarea", "paste", "quai.png", picture(60, 40, "teal"))
    expect(page.locator(".envoi__erreur")).to_have_text("Connexion perdue : le fichier n’est pas parti.")
    # Signed out meanwhile: the page that asks to sign in comes in place of the answer.
    page.unroute("**/fichiers/envoyer/")
    page.route("**/fichiers/envoyer/", lambda route: route.fulfill(status=200, body="<html></html>"))
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".envoi__erreur")).to_contain_text("Votre session est terminée")
    field.press("Enter")
    expect(page.get_by_text("Un fichier n’est pas parti")).to_be_visible()
    expect(field).to_have_value("Avec la photo")
    # The line is back, but slow: the message waits for its file, then leaves by itself.
    held = []
    page.unroute("**/fichiers/envoyer/")
    page.route("**/fichiers/envoyer/", lambda route: held.append(route))
    page.get_by_role("button", name="Réessayer").click()
    field.press("Enter")
    expect(page.get_by_text("Le message partira dès que ses fichiers seront arrivés.")).to_be_visible()
    expect(field).to_have_value("Avec la photo")
    (upload,) = held
    upload.continue_()
    said = page.locator(".ligne-salon[data-numero]", has_text="Avec la photo")
    expect(said.get_by_role("img", name="Image sans description : quai.webp")).to_be_visible()
    expect(field).to_have_value("")
