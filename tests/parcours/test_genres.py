"""Asking with what may spare asking, and voting live between two people, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.navigateur
TITRES = {"bureau": "Busage d'un ruisseau en montagne", "telephone": "Busage d'un ruisseau près de Foix"}
C = "/communautes/police-de-l-eau/"


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_asking_shows_what_is_close_and_who_knows(sign_in: Callable[..., Page], size: str) -> None:
    page = sign_in("Nadia Ferhat", size)
    page.goto(f"{C}forum/nouveau/")
    # A title kept from one kind to another.
    page.get_by_role("link", name=re.compile("^Discussion")).click()
    page.wait_for_url(re.compile("genre=discussion"))
    page.get_by_label("Titre").fill(TITRES[size])
    page.get_by_role("link", name=re.compile("^Question")).click()
    page.wait_for_url(re.compile("genre=question"))
    expect(page.get_by_label("Titre")).to_have_value(re.compile("Busage d'un ruisseau"))
    page.get_by_label("Titre").press("End")
    page.get_by_label("Titre").press_sequentially(" ?")
    close = page.locator("#similaires")
    expect(close.get_by_role("link", name=re.compile("Busage d'un ruisseau")).first).to_be_visible()
    expect(close.get_by_text("Résolu").first).to_be_visible()
    page.get_by_label("Message").fill("Le cas est pressant.")
    page.locator(".expertises__autres summary").press("Enter")
    page.get_by_label("Chercher une expertise, un sigle").fill("detr")
    expect(
        page.locator(".expertises__autres label:visible").filter(has_text=re.compile("DETR|quipement"))
    ).not_to_have_count(0)
    page.get_by_label("Chercher une expertise, un sigle").fill("zzzz")
    expect(page.get_by_text("Aucune expertise ne correspond.")).to_be_visible()
    page.get_by_text("Cours d'eau et hydromorphologie", exact=True).first.click()
    button = page.get_by_role("button", name="Mentionner Gaëlle Estaque")
    expect(button).to_be_visible()
    button.click()
    expect(page.get_by_label("Message")).to_have_value(re.compile("@gaelle-estaque"))
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile(re.escape(TITRES[size])))).to_be_visible()
    expect(
        page.locator(".message__texte").get_by_role("link", name=re.compile("Gaëlle Estaque"))
    ).to_be_visible()


def test_two_people_vote_live(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque", "telephone")
    nadia.goto(f"{C}forum/nouveau/?genre=sondage")
    nadia.get_by_label("Titre").fill("Où tenir la prochaine réunion ?")
    nadia.get_by_label("Message").fill("Deux lieux possibles.")
    nadia.get_by_label("Choix proposés").fill("Mende\nFoix")
    nadia.get_by_role("button", name="Publier", exact=True).click()
    expect(nadia.get_by_role("heading", name=re.compile("Où tenir"))).to_be_visible()
    gaelle.goto(nadia.url)
    nadia.get_by_text("Mende", exact=True).click()
    nadia.get_by_role("button", name="Voter").click()
    expect(nadia.get_by_text("Votre vote est compté.")).to_be_visible()
    # What one is choosing stays chosen while the figures move.
    gaelle.get_by_text("Foix", exact=True).click()
    expect(gaelle.get_by_text(re.compile(r"1\svotant"))).to_be_visible()
    expect(gaelle.get_by_label("Foix")).to_be_checked()
    gaelle.get_by_role("button", name="Voter").click()
    for page in (nadia, gaelle):
        expect(page.get_by_text(re.compile(r"2\svotants"))).to_be_visible()
        expect(page.get_by_role("row", name=re.compile("Foix"))).to_contain_text(re.compile(r"50\s%"))
    gaelle.once("dialog", lambda dialog: dialog.accept())
    gaelle.get_by_role("button", name="Clore le sondage maintenant").click()
    for page in (nadia, gaelle):
        expect(page.get_by_text(re.compile("Sondage clos"))).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Voter|nouveau vote"))).to_have_count(0)
