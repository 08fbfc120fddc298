"""The path for which the platform exists: two agents, two browsers."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.databases import ROOT
from tests.parcours.calme import settle
from tests.parcours.conftest import Site

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def picture(page: Page, name: str) -> None:
    """With CAPTURES=1, keep what the page looks like for the README."""
    if os.environ.get("CAPTURES"):
        folder = ROOT / "docs" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


def salon_of(page: Page) -> str:
    page.goto(C)
    tabs = page.get_by_role("navigation", name="Dans cette communauté")
    return str(tabs.get_by_role("link", name="Salon").get_attribute("href"))


def line_of(page: Page, text: str) -> Locator:
    """The message in the salon's history, not in the live region that reads it aloud."""
    return page.locator(".ligne-salon__texte").get_by_text(text, exact=True)


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_ask_answer_chat_find_share(sign_in: Callable[..., Page], tmp_path: Path, size: str) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat", size), sign_in("Gaëlle Estaque", size)
    picture(nadia, "accueil") if size == "bureau" else None
    nadia.goto(f"{C}forum/?genre=question")
    nadia.get_by_role("listitem").filter(has_text="dont une retenue").get_by_role("link").first.click()
    expect(nadia.get_by_text("Réponse retenue").first).to_be_visible()
    picture(nadia, "sujet") if size == "bureau" else None

    # Nadia asks, with a look at the preview.
    nadia.goto(f"{C}forum/nouveau/")
    title = f"Busage de soixante mètres, sur {size} : déclaration ou autorisation ?"
    nadia.get_by_label("Titre", exact=False).fill(title)
    text = nadia.locator("textarea[name=texte]")
    text.fill("Le ruisseau est **classé**. Qui a déjà instruit ce cas ?")
    nadia.get_by_role("button", name=re.compile("Aperçu")).click()
    expect(nadia.locator(".editeur__apercu strong")).to_have_text("classé")
    nadia.get_by_role("button", name=re.compile("Publier|Poser")).click()
    expect(nadia.get_by_role("heading", level=1, name=title)).to_be_visible()
    where = re.match(r".*(/sujets/\d+/)", nadia.url)[1]

    # Gaëlle answers; Nadia sees it without reloading.
    gaelle.goto(where)
    gaelle.locator("textarea[name=texte]").fill("Oui, à Foix en 2024 : voir l’arrêté. @nadia-ferhat")
    gaelle.get_by_role("button", name=re.compile("Publier|Répondre")).last.click()
    arrived = nadia.get_by_text("Oui, à Foix en 2024")
    button = nadia.get_by_role("button", name=re.compile("nouvelle réponse"))
    expect(arrived.or_(button).first).to_be_visible()
    if button.count() and button.is_visible():
        button.click()
    expect(arrived).to_be_visible()

    # Both are in the salon.
    salon = salon_of(nadia)
    nadia.goto(salon)
    gaelle.goto(salon)
    nadia.locator("textarea[name=texte]").fill(f"Bonjour Foix, depuis un {size}")
    nadia.keyboard.press("Enter")
    expect(line_of(gaelle, f"Bonjour Foix, depuis un {size}")).to_be_visible()
    gaelle.locator("textarea[name=texte]").fill(f"Bonjour Mende, reçu sur {size}")
    gaelle.keyboard.press("Enter")
    expect(line_of(nadia, f"Bonjour Mende, reçu sur {size}")).to_be_visible()

    # Nadia finds Gaëlle by what she knows.
    nadia.goto("/annuaire/")
    nadia.get_by_role("searchbox", name="Décrivez votre besoin").fill("dossier loi sur l'eau Ariège")
    nadia.keyboard.press("Enter")
    expect(nadia.get_by_role("link", name="Gaëlle Estaque", exact=True)).to_be_visible()
    picture(nadia, "annuaire") if size == "bureau" else None

    # Gaëlle shares a file, Nadia downloads it.
    file = tmp_path / f"arrete-{size}.txt"
    file.write_text("Arrêté du 3 mars 2024\n")
    gaelle.goto(f"{C}documents/deposer/")
    gaelle.locator("input[type=file]").set_input_files(file)
    gaelle.get_by_role("button", name=re.compile("Partager|Déposer")).first.click()
    expect(gaelle.get_by_text(file.name).first).to_be_visible()
    nadia.goto(f"{C}documents/")
    with nadia.expect_download() as download:
        nadia.get_by_role("link", name=re.compile(re.escape(file.name))).first.click()
    assert Path(download.value.path()).read_text() == "Arrêté du 3 mars 2024\n"

    # What was told: the answer and the mention are one notification. What Nadia saw arrive may not have been told
    # at all, hence a second one, while she is elsewhere.
    gaelle.goto(where)
    gaelle.locator("textarea[name=texte]").fill(f"L’arrêté est partagé, @nadia-ferhat : {file.name}")
    gaelle.get_by_role("button", name=re.compile("Publier|Répondre")).last.click()
    expect(gaelle.get_by_text("L’arrêté est partagé").first).to_be_visible()
    told = nadia.get_by_text(f"Gaëlle Estaque vous cite dans « {title} »")
    for _ in range(20):  # the worker tells in its own time
        nadia.goto("/notifications/")
        if told.count():
            break
        nadia.wait_for_timeout(500)
    expect(told.first).to_be_visible()


