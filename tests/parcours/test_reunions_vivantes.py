"""Lists and pages of meetings that are open stay as things are: nobody reloads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.test_seances import plan

pytestmark = pytest.mark.navigateur


def listening(page: Page) -> None:
    """Wait until the page hears what happens."""
    page.wait_for_function("() => document.querySelector('[data-vivant]')?.dataset.ecoute === 'oui'")


def test_what_happens_is_seen(sign_in: Callable[..., Page]) -> None:
    aminata, nadia = sign_in("Aminata Sarr"), sign_in("Nadia Ferhat", "telephone")
    nadia.goto("/reunions/")
    listening(nadia)
    address = plan(aminata)
    # In the list of somebody invited, and said.
    link = nadia.locator(f"a[href='{address}']")
    expect(link).to_be_visible()
    expect(nadia.locator("[data-role=nouveau]")).to_have_text("Vos réunions ont changé.")

    # An answer arrives under the eyes of who writes something else: not a thing of it is touched.
    listening(aminata)
    word = aminata.locator("[data-bloc=reponse] [name=commentaire]")
    word.fill("J’apporte les cartes")
    link.click()
    listening(nadia)
    nadia.locator("[data-bloc=reponse]").get_by_role("button", name="Oui").click()
    expect(aminata.locator("[data-bloc=convives]")).to_contain_text(re.compile(r"Oui\s*:\s*2"))
    expect(aminata.locator("[data-role=nouveau]")).to_have_text("Une réponse est arrivée.")
    expect(word).to_have_value("J’apporte les cartes")
    expect(word).to_be_focused()

    # Called off from another page: the one that is open says it.
    listening(nadia)
    other = aminata.context.new_page()
    other.goto(f"{address}annuler/")
    other.locator("[name=motif]").fill("La crue est passée")
    other.get_by_role("button", name=re.compile("Annuler la réunion")).click()
    expect(nadia.locator("[data-bloc=etat]")).to_contain_text("La crue est passée")
    expect(nadia.locator("[data-bloc=reponse] button")).to_have_count(0)
