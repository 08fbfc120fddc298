"""Getting the key of one's feeds in a browser, and reading a feed with it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.navigateur


def test_create_a_key_read_a_feed_then_revoke_it(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    page.goto("/compte/login/")
    page.get_by_role("button", name=re.compile("Nadia")).first.click()
    page.goto("/communautes/police-de-l-eau/forum/")
    page.get_by_role("link", name="S’abonner au flux de ce forum").click()
    page.get_by_role("button", name="Créer ma clé").click()
    address = page.get_by_label("Police de l'eau", exact=False).first.input_value()
    reader = open_context()
    found = reader.request.get(address)
    assert found.status == 200
    assert "<entry>" in found.text()
    page.get_by_role("button", name="Supprimer ma clé").click()
    expect(page.get_by_text("Votre clé ne fonctionne plus")).to_be_visible()
    assert reader.request.get(address).status == 404
