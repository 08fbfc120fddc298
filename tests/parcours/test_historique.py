"""Two people write one message: what each sees, live and at once; a deletion undone; without a mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def test_two_people_edit_one_message(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque", "telephone")
    nadia.goto(f"{C}forum/nouveau/")
    nadia.get_by_label("Titre", exact=False).fill("Liste des seuils à retenir, à compléter ensemble")
    nadia.locator("textarea[name=texte]").fill("Le seuil est de dix mètres.\n\nVoir Foix.")
    nadia.get_by_role("button", name=re.compile("Publier")).click()
    where = re.match(r".*(/sujets/\d+/)", nadia.url)[1]
    gaelle.goto(where)
    expect(gaelle.get_by_text("dix mètres")).to_be_visible()

    # Nadia opens the menu by keyboard and lets everybody edit.
    menu = nadia.locator(".menu-message summary").first
    menu.focus()
    nadia.keyboard.press("Enter")
    nadia.keyboard.press("Escape")
    expect(nadia.locator(".menu-message[open]")).to_have_count(0)
    expect(menu).to_be_focused()
    nadia.keyboard.press("Enter")
    nadia.get_by_role("button", name="Ouvrir aux modifications de tous").click()
    expect(nadia.get_by_text("Message écrit à plusieurs")).to_be_visible()

    # Gaëlle is offered the change, not shown it under her eyes; then both write at once.
    gaelle.get_by_role("button", name=re.compile("Message modifié à l’instant")).click()
    expect(gaelle.get_by_text("Message écrit à plusieurs")).to_be_visible()
    for page in (nadia, gaelle):
        page.locator(".menu-message summary").first.click()
        page.get_by_role("link", name="Modifier", exact=True).click()
        page.get_by_role("heading", name=re.compile("Modifier")).wait_for()
    nadia.locator("textarea[name=texte]").fill("Le seuil est de douze mètres.\n\nVoir Foix.")
    nadia.get_by_role("button", name="Enregistrer").click()
    expect(nadia.get_by_text("douze mètres")).to_be_visible()
    gaelle.locator("textarea[name=texte]").fill("Le seuil est de cent mètres.\n\nVoir Mende.")
    gaelle.get_by_role("button", name="Enregistrer").click()
    expect(
        gaelle.get_by_role("heading", name=re.compile("Nadia Ferhat a modifié ce message"))
    ).to_be_visible()
    assert look(gaelle) == []
    proposed = gaelle.locator("textarea[name=texte]").input_value()
    assert "douze" in proposed
    assert "cent" in proposed
    assert proposed.endswith("Voir Mende.")
    gaelle.locator("textarea[name=texte]").fill("Le seuil est de douze mètres (cent en 2012).\n\nVoir Mende.")
    gaelle.get_by_role("button", name="Enregistrer le texte réuni").click()
    expect(gaelle.get_by_text("cent en 2012")).to_be_visible()

    # What changed, word by word.
    nadia.reload()
    nadia.get_by_role("link", name=re.compile("modifié")).first.click()
    expect(nadia.locator("ins").filter(has_text="Mende")).to_be_visible()
    assert look(nadia) == []

    # Deleted, the sujet goes; undone, it is there again.
    nadia.goto(where)
    gaelle.locator("#repondre textarea[name=texte]").fill("Une réponse à retirer")
    gaelle.get_by_role("button", name=re.compile("Publier ma réponse")).click()
    answer = gaelle.locator("article").filter(has_text="Une réponse à retirer")
    answer.locator(".menu-message summary").click()
    answer.get_by_role("link", name="Supprimer").click()
    assert look(gaelle) == []
    gaelle.get_by_role("button", name="Supprimer").click()
    expect(gaelle.get_by_text("a été supprimé par")).to_be_visible()
    gaelle.get_by_role("button", name="Annuler la suppression").click()
    expect(gaelle.get_by_text("Une réponse à retirer").first).to_be_visible()
