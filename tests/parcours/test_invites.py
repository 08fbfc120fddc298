"""People without account answer from the address that an e-mail gave them: browsers say where a form comes from."""

import pytest
from playwright.sync_api import Browser, expect

from tests.parcours.conftest import Site, new_context
from tests.parcours.test_axe import Places

pytestmark = pytest.mark.navigateur


def test_guests_without_account_answer(site: Site, browser: Browser) -> None:
    places = Places(site)
    context = new_context(browser, site, "telephone")
    page = context.new_page()
    page.goto(str(places["invitation"]))
    page.get_by_role("button", name="Peut-être").click()
    expect(page.get_by_role("button", name="Peut-être")).to_have_attribute("aria-pressed", "true")
    page.goto(str(places["dates_exterieur"]))
    page.locator(".creneaux__choix").first.get_by_text("Oui", exact=True).click()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Votre réponse est enregistrée.")).to_be_visible()
    context.close()
