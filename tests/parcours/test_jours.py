"""Going to a day of a salon without leaving it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.test_axe import look
from tests.parcours.test_deux_agents import salon_of

pytestmark = pytest.mark.navigateur


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_from_the_line_between_two_days_and_from_the_keyboard(
    sign_in: Callable[..., Page], size: str
) -> None:
    nadia = sign_in("Nadia Ferhat", size)
    address = salon_of(nadia)
    nadia.goto(address)
    live(nadia)
    separator = nadia.locator(".salon__jour").first
    day = separator.get_attribute("data-jour") or ""
    separator.locator("span").click()
    field = nadia.get_by_label("Jour", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value(day)
    assert look(nadia) == []
    nadia.keyboard.press("Escape")
    summary = nadia.locator("summary", has_text="Aller à une date")
    expect(summary).to_be_focused()
    nadia.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.fill(day)
    nadia.get_by_role("button", name="Y aller").click()
    expect(nadia).to_have_url(re.compile(rf"{address}\?autour=\d+#ligne-\d+$"))
    number = nadia.url.rpartition("-")[2]
    expect(nadia.locator(f"#ligne-{number}")).to_have_attribute("data-jour", day)
    expect(nadia.locator(f"#ligne-{number}")).to_be_focused()
