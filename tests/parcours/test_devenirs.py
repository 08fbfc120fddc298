"""A line of a salon becomes a sujet, and those who look see it: by keyboard, and by thumb on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.test_lignes import line, menu_of, salon_of

pytestmark = pytest.mark.navigateur


def test_a_line_becomes_a_sujet_and_a_task(sign_in: Callable[..., Page]) -> None:
    aminata, nadia = sign_in("Aminata Sarr", "telephone"), sign_in("Nadia Ferhat")
    salon = salon_of(nadia)
    for page in (nadia, aminata):
        page.goto(salon)
        live(page)
    box = nadia.locator("textarea[name=texte]")
    box.fill("Qui a déjà curé une buse sous voirie communale ?")
    box.press("Enter")
    expect(line(aminata, "sous voirie communale")).to_be_visible()

    # By thumb: the form comes filled, with the words of the other under their name.
    menu = menu_of(aminata, "sous voirie communale")
    menu.get_by_role("menuitem", name="En faire un sujet").click()
    expect(aminata.get_by_label("Titre")).to_have_value(
        "Qui a déjà curé une buse sous voirie communale\u00a0?".replace("\u00a0", " ")
    )
    expect(aminata.get_by_role("radio", name="Question")).to_be_checked()
    expect(
        aminata.get_by_role("checkbox", name=re.compile("Nadia Ferhat.*sous voirie communale", re.DOTALL))
    ).to_be_checked()
    aminata.get_by_role("button", name="Ouvrir le sujet").click()
    expect(
        aminata.get_by_role("link", name=re.compile("D’après un message de Nadia Ferhat dans le salon"))
    ).to_be_visible()
    expect(aminata.locator("#fil blockquote")).to_contain_text("sous voirie communale")

    # The line says so where it is being read.
    mark = line(nadia, "sous voirie communale").get_by_role("link", name=re.compile("sujet «"))
    expect(mark).to_be_visible()

    # By keyboard: a task, of one's own words.
    button = line(nadia, "sous voirie communale").get_by_role(
        "link", name=re.compile("Actions sur le message")
    )
    button.focus()
    button.press("Enter")
    nadia.keyboard.press("ArrowDown")
    task = nadia.get_by_role("menuitem", name="En faire une tâche")
    task.focus()
    task.press("Enter")
    expect(nadia.get_by_text("Ce message est déjà devenu")).to_be_visible()
    nadia.get_by_label("Ce qu’il y a à faire").fill("Demander à la commune ses plans")
    nadia.get_by_role("button", name="Noter cette tâche").click()
    marked = line(nadia, "sous voirie communale")
    expect(
        marked.get_by_role("link", name="tâche « Demander à la commune ses plans » (à faire)")
    ).to_be_visible()
    marked.get_by_role("link", name=re.compile("tâche «")).click()
    # Back to the line, from the task.
    nadia.get_by_role("link", name=re.compile("D’après un message de Nadia Ferhat")).click()
    expect(line(nadia, "sous voirie communale")).to_be_in_viewport()


def test_a_few_agents_decide_in_their_salon(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat", "telephone"), sign_in("Gaëlle Estaque")
    for page in (nadia, gaelle):
        page.goto("/salons/")
        page.get_by_role("link", name=re.compile("Visite de jeudi")).first.click()
        live(page)
    menu_of(nadia, "Je vous rejoins sur place").get_by_role("menuitem", name="En faire une décision").click()
    expect(nadia.get_by_text("et par personne d’autre")).to_be_visible()
    nadia.locator("textarea[name=texte]").fill("Nadia rejoint le chantier sur place, avec l’arrêté de 2019.")
    nadia.get_by_role("button", name="Noter cette décision").click()
    expect(line(nadia, "Je vous rejoins sur place")).to_be_in_viewport()

    # Seen where the other one reads, then found again from the salon's settings.
    expect(
        line(gaelle, "Je vous rejoins sur place").get_by_role("link", name=re.compile("décision n°"))
    ).to_be_visible()
    gaelle.get_by_role("link", name="Personnes et réglages").click()
    gaelle.get_by_role("link", name="Les décisions prises ici").click()
    search = gaelle.get_by_role("search", name="Dans les décisions")
    search.get_by_role("searchbox").fill("arrêté")
    search.get_by_role("button", name="Rechercher").click()
    expect(gaelle.get_by_role("article")).to_have_count(1)
    gaelle.get_by_role("link", name=re.compile("Décision n°")).click()
    gaelle.get_by_role("link", name="Annuler la décision").click()
    gaelle.locator("textarea[name=motif]").fill("Le chantier est reporté")
    gaelle.get_by_role("button", name="Annuler la décision").click()
    expect(gaelle.get_by_text("elle reste dans le registre")).to_be_visible()
    expect(
        line(nadia, "Je vous rejoins sur place").get_by_role("link", name=re.compile("annulée"))
    ).to_be_visible()
