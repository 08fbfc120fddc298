"""One sees that somebody is writing, in a salon and in a sujet: the line comes, goes, and moves nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.parcours.calme import settle
from tests.parcours.test_axe import look
from tests.parcours.test_deux_agents import C, line_of, salon_of

pytestmark = pytest.mark.navigateur

# The line goes 6 s after the last word; a server that is busy may need a little more.
GONE = 12_000


def writing(page: Page) -> Locator:
    return page.locator(".ecriture")


def type_text(page: Page, text: str) -> None:
    page.locator("textarea[name=texte]").press_sequentially(text, delay=20)


def top_of(page: Page) -> float:
    """Where the form stands."""
    return float(page.locator("textarea[name=texte]").evaluate("e => e.getBoundingClientRect().top"))


@pytest.mark.parametrize("size", ["bureau", "telephone"])
@pytest.mark.long
def test_in_a_salon(sign_in: Callable[..., Page], size: str) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat", size), sign_in("Gaëlle Estaque", size)
    salon = salon_of(nadia)
    for page in (nadia, gaelle):
        page.goto(salon)
        expect(page.locator(".salon__presents-court")).to_have_text(re.compile("présente"))
    before = top_of(nadia)
    type_text(gaelle, "Je regarde l’arrêté")
    expect(writing(nadia)).to_have_text("Gaëlle Estaque écrit…")
    assert top_of(nadia) == before
    assert look(nadia) == []
    # It is not said to screen readers by itself: what arrives is.
    assert writing(nadia).evaluate("e => !e.closest('[aria-live], [role=status], [role=log]')")
    # Nobody sees themselves.
    expect(writing(gaelle)).to_have_text("")
    # Silence makes it vanish; so does a message, at once.
    if size == "bureau":
        expect(writing(nadia)).to_have_text("", timeout=GONE)
        assert top_of(nadia) == before
    type_text(gaelle, f" de 2024, sur {size}")
    expect(writing(nadia)).to_have_text("Gaëlle Estaque écrit…")
    gaelle.keyboard.press("Enter")
    expect(line_of(nadia, f"Je regarde l’arrêté de 2024, sur {size}")).to_be_visible()
    assert writing(nadia).text_content() == ""
    # Erased before it is sent.
    gaelle.wait_for_timeout(2600)
    type_text(gaelle, "Euh")
    expect(writing(nadia)).to_have_text("Gaëlle Estaque écrit…")
    gaelle.locator("textarea[name=texte]").fill("")
    expect(writing(nadia)).to_have_text("", timeout=4000)


def test_several_people_in_a_sujet(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle, aminata = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque"), sign_in("Aminata Sarr")
    nadia.goto(f"{C}forum/?genre=question")
    where = str(nadia.locator("main a[href^='/sujets/']").first.get_attribute("href")).split("#")[0]
    for page in (nadia, gaelle, aminata):
        page.goto(where)
        settle(page)
    before = top_of(nadia)
    type_text(gaelle, "J’ai le même cas")
    expect(writing(nadia)).to_have_text("Gaëlle Estaque écrit…")
    type_text(aminata, "Moi aussi")
    expect(writing(nadia)).to_have_text("Aminata Sarr et Gaëlle Estaque écrivent…")
    expect(writing(gaelle)).to_have_text("Aminata Sarr écrit…")
    assert top_of(nadia) == before
    assert look(nadia) == []
    expect(writing(nadia)).to_have_text("", timeout=GONE)
    # Published: the line goes with the message's arrival.
    type_text(gaelle, " dans le Tarn")
    expect(writing(nadia)).to_have_text("Gaëlle Estaque écrit…")
    gaelle.get_by_role("button", name=re.compile("Publier")).last.click()
    expect(
        nadia.get_by_text("J’ai le même cas dans le Tarn").or_(nadia.locator("#nouveaux button")).first
    ).to_be_visible()
    assert writing(nadia).text_content() == ""


def test_whoever_would_rather_not(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque")
    gaelle.goto("/annuaire/moi/modifier/contact/")
    gaelle.get_by_label("Montrer que j’écris").uncheck(force=True)
    gaelle.get_by_role("button", name="Enregistrer").click()
    expect(gaelle.get_by_text("Votre profil est à jour.")).to_be_visible()
    try:
        salon = salon_of(nadia)
        sent: list[str] = []
        # A line of the page's own, which can be listened to: that of a shared worker cannot.
        gaelle.add_init_script("delete globalThis.SharedWorker;")
        gaelle.on("websocket", lambda line: line.on("framesent", lambda payload: sent.append(str(payload))))
        for page in (nadia, gaelle):
            page.goto(salon)
            expect(page.locator(".salon__presents-court")).to_have_text(re.compile("présente"))
        type_text(gaelle, "Sans bruit")
        type_text(nadia, "Bonjour")
        expect(writing(gaelle)).to_have_text("Nadia Ferhat écrit…")
        assert writing(nadia).text_content() == ""
        assert sent and not any('"ecrit"' in frame for frame in sent)
    finally:
        gaelle.goto("/annuaire/moi/modifier/contact/")
        gaelle.get_by_label("Montrer que j’écris").check(force=True)
        gaelle.get_by_role("button", name="Enregistrer").click()
        expect(gaelle.get_by_text("Votre profil est à jour.")).to_be_visible()


def test_who_is_suspended_still_reads_live(sign_in: Callable[..., Page]) -> None:
    """Their page of the salon has no form: what is said, and who writes, comes all the same."""
    aminata, nadia = sign_in("Aminata Sarr"), sign_in("Nadia Ferhat")
    salon = salon_of(nadia)
    file = f"{C}moderation/membres/nadia-ferhat/"
    aminata.goto(file)
    aminata.get_by_label("Motif").fill("Ton blessant, malgré deux rappels.")
    aminata.get_by_role("button", name="Suspendre").click()
    try:
        for page in (nadia, aminata):
            page.goto(salon)
        expect(nadia.locator("textarea[name=texte]")).to_have_count(0)
        expect(nadia.locator(".salon__presents-court")).to_have_text("2 personnes présentes")
        type_text(aminata, "La réunion est avancée")
        expect(writing(nadia)).to_have_text("Aminata Sarr écrit…")
        aminata.keyboard.press("Enter")
        expect(line_of(nadia, "La réunion est avancée")).to_be_visible()
    finally:
        aminata.goto(file)
        aminata.get_by_role("button", name="Lever la suspension").click()
        expect(aminata.get_by_role("button", name="Lever la suspension")).to_have_count(0)
