"""A whole meeting, three people: who runs it, its secretary, and somebody on a phone whose line is cut in the middle."""

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.conftest import Site
from tests.parcours.test_axe import faults

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def picture(page: Page, name: str) -> None:
    """With CAPTURES_SEANCES=folder, keep what the page looks like, in both themes."""
    folder = os.environ.get("CAPTURES_SEANCES")
    if folder:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


def plan(page: Page) -> str:
    """Plan a meeting that begins in ten minutes, as the page does; its address."""
    start = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(minutes=10)
    page.goto(f"{C}reunions/planifier/")
    page.locator("[name=titre]").fill("Coordination de la semaine")
    page.locator("[name=date]").fill(start.strftime("%Y-%m-%d"))
    page.locator("[name=heure]").fill(start.strftime("%H:%M"))
    secretary = page.locator("#id_secretaire-recherche")
    secretary.press_sequentially("Nadia Fer")
    page.get_by_role("option", name=re.compile("Nadia Ferhat")).first.click()
    for rank, (title, minutes) in enumerate([("Retour sur la crue", "5"), ("Seuils de busage", "10")]):
        page.locator(f"[name=points-{rank}-titre]").fill(title)
        page.locator(f"[name=points-{rank}-minutes]").fill(minutes)
    page.get_by_role("button", name=re.compile("Planifier")).first.click()
    page.wait_for_url(re.compile(r"/reunions/\d+/"))
    return re.search(r"/reunions/\d+/", page.url)[0]