@pytest.mark.long
def test_killing_the_server_loses_and_doubles_nothing(site: Site, sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque")
    salon = salon_of(nadia)
    nadia.goto(salon)
    gaelle.goto(salon)
    box = nadia.locator("textarea[name=texte]")
    for number in range(1, 4):
        box.fill(f"avant la coupure {number}")
        nadia.keyboard.press("Enter")
    expect(line_of(gaelle, "avant la coupure 3")).to_be_visible()
    site.kill_web()
    try:
        for number in range(1, 4):
            box.fill(f"pendant la coupure {number}")
            nadia.keyboard.press("Enter")
        expect(nadia.get_by_text("Connexion perdue").first).to_be_visible()
    finally:
        site.start_web()
    expect(line_of(gaelle, "pendant la coupure 3")).to_be_visible(timeout=40_000)
    gaelle.reload()
    for number in range(1, 4):
        expect(line_of(gaelle, f"avant la coupure {number}")).to_have_count(1)
        expect(line_of(gaelle, f"pendant la coupure {number}")).to_have_count(1)


def test_first_page_is_light(
    sign_in: Callable[..., Page], site: Site, open_context: Callable[..., object]
) -> None:
    """Bytes on the wire: a first page under 300 kB, a next one under 60 kB."""
    page = open_context().new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/compte/login/")
    settle(page)
    first = sum(sizes)
    page.get_by_role("button", name=re.compile("Nadia Ferhat")).click()
    settle(page)
    sizes.clear()
    page.goto(f"{C}forum/")
    settle(page)
    print(f"first page {first / 1000:.0f} kB, next page {sum(sizes) / 1000:.0f} kB")
    assert first < 300_000
    assert sum(sizes) < 60_000


def test_without_network_our_page_then_what_was_asked_for(sign_in: Callable[..., Page], site: Site) -> None:
    page = sign_in("Nadia Ferhat")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto(f"{C}forum/")
    expect(page.get_by_role("heading", name="Le site ne répond pas")).to_be_visible()
    assert page.locator(".fr-btn").evaluate("e => getComputedStyle(e).display") == "inline-flex"
    page.context.set_offline(False)
    page.get_by_role("link", name="Réessayer").click()
    expect(page.get_by_role("heading", name="Forum")).to_be_visible()
    # The server away, the network there: the same page.
    site.kill_web()
    try:
        page.goto(f"{C}membres/")
        expect(page.get_by_role("heading", name="Le site ne répond pas")).to_be_visible()
    finally:
        site.start_web()
    page.get_by_role("link", name="Réessayer").click()
    expect(page.get_by_role("heading", name="Membres", exact=False).first).to_be_visible()
