"""Sounds: none unless one asked for them on this device, then one for a message that one does not see come."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.test_lignes import salon_of

pytestmark = pytest.mark.navigateur

# Counts the notes played, in a page that never has the eyes of its reader.
UNSEEN = """
document.hasFocus = () => false;
window.notes = 0;
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.notes += 1;
  return create.call(this);
};
"""


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Votre message").fill(text)
    page.keyboard.press("Enter")


def heard(page: Page, text: str) -> int:
    """How many notes were played once this line has come."""
    expect(page.get_by_role("region", name="Messages du salon").get_by_text(text)).to_be_visible()
    notes: int = page.evaluate("window.notes")
    return notes


def test_none_unless_asked_for(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque")
    nadia.add_init_script(UNSEEN)
    salon = salon_of(nadia)
    for page in (nadia, gaelle):
        page.goto(salon)
        live(page)
    say(gaelle, "Un premier mot, en silence.")
    assert heard(nadia, "Un premier mot, en silence.") == 0

    nadia.goto("/notifications/reglages/")
    sounds = nadia.locator("#sons")
    choice = sounds.get_by_role("checkbox", name="Faire entendre un son bref")
    expect(choice).not_to_be_checked()
    sounds.get_by_role("button", name="Écouter le son").click()
    nadia.wait_for_function("window.notes === 2")
    sounds.get_by_text("Faire entendre un son bref").click()
    expect(sounds.get_by_role("status")).to_have_text("Les sons sont activés sur cet appareil.")
    nadia.goto(salon)
    live(nadia)
    say(gaelle, "Un mot que l’on entend.")
    assert heard(nadia, "Un mot que l’on entend.") == 1
    # Several at once ring once.
    say(gaelle, "Et un autre aussitôt.")
    assert heard(nadia, "Et un autre aussitôt.") == 1
    # Neither what one says oneself…
    say(nadia, "Ma réponse.")
    assert heard(nadia, "Ma réponse.") == 1
    # … nor a salon put in silence.
    nadia.get_by_role("link", name="Réglages").click()
    nadia.get_by_role("button", name="Mettre en sourdine").click()
    nadia.evaluate("localStorage.removeItem('plateforme.sons.dernier')")
    nadia.goto(salon)
    live(nadia)
    say(gaelle, "Plus rien ne sonne.")
    assert heard(nadia, "Plus rien ne sonne.") == 0
