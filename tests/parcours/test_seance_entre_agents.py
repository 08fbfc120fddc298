"""A meeting between two agents, of no community: everything that a community's has, and nothing that others see."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.conftest import SIZES
from tests.parcours.test_axe import faults, look_everywhere
from tests.parcours.test_seances import picture

pytestmark = pytest.mark.navigateur


def test_two_agents_meet(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque", "telephone")
    start = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(minutes=10)
    nadia.goto("/reunions/planifier/")
    nadia.locator("[name=titre]").fill("Préparer la tournée")
    nadia.locator("[name=date]").fill(start.strftime("%Y-%m-%d"))
    nadia.locator("[name=heure]").fill(start.strftime("%H:%M"))
    nadia.locator("#id_personnes-recherche").press_sequentially("Gaëlle Est")
    nadia.get_by_role("option", name=re.compile("Gaëlle Estaque")).first.click()
    for rank, title in enumerate(["Secteurs", "Véhicules"]):
        nadia.locator(f"[name=points-{rank}-titre]").fill(title)
    nadia.get_by_role("button", name="Planifier la réunion").click()
    nadia.wait_for_url(re.compile(r"/reunions/\d+/$"))
    seance = re.search(r"/reunions/\d+/", nadia.url)[0] + "seance/"
    # It is prepared with a file, for one point.
    nadia.get_by_role("link", name="Joindre un fichier").click()
    nadia.get_by_label("Fichier").set_input_files(
        {"name": "tournee.txt", "mimeType": "text/plain", "buffer": "Tarn, Lot, Truyère".encode()}
    )
    nadia.get_by_label("Pour").select_option(label="Secteurs")
    nadia.get_by_role("button", name="Joindre le fichier").click()
    expect(nadia.get_by_text("Le fichier est joint.")).to_be_visible()
    assert look_everywhere(nadia) == []
    nadia.set_viewport_size(SIZES["bureau"])
    for page in (nadia, gaelle):
        page.goto(seance)
    nadia.get_by_role("button", name="Ouvrir la réunion").click()
    for page in (nadia, gaelle):
        page.wait_for_function("() => document.querySelector('#id_texte')?.style.height")
        expect(page.get_by_role("heading", name="Secteurs")).to_be_visible()
    with gaelle.expect_download() as download:
        gaelle.get_by_role("link", name="tournee.txt").click()
    assert download.value.suggested_filename == "tournee.txt"

    # The chat: both ways, each line under the point it is about.
    for page, line in ((nadia, "Qui prend la vallée du Tarn ?"), (gaelle, "Moi, mardi.")):
        page.locator("#id_texte").fill(line)
        page.locator("#id_texte").press("Enter")
    for page in (nadia, gaelle):
        expect(page.locator("#salon [data-role=lignes]")).to_contain_text("Qui prend la vallée du Tarn ?")
        expect(page.locator("#salon [data-role=lignes]")).to_contain_text("Moi, mardi.")
    nadia.get_by_role("button", name="Point suivant").click()
    expect(gaelle.get_by_role("heading", name="Véhicules")).to_be_visible()
    expect(gaelle.locator(".seance__intertitre").last).to_have_text("Véhicules")

    # The floor, and a call for help.
    gaelle.get_by_role("button", name="Lever la main").click()
    nadia.get_by_role("button", name=re.compile("Donner la parole à Gaëlle")).click()
    gaelle.get_by_role("button", name="J’ai terminé").click()
    expect(nadia.locator(".seance__orateur")).to_have_count(0)
    gaelle.get_by_role("button", name=re.compile("je n’entends rien")).click()
    nadia.get_by_label(re.compile("Réponse à Gaëlle")).fill("Nous changeons de micro.")
    nadia.get_by_role("button", name="Répondre").click()
    expect(gaelle.locator(".fr-message", has_text="Nous changeons de micro.")).to_be_visible()

    # Notes, a decision that stays between them, an action.
    gaelle.get_by_role("button", name="Prendre des notes").click()
    gaelle.locator("textarea[data-brouillon]").fill("Un seul véhicule mardi.")
    gaelle.get_by_role("button", name="Enregistrer et rendre la plume").click()
    expect(nadia.locator("#notes")).to_contain_text("Un seul véhicule mardi.")
    gaelle.get_by_text("Noter une décision").click()
    gaelle.get_by_label("Ce qui est décidé").fill("La tournée a lieu mardi et jeudi.")
    gaelle.get_by_role("button", name="Noter la décision").click()
    nadia.get_by_role("button", name="Confirmer").click()
    expect(gaelle.locator("#suites .seance__marque").first).to_have_text("Décision")
    expect(nadia.get_by_role("button", name="Confirmer")).to_have_count(0)
    nadia.get_by_text("Noter une action").click()
    nadia.get_by_label("Ce qu’il y a à faire").fill("Réserver le véhicule")
    nadia.get_by_label("Responsable").fill("Gaëlle Estaque")
    nadia.get_by_role("button", name="Noter l’action").click()
    nadia.get_by_role("button", name="Confirmer").click()
    expect(gaelle.locator("#suites").get_by_role("link", name="Action")).to_be_visible()

    # A vote of two.
    nadia.get_by_role("link", name="Mettre une question aux voix").click()
    nadia.get_by_label("Question mise aux voix").fill("Partir à huit heures ?")
    nadia.get_by_role("button", name="Ouvrir le vote maintenant").click()
    for page in (nadia, gaelle):
        card = page.locator(".vote", has_text="Partir à huit heures ?")
        card.get_by_label("Pour").check()
        card.get_by_role("button", name="Voter").click()
        expect(card.get_by_text("Vous avez voté")).to_be_visible()
    nadia.get_by_role("button", name="Clore le vote").click()
    pour = gaelle.locator(".vote").get_by_role("row", name=re.compile("Pour"))
    expect(pour).to_contain_text("2")
    picture(nadia, "entre-agents-bureau")
    picture(gaelle, "entre-agents-telephone")
    assert faults(nadia) == []
    assert faults(gaelle) == []
    assert gaelle.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    # After: it is read again with the minutes; the settings say what it is.
    nadia.get_by_text("Terminer la réunion").click()
    nadia.get_by_role("button", name="Terminer pour tout le monde").click()
    expect(gaelle.get_by_role("heading", name="La réunion est terminée")).to_be_visible()
    expect(nadia.locator("#suites")).to_contain_text("La tournée a lieu mardi et jeudi.")
    gaelle.get_by_role("link", name="Lire le compte rendu").click()
    gaelle.get_by_role("link", name="Relire la discussion").click()
    expect(gaelle.get_by_text("Qui prend la vallée du Tarn ?")).to_be_visible()
    gaelle.get_by_role("link", name="Personnes et réglages").click()
    expect(gaelle.get_by_text("La discussion d’une réunion entre agents")).to_be_visible()
    picture(gaelle, "entre-agents-reglages")
    assert faults(gaelle) == []
