"""A decision noted from a message, found in the register, read in the summary; a task made and done."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import settle

pytestmark = pytest.mark.navigateur
C = "/communautes/police-de-l-eau/"


def open_menu(page: Page, number: int) -> None:
    """The menu of a message, reached by keyboard: it is quiet until one points at it."""
    page.locator(f"#message-{number} .menu-message > summary").press("Enter")


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_from_a_message_to_the_register_and_the_summary(sign_in: Callable[..., Page], size: str) -> None:
    mark = {"bureau": "libellule", "telephone": "salamandre"}[size]
    aminata, nadia = sign_in("Aminata Sarr", size), sign_in("Nadia Ferhat")
    aminata.goto(f"{C}forum/?genre=discussion")
    aminata.locator("main .rang__titre a[href^='/sujets/']").first.click()
    aminata.locator("#message-2").wait_for()
    sujet = aminata.url.split("?")[0].split("#")[0]
    # Somebody who has the page open sees the mark arrive.
    nadia.goto(f"{sujet}?page=1")
    nadia.locator("#message-2").wait_for()
    settle(nadia)
    open_menu(aminata, 2)
    aminata.get_by_role("link", name="Noter comme décision").click()
    text = aminata.get_by_label(re.compile("^Décision"))
    expect(text).not_to_have_value("")
    expect(aminata.get_by_text(re.compile("caractères restants"))).to_be_visible()
    text.fill("x" * 1010)
    expect(aminata.get_by_text("10 caractères de trop")).to_be_visible()
    text.fill(f"Nous retenons la fiche préalable, au nom de la {mark}.")
    aminata.get_by_role("button", name="Noter cette décision").click()
    shown = aminata.locator("#message-2 .message__suite", has_text=re.compile("Décision n°"))
    expect(shown.first).to_be_visible()
    expect(
        nadia.locator("#message-2 .message__suite", has_text=re.compile("Décision n°")).first
    ).to_be_visible()
    aminata.goto(f"{C}decisions/")
    aminata.get_by_label("Chercher une décision, un numéro").fill(mark)
    aminata.get_by_role("button", name="Rechercher", exact=True).last.click()
    found = aminata.locator(".registre .decision")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(mark)
    found.get_by_role("link", name=re.compile("^Sujet")).click()
    aminata.wait_for_url(re.compile("/sujets/"))
    aminata.goto(f"{sujet}resume/")
    expect(aminata.get_by_role("heading", name="Décisions", exact=True)).to_be_visible()
    expect(aminata.get_by_text(mark)).to_be_visible()


def test_a_task_is_given_by_a_name_that_is_offered_and_done(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque", "telephone")
    nadia.goto(f"{C}taches/nouvelle/")
    nadia.get_by_label("Ce qu’il y a à faire").fill("Compter les martinets du barrage")
    field = nadia.get_by_label(re.compile("^Responsable"))
    field.press_sequentially("gaëlle")
    option = nadia.locator("#personnes option[value*='gaelle-estaque']")
    expect(option).to_have_count(1)
    field.fill(str(option.get_attribute("value")))
    nadia.get_by_role("button", name="Noter cette tâche").click()
    expect(nadia.get_by_role("heading", name="Compter les martinets du barrage")).to_be_visible()
    gaelle.goto("/")
    gaelle.get_by_role("link", name="Mes tâches").click()
    row = gaelle.locator(".rang", has_text="Compter les martinets")
    expect(row).to_be_visible()
    # An open list hears of what is done elsewhere.
    nadia.goto(f"{C}taches/")
    settle(nadia)
    row.get_by_role("button", name=re.compile("C’est fait")).click()
    expect(gaelle.get_by_text("La tâche est faite.")).to_be_visible()
    expect(nadia.get_by_text("Les tâches ont changé.")).to_be_visible()
    nadia.get_by_role("link", name="Actualiser").click()
    expect(nadia.locator(".rang", has_text="Compter les martinets")).to_have_count(0)