@pytest.mark.long
def test_a_whole_meeting(sign_in: Callable[..., Page], site: Site) -> None:
    aminata, nadia, gaelle = (
        sign_in("Aminata Sarr"),
        sign_in("Nadia Ferhat"),
        sign_in("Gaëlle Estaque", "telephone"),
    )
    seance = plan(aminata) + "seance/"
    for page in (aminata, nadia, gaelle):
        page.goto(seance)
    expect(gaelle.get_by_text("La réunion va commencer")).to_be_visible()
    aminata.get_by_role("button", name="Ouvrir la réunion").click()
    for page in (aminata, nadia, gaelle):
        expect(page.get_by_role("heading", name="Retour sur la crue")).to_be_visible()
        # The salon came with the opening: the page was loaded again.
        page.wait_for_function("() => document.querySelector('#id_texte')?.style.height")

    # The chat is about the point; the floor is asked for and given, by keyboard.
    gaelle.locator("#id_texte").fill("Le pont tient.")
    gaelle.keyboard.press("Enter")
    expect(nadia.locator(".ligne-salon__texte").get_by_text("Le pont tient.")).to_be_visible()
    gaelle.get_by_role("button", name="Lever la main").click()
    give = aminata.get_by_role("button", name=re.compile("Donner la parole à Gaëlle"))
    expect(give).to_be_visible()
    give.focus()
    aminata.keyboard.press("Enter")
    expect(nadia.locator(".seance__orateur")).to_contain_text("Gaëlle Estaque")
    expect(gaelle.get_by_role("button", name="J’ai terminé")).to_be_visible()
    gaelle.get_by_role("button", name="J’ai terminé").click()
    expect(nadia.locator(".seance__orateur")).to_have_count(0)

    # Somebody far away cannot hear.
    gaelle.get_by_role("button", name=re.compile("je n’entends rien")).click()
    call = nadia.get_by_label(re.compile("Réponse à Gaëlle"))
    call.fill("Nous changeons de micro.")
    nadia.get_by_role("button", name="Répondre").click()
    expect(gaelle.locator(".fr-message", has_text="Nous changeons de micro.")).to_be_visible()

    picture(aminata, "bureau")
    picture(gaelle, "telephone")
    assert faults(aminata) == []
    assert faults(gaelle) == []

    # The phone's line is cut: the meeting goes on without it, and is found again as it is.
    gaelle.context.set_offline(True)
    aminata.get_by_role("button", name="Point suivant").click()
    expect(nadia.get_by_role("heading", name="Seuils de busage")).to_be_visible()
    nadia.get_by_role("button", name="Lever la main").click()
    gaelle.get_by_role("button", name="Lever la main").click()
    expect(gaelle.get_by_text("Rien n’a été envoyé")).to_be_visible()
    expect(gaelle.get_by_role("heading", name="Retour sur la crue")).to_be_visible()
    gaelle.context.set_offline(False)
    expect(gaelle.get_by_role("heading", name="Seuils de busage")).to_be_visible(timeout=20_000)
    expect(gaelle.locator(".seance__mains")).to_contain_text("Nadia Ferhat")

    # Notes: the secretary writes, somebody takes the pen over; what she had typed is kept and joined.
    nadia.get_by_role("button", name="Prendre des notes").click()
    nadia.locator("textarea[data-brouillon]").fill("La Lozère retient quinze mètres.")
    expect(aminata.get_by_text("Nadia Ferhat écrit les notes.")).to_be_visible()
    expect(nadia.get_by_text("Brouillon gardé.")).to_be_visible()
    # What others do meanwhile touches nothing under her fingers.
    nadia.locator("textarea[data-brouillon]").evaluate("field => (field.dataset.temoin = 'oui')")
    aminata.get_by_role("button", name="Lever la main").click()
    expect(nadia.locator(".seance__mains")).to_contain_text("Aminata Sarr")
    expect(nadia.locator("textarea[data-temoin]")).to_be_focused()
    nadia.keyboard.press("End")
    nadia.keyboard.type(" Tapé au dernier moment.")
    aminata.get_by_role("button", name="Prendre la plume à Nadia Ferhat").click()
    aminata.locator("textarea[data-brouillon]").fill("L’Ariège retient dix mètres.")
    expect(nadia.get_by_text("Votre texte non enregistré est gardé.")).to_be_visible()
    aminata.get_by_role("button", name="Enregistrer et rendre la plume").click()
    expect(gaelle.locator("#notes")).to_contain_text("L’Ariège retient dix mètres.")
    nadia.get_by_role("link", name="Le comparer aux notes").click()
    joined = nadia.get_by_label("Les notes, une fois réunies")
    expect(joined).to_have_value(re.compile("Tapé au dernier moment"))
    assert faults(nadia) == []
    joined.fill("L’Ariège retient dix mètres.\n\nLa Lozère retient quinze mètres.")
    nadia.get_by_role("button", name="Enregistrer les notes").click()
    expect(gaelle.locator("#notes")).to_contain_text("La Lozère retient quinze mètres.")

    # A decision written by one, confirmed by the secretary, in the register at once; an action with its owner.
    gaelle.get_by_text("Noter une décision").click()
    gaelle.get_by_label("Ce qui est décidé").fill("Le seuil de dix mètres est retenu pour tous.")
    gaelle.get_by_role("button", name="Noter la décision").click()
    nadia.get_by_role("button", name="Confirmer").click()
    expect(gaelle.locator("#suites").get_by_role("link", name=re.compile("Décision n°"))).to_be_visible()
    gaelle.get_by_text("Noter une action").click()
    gaelle.get_by_label("Ce qu’il y a à faire").fill("Relire l’arrêté cadre")
    gaelle.get_by_label("Responsable").fill("Nadia Ferhat")
    gaelle.get_by_role("button", name="Noter l’action").click()
    nadia.get_by_role("button", name="Confirmer").click()
    expect(gaelle.locator("#suites").get_by_role("link", name="Action")).to_be_visible()

    gaelle.get_by_text("Noter une action").click()
    assert gaelle.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    picture(gaelle, "action-telephone")
    assert faults(gaelle) == []

    # Two votes at once, one of them secret; the phone votes in both.
    for question, secret in (("Retenir dix mètres ?", False), ("Qui porte le dossier ?", True)):
        nadia.get_by_role("link", name="Mettre une question aux voix").click()
        nadia.get_by_label("Question mise aux voix").fill(question)
        if secret:
            nadia.get_by_label("Vote secret").check(force=True)
        nadia.get_by_role("button", name="Ouvrir le vote maintenant").click()
        expect(gaelle.get_by_role("heading", name=question)).to_be_visible()
    for question in ("Retenir dix mètres ?", "Qui porte le dossier ?"):
        card = gaelle.locator(".vote", has_text=question)
        card.get_by_label("Pour").check()
        card.get_by_role("button", name="Voter").click()
        expect(card.get_by_text("Vous avez voté")).to_be_visible()
    picture(nadia, "votes-bureau")
    picture(gaelle, "votes-telephone")
    shown = aminata.locator(".vote", has_text="Retenir dix mètres ?")
    expect(shown.get_by_role("row", name=re.compile("Pour"))).to_contain_text("1")
    hidden = aminata.locator(".vote", has_text="Qui porte le dossier ?")
    expect(hidden.get_by_text("le résultat se lira à la clôture")).to_be_visible()
    hidden.get_by_role("button", name="Clore le vote").click()
    expect(
        gaelle.locator(".vote", has_text="Qui porte").get_by_role("row", name=re.compile("Pour"))
    ).to_contain_text("100")
    assert faults(aminata) == []

    # What last week's meeting left to be done becomes the first point; ticked off by one, it is for all.
    aminata.get_by_role("link", name="Reprendre les actions d’une réunion").click()
    earlier = aminata.get_by_label("Cette réunion fait suite à")
    earlier.select_option(label=earlier.locator("option", has_text="seuils de busage").first.inner_text())
    aminata.get_by_role("button", name="Reprendre ses actions").click()
    aminata.get_by_role("button", name=re.compile("Suivi des actions")).click()
    expect(gaelle.get_by_role("heading", name="Ce qui restait à faire")).to_be_visible()
    assert faults(gaelle) == []
    aminata.get_by_role("button", name=re.compile("^Faite")).click()
    expect(gaelle.locator("#suivi .seance__marque")).to_have_text("Faite")
    aminata.get_by_role("button", name=re.compile("Seuils de busage")).click()
    expect(gaelle.get_by_role("heading", name="Seuils de busage")).to_be_visible()

    # The screen of the room: large, and nothing to press.
    screen = nadia.context.new_page()
    screen.goto(seance + "ecran/")
    expect(screen.get_by_role("heading", name="Seuils de busage")).to_be_visible()
    assert screen.locator("main button").count() == 0
    assert faults(screen) == []
    picture(screen, "ecran")

    # The server dies in the middle and comes back: nobody reloads.
    site.kill_web()
    site.start_web()
    aminata.get_by_text("Terminer la réunion").click()
    aminata.get_by_role("button", name="Terminer pour tout le monde").click()
    for page in (aminata, nadia, gaelle):
        expect(page.get_by_role("heading", name="La réunion est terminée")).to_be_visible(timeout=30_000)
    expect(screen.get_by_role("heading", name="La réunion est terminée")).to_be_visible(timeout=30_000)
    expect(gaelle.locator("#notes")).to_contain_text("La Lozère retient quinze mètres.")
    expect(gaelle.locator("#suites")).to_contain_text("Relire l’arrêté cadre")
    aminata.get_by_role("link", name="Présences").click()
    expect(aminata.locator(".presences__ligne", has_text="Gaëlle Estaque")).to_contain_text("Présence")
    assert faults(aminata) == []
