"""Saying how one is, in two clicks; and what the others see of it."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.conftest import Site
from tests.parcours.test_deux_agents import salon_of

pytestmark = pytest.mark.navigateur


@pytest.fixture(autouse=True)
def states_forgotten(site: Site) -> Iterator[None]:
    """Nobody stays invisible for the tests that come after."""
    yield
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DELETE FROM presence_etatpresence")


def choose(page: Page, etat: str) -> None:
    menu = page.locator("[data-mon-etat]").filter(visible=True).first
    menu.locator("summary").click()
    menu.get_by_role("button", name=etat).click()
    expect(menu.locator("[data-role=libelle]")).to_have_text(etat)
    expect(menu).not_to_have_attribute("open", "")


def test_my_state_as_the_others_see_it(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque", size="telephone")
    address = salon_of(nadia)
    nadia.goto(address)
    live(nadia)
    gaelle.goto(address)
    live(gaelle)
    there = nadia.locator(".salon__present", has_text="Gaëlle Estaque")
    expect(there).to_be_visible()
    # Two clicks on a phone, and the page stays.
    choose(gaelle, "Occupé")
    assert gaelle.url.endswith(address)
    expect(there).to_contain_text("Occupé")
    choose(gaelle, "Invisible")
    expect(there).to_have_count(0)
    expect(nadia.locator("[data-role=nombre-presents]").filter(visible=True)).to_have_text(
        re.compile("seule")
    )
    # With words and an end, on its page.
    gaelle.goto("/presence/")
    gaelle.locator("label", has_text="Absent").first.click()
    gaelle.get_by_label("Pendant combien de temps").select_option("1h")
    gaelle.get_by_label("Message").fill("en réunion à Mende")
    gaelle.get_by_role("button", name="Choisir cet état").click()
    expect(gaelle.get_by_role("status").filter(has_text="Votre état : absent")).to_be_visible()
    gaelle.goto(address)
    expect(there).to_contain_text("Absent · en réunion à Mende · jusqu’à")
    choose(gaelle, "En ligne")
    expect(there).not_to_contain_text("Absent")


def test_absent_when_nothing_is_done_in_any_page(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque")
    address = salon_of(nadia)
    nadia.goto(address)
    live(nadia)
    gaelle.clock.install()
    gaelle.goto(address)
    other = gaelle.context.new_page()
    other.clock.install()
    other.goto("/charte/")
    live(gaelle)
    there = nadia.locator(".salon__present", has_text="Gaëlle Estaque")
    expect(there.locator(".presence--en_ligne")).to_have_count(1)
    # Nine minutes here, then a gesture in the other page: still there.
    gaelle.clock.fast_forward("09:00")
    other.clock.fast_forward("09:00")
    other.keyboard.press("Shift")
    gaelle.clock.fast_forward("09:00")
    other.clock.fast_forward("09:00")
    expect(there.locator(".presence--en_ligne")).to_have_count(1)
    gaelle.clock.fast_forward("03:00")
    expect(there.locator(".presence--absent")).to_have_count(1)
    gaelle.keyboard.press("Shift")
    expect(there.locator(".presence--en_ligne")).to_have_count(1)
