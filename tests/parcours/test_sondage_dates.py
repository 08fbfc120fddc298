"""A date is looked for: who asks, two who answer, one of them on a phone, and the meeting that comes of it."""

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.test_axe import faults

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def picture(page: Page, name: str) -> None:
    """With CAPTURES_DATES=folder, keep what the page looks like, in both themes."""
    folder = os.environ.get("CAPTURES_DATES")
    if folder:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


def say(page: Page, *answers: str) -> None:
    """Answer for each slot in turn, and send it."""
    for place, answer in enumerate(answers):
        page.locator(".creneaux__choix").nth(place).get_by_text(answer, exact=True).click()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Votre réponse est enregistrée.")).to_be_visible()


def test_a_date_is_found(sign_in: Callable[..., Page]) -> None:
    aminata, nadia = sign_in("Aminata Sarr"), sign_in("Nadia Ferhat")
    gaelle = sign_in("Gaëlle Estaque", "telephone")
    aminata.goto(f"{C}reunions/")
    aminata.get_by_role("link", name=re.compile("Quand se voit-on")).click()
    aminata.get_by_label("Objet de la réunion").fill("Préparer la tournée d’hiver")
    day = date.today() + timedelta(days=20)
    for place, (days, hour) in enumerate([(0, "10:00"), (1, "14:30"), (2, "09:00")]):
        aminata.locator(f"[name=creneaux-{place}-date]").fill((day + timedelta(days=days)).isoformat())
        aminata.locator(f"[name=creneaux-{place}-heure]").fill(hour)
    picture(aminata, "proposer")
    aminata.get_by_role("button", name="Proposer ces créneaux").click()
    aminata.wait_for_url(re.compile(r"/reunions/dates/\d+/"))
    address = re.search(r"/reunions/dates/\d+/", aminata.url)[0]
    for page in (nadia, gaelle):
        page.goto(address)
    say(nadia, "Non", "Oui", "Si nécessaire")
    picture(gaelle, "repondre-telephone")
    say(gaelle, "Oui", "Oui", "Non")
    picture(gaelle, "reponses-telephone")
    assert faults(gaelle) == []
    # The page that was open hears of it, and changes when she asks.
    expect(aminata.get_by_text("Une nouvelle réponse est arrivée.")).to_be_visible()
    aminata.get_by_role("link", name="Actualiser la page").click()
    best = aminata.locator(".creneaux__creneau", has_text="Convient le mieux")
    expect(best).to_have_count(1)
    expect(best).to_contain_text("14 h 30")
    expect(aminata.get_by_role("row", name=re.compile("Nadia Ferhat"))).to_contain_text("Si nécessaire")
    picture(aminata, "reponses")
    assert faults(aminata) == []
    best.get_by_role("button", name=re.compile("Retenir")).click()
    aminata.wait_for_url(re.compile(r"/reunions/\d+/$"))
    expect(aminata.get_by_role("heading", name="Préparer la tournée d’hiver")).to_be_visible()
    nadia.reload()
    nadia.get_by_role("link", name="Voir la réunion").click()
    expect(nadia.get_by_role("heading", name="Préparer la tournée d’hiver")).to_be_visible()
