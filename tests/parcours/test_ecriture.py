"""Writing in a real browser: on a phone with the line cut, from one device to the other, a large picture, names."""

import base64
import io
import os
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.parcours.conftest import Site
from tests.parcours.test_axe import faults

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"
# Puts a picture on the clipboard's event, as a paste does.
PASTE = """([area, text]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], "capture.png", { type: "image/png" }));
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def open_sujet(page: Page, rank: int = 0) -> str:
    page.goto(f"{C}forum/?genre=question")
    where = str(page.locator("main a[href^='/sujets/']").nth(rank).get_attribute("href"))
    page.goto(where)
    page.locator(".barre-outils").wait_for()
    return where


def test_nothing_is_lost_when_the_line_is_cut_on_a_phone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Nadia Ferhat", "telephone")
    open_sujet(page)
    text = page.locator("textarea[name=texte]")
    text.fill("Écrit dans le train,")
    expect(page.get_by_text("Brouillon enregistré à")).to_be_visible()
    page.context.set_offline(True)
    text.press_sequentially(" sous un tunnel.")
    expect(page.get_by_text("Hors connexion : brouillon gardé sur cet appareil")).to_be_visible()
    publish = page.get_by_role("button", name="Publier ma réponse")
    # The button is in reach of the thumb while one writes.
    assert publish.bounding_box()["y"] < 844 - 40
    publish.click()
    expect(page.get_by_text("votre message partira dès le retour du réseau")).to_be_visible()
    page.context.set_offline(False)
    published = page.locator(".message__texte").get_by_text("Écrit dans le train, sous un tunnel.")
    expect(published).to_have_count(1)
    expect(page.locator("textarea[name=texte]")).to_have_value("")
    page.reload()
    expect(page.locator("textarea[name=texte]")).to_have_value("")
    page.goto("/forum/brouillons/")
    expect(page.get_by_text("Écrit dans le train")).to_have_count(0)


@pytest.mark.long
def test_a_draft_goes_from_one_device_to_the_other(sign_in: Callable[..., Page]) -> None:
    office, train = sign_in("Nadia Ferhat"), sign_in("Nadia Ferhat", "telephone")
    where = open_sujet(office, 1)
    office.locator("textarea[name=texte]").fill("Commencé au bureau")
    expect(office.get_by_text("Brouillon enregistré à")).to_be_visible()
    train.goto("/forum/brouillons/")
    train.get_by_role("link", name=re.compile("Réponse à")).first.click()
    text = train.locator("textarea[name=texte]")
    expect(text).to_have_value("Commencé au bureau")
    text.fill("Commencé au bureau, continué dans le train")
    expect(train.get_by_text("Brouillon enregistré à")).to_be_visible()
    train.wait_for_timeout(2000)
    # The office did not see it: it is told, and chooses.
    office.locator("textarea[name=texte]").press_sequentially(" !")
    office.get_by_role("button", name="Le reprendre").click()
    expect(office.locator("textarea[name=texte]")).to_have_value("Commencé au bureau, continué dans le train")
    # A crash: the tab goes without a word, the text is there again.
    office.locator("textarea[name=texte]").press_sequentially(", fini")
    office.goto("about:blank")
    office.goto(where)
    expect(office.locator("textarea[name=texte]")).to_have_value(
        "Commencé au bureau, continué dans le train, fini"
    )
    # The session ends: it says so, and the text is sent once it is open again.
    office.context.clear_cookies()
    # Where the caret stands depends on which of the server and the page brought the draft back.
    office.locator("textarea[name=texte]").press("Control+End")
    office.locator("textarea[name=texte]").press_sequentially(" vraiment")
    expect(office.get_by_text("Votre session s’est fermée")).to_be_visible()
    office.goto("/compte/login/")
    office.get_by_role("button", name=re.compile("Nadia Ferhat")).click()
    office.goto(where)
    expect(office.locator("textarea[name=texte]")).to_have_value(re.compile("fini vraiment"))
    office.get_by_role("button", name="Publier ma réponse").click()
    expect(office.locator(".message__texte").get_by_text("fini vraiment")).to_have_count(1)
    train.reload()
    expect(train.locator("textarea[name=texte]")).to_have_value("")


def test_tools_names_pictures_and_quotes_with_the_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Nadia Ferhat")
    open_sujet(page, 2)
    text = page.locator("textarea[name=texte]")
    text.click()
    page.keyboard.type("Voir @gael")
    option = page.get_by_role("option", name=re.compile("Gaëlle Estaque"))
    expect(option).to_have_attribute("aria-selected", "true")
    assert text.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Voir @gaelle-estaque ")
    # Tab goes on its way, even with the list open.
    page.keyboard.type("@ga")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()

    # A list goes on by itself; a tool is undone as what is typed is.
    text.fill("")
    page.keyboard.type("- [ ] un")
    page.keyboard.press("Enter")
    page.keyboard.type("deux")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+z")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(text).to_have_value("- [ ] un\n- [ ] deux\n")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Gras")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italique")).to_be_focused()

    # A picture of 5 MB, pasted.
    out = io.BytesIO()
    Image.frombytes("RGB", (1400, 1250), os.urandom(1400 * 1250 * 3)).save(out, "PNG", compress_level=0)
    assert out.tell() > 5_000_000
    handle = text.element_handle()
    page.evaluate(PASTE, [handle, base64.b64encode(out.getvalue()).decode()])
    page.get_by_label("Décrivez l’image").fill("Le fossé en crue")
    page.keyboard.press("Enter")
    expect(text).to_have_value(re.compile(r"!\[Le fossé en crue\]\(/pieces/"))
    page.keyboard.press("Control+Shift+P")
    picture = page.locator(".editeur__apercu img")
    expect(picture).to_have_js_property("naturalWidth", 1400)
    assert faults(page) == []
    page.get_by_role("button", name="Côte à côte").click()
    assert faults(page) == []

    # What is selected in a message is quoted in the answer.
    quoted = page.locator(".message__texte").first
    quoted.evaluate("text => getSelection().selectAllChildren(text.querySelector('p'))")
    page.get_by_role("button", name="Citer la sélection").click()
    expect(text).to_have_value(re.compile(r"> \[.+ a écrit\]\(/messages/\d+/\) :"))
    text.press("Control+Enter")
    answer = page.locator(".message__texte").last
    expect(answer.locator("blockquote")).to_be_visible()
    expect(answer.get_by_role("img", name="Le fossé en crue")).to_be_visible()


DROP = """([area, text]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  data.items.add(new File([bytes], "mesures.png", { type: "image/png" }));
  area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_each_part_of_a_retour_is_written_with_the_whole_editor(
    sign_in: Callable[..., Page], size: str
) -> None:
    page = sign_in("Nadia Ferhat", size)
    page.goto(f"{C}forum/nouveau/?genre=retour")
    parts = ("Contexte", "Démarche", "Résultats", "Limites", "Documents", "Contacts")
    bars = [page.get_by_role("toolbar", name=f"Mise en forme : {part}") for part in parts]
    for bar in bars:
        expect(bar).to_be_visible()
    context, steps, results = (
        page.locator(f"textarea[name={name}]") for name in ("contexte", "demarche", "resultats")
    )
    page.get_by_label("Titre").fill(f"Contrôles croisés, vus du {size}")
    # The tools of a part write in that part, whichever was written in before.
    context.fill("Un été sec")
    steps.fill("À deux")
    context.evaluate("(area) => area.select()")
    bars[0].get_by_role("button", name="Gras").click()
    expect(context).to_have_value("**Un été sec**")
    expect(steps).to_have_value("À deux")
    steps.press("ControlOrMeta+a")
    steps.press("ControlOrMeta+i")
    expect(steps).to_have_value("*À deux*")
    # A heading stands under that of its part.
    steps.press("End")
    steps.press("Enter")
    bars[1].get_by_role("button", name="Titre").click()
    expect(steps).to_have_value(re.compile("### Titre"))
    # Notes are numbered through the whole message that the parts make.
    context.press("End")
    bars[0].get_by_role("button", name="Note de bas de page").click()
    expect(context).to_have_value(re.compile(r"\[\^1\]: "))
    results.fill("Moins d’écarts")
    bars[2].get_by_role("button", name="Note de bas de page").click()
    expect(results).to_have_value(re.compile(r"\[\^2\]: "))
    # A picture dropped, another pasted, each where it was put.
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), (40, 90, 160)).save(picture, "PNG")
    data = base64.b64encode(picture.getvalue()).decode()
    page.evaluate(DROP, [results.element_handle(), data])
    expect(results).to_have_value(re.compile(r"!\[mesures\]\(/pieces/"))
    page.evaluate(PASTE, [steps.element_handle(), data])
    expect(steps).to_have_value(re.compile(r"!\[capture\]\(/pieces/"))
    expect(context).not_to_have_value(re.compile("pieces"))
    # Names, in any of them.
    contacts = page.locator("textarea[name=contacts]")
    contacts.press_sequentially("@gael")
    page.get_by_role("option", name=re.compile("Gaëlle Estaque")).click()
    expect(contacts).to_have_value(re.compile("@gaelle-estaque"))
    assert faults(page) == []
    page.get_by_role("button", name="Publier", exact=True).click()
    text = page.locator(".message__texte").first
    expect(text.locator("h3, h4").filter(has_text="Contexte")).to_be_visible()
    expect(text.locator("img")).to_have_count(2)
    expect(text.get_by_role("link", name="@Gaëlle Estaque")).to_be_visible()
    expect(text.locator(".texte-notes li")).to_have_count(2)


def test_without_script_files_of_a_retour_are_asked_for_once(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto("/compte/login/")
    page.get_by_role("button", name=re.compile("Nadia Ferhat")).click()
    page.goto(f"{C}forum/nouveau/?genre=retour")
    expect(page.locator("input[type=file]")).to_have_count(1)
    expect(page.locator("textarea")).to_have_count(6)
    context.close()


def test_what_is_typed_while_the_editor_comes_goes_on(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Nadia Ferhat")
    held: list[Route] = []
    page.route(re.compile(r"editeur/editeur"), lambda route: held.append(route))
    page.goto(f"{C}forum/nouveau/?genre=discussion", wait_until="commit")
    area = page.locator("textarea[name=texte]")
    area.press_sequentially("Avant, ")
    assert held
    held[0].continue_()
    expect(page.get_by_role("toolbar", name="Mise en forme")).to_be_visible()
    page.keyboard.type("puis après.")
    expect(area).to_have_value("Avant, puis après.")
