"""The coverage in the browser: a département clicked on the map, the table of the same rows, a spreadsheet."""

import re
from collections.abc import Callable

import pytest
from odfdo import Document
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.navigateur


def test_from_the_map_to_a_spreadsheet(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Aminata Sarr", "bureau")
    page.goto("/annuaire/")
    page.get_by_role("link", name="Où chaque expertise est présente").click()
    expect(page.get_by_role("heading", name="Couverture des expertises")).to_be_visible()
    page.locator("path[data-code='48']").click()
    expect(page).to_have_url(re.compile("territoire=48"))
    expect(page.get_by_label("Territoire")).to_have_value("48")

    page.goto("/annuaire/couverture/expertises/loi-sur-leau/")
    table = page.get_by_role("region", name="par département")
    told = page.locator("path[data-code='48'] title").first.text_content() or ""
    lozere = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Lozère", exact=True))
    expect(lozere.get_by_role("cell").nth(1)).to_have_text(re.search(r"\d+", told)[0])  # type: ignore[index]
    table.get_by_role("link", name="Référents", exact=True).click()
    expect(table.get_by_role("columnheader", name="Référents", exact=True)).to_have_attribute(
        "aria-sort", "descending"
    )
    first = table.get_by_role("rowheader").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger en ODS").click()
    rows = Document(str(download.value.path())).body.get_table(0).get_values()
    assert rows[1][0] == first
    assert rows[1][3] >= rows[2][3]


def test_what_is_read_in_the_dark_prints_on_white(sign_in: Callable[..., Page]) -> None:
    page = sign_in("Aminata Sarr", "bureau")
    page.emulate_media(color_scheme="dark")
    page.goto("/annuaire/couverture/regions/R76/")
    root = page.locator(":root")
    expect(root).to_have_attribute("data-fr-theme", "dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(root).to_have_attribute("data-fr-theme", "light")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(root).to_have_attribute("data-fr-theme", "dark")
