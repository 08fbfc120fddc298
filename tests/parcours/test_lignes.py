"""What one does with a line of a salon: by keyboard on a desk, by thumb on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.parcours.calme import live
from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def salon_of(page: Page) -> str:
    page.goto(C)
    return str(page.get_by_role("link", name="Salon", exact=True).get_attribute("href"))


def line(page: Page, text: str) -> Locator:
    return page.locator(".ligne-salon[data-numero]").filter(has_text=text)


def menu_of(page: Page, text: str) -> Locator:
    line(page, text).get_by_role("link", name=re.compile("Actions sur le message")).click()
    menu = page.get_by_role("menu", name="Actions sur ce message")
    expect(menu).to_be_visible()
    return menu


def test_change_react_pin_and_delete_live(sign_in: Callable[..., Page]) -> None:
    aminata, nadia = sign_in("Aminata Sarr", "telephone"), sign_in("Nadia Ferhat")
    salon = salon_of(nadia)
    for page in (nadia, aminata):
        page.goto(salon)
        live(page)
    box = nadia.locator("textarea[name=texte]")
    box.fill("Rendez-vous à neuf heures au pont")
    box.press("Enter")
    expect(line(aminata, "neuf heures")).to_be_visible()

    # The arrow up takes the last line again; Escape leaves it as it was; Enter keeps the change.
    expect(line(nadia, "neuf heures")).to_be_visible()
    box.press("ArrowUp")
    field = nadia.get_by_label("Modifier votre message")
    expect(field).to_have_value("Rendez-vous à neuf heures au pont")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(box).to_be_focused()
    box.press("ArrowUp")
    field.fill("Rendez-vous à dix heures au pont")
    field.press("Enter")
    expect(line(aminata, "dix heures").get_by_role("link", name="modifié")).to_be_visible()
    expect(line(nadia, "dix heures").get_by_role("link", name="modifié")).to_be_visible()

    # A thumb opens the menu, reacts, and pins.
    menu = menu_of(aminata, "dix heures")
    assert look(aminata) == []
    menu.get_by_role("menuitemcheckbox", name="Utile").click()
    mark = line(nadia, "dix heures").get_by_text(re.compile("Utile"))
    expect(mark).to_be_visible()
    menu_of(aminata, "dix heures").get_by_role("menuitem", name="Épingler").click()
    expect(line(nadia, "dix heures").get_by_text("Épinglé")).to_be_visible()
    nadia.get_by_text(re.compile(r"Épinglés\s")).click()
    expect(nadia.locator(".salon__liste-epingles").get_by_text("dix heures")).to_be_visible()
    assert look(nadia) == []
    nadia.keyboard.press("Escape")

    # Deleted, it leaves its place; what is regretted comes back.
    menu = menu_of(nadia, "dix heures")
    menu.press("ArrowDown")
    menu.get_by_role("menuitem", name="Supprimer", exact=True).click()
    gone = nadia.locator(".ligne-salon--supprimee").last
    expect(gone.get_by_text("Message supprimé.")).to_be_visible()
    expect(line(aminata, "dix heures")).to_have_count(0)
    expect(aminata.locator(".ligne-salon--supprimee").last.get_by_text("Message supprimé.")).to_be_visible()
    gone.get_by_role("button", name="Rétablir").click()
    expect(line(aminata, "dix heures")).to_be_visible()

    # The animation removes it with a reason, on its page.
    menu_of(aminata, "dix heures").get_by_role("menuitem", name="Supprimer avec un motif").click()
    aminata.get_by_label(re.compile("Pourquoi supprimer")).fill("Le rendez-vous est annulé.")
    aminata.get_by_role("button", name="Supprimer", exact=True).click()
    expect(aminata.get_by_text("Message supprimé par l’animation.").last).to_be_visible()
    expect(nadia.get_by_text("Message supprimé par l’animation.").last).to_be_visible()
