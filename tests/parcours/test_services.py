"""Finding a service and its organisation chart, on a phone and by keyboard on a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.navigateur


def test_a_service_is_found_and_its_chart_leads_to_the_others(sign_in: Callable[..., Page]) -> None:
    phone, desk = sign_in("Aminata Sarr", "telephone"), sign_in("Nadia Ferhat")
    phone.goto("/annuaire/")
    phone.get_by_role("link", name="Les services, par territoire").click()
    phone.get_by_label("Territoire").select_option("48")
    phone.get_by_role("button", name="Filtrer").click()
    phone.get_by_role("link", name="DDT de la Lozère").click()
    expect(phone.get_by_role("heading", name="DDT de la Lozère", level=1)).to_be_visible()
    expect(phone.get_by_role("link", name="Ouvrir dans une application de cartes")).to_have_attribute(
        "href", "geo:44.5172,3.4981"
    )
    expect(phone.get_by_role("link", name="Nadia Ferhat")).to_be_visible()
    expect(phone.get_by_text("Unité police de l’eau")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]

    desk.goto("/annuaire/nadia-ferhat/")
    desk.get_by_role("link", name="DDT de la Lozère").click()
    above = desk.get_by_role("navigation", name="Rattachement").get_by_role("link")
    expect(above).to_have_text(["Préfecture de région Occitanie", "Préfecture de la Lozère"])
    above.first.focus()
    above.first.press("Enter")
    chart = desk.get_by_role("region", name="Organigramme")
    # What is under the same one stands side by side where there is room.
    tops = [
        chart.get_by_role("link", name=name).bounding_box() for name in ("SGAR Occitanie", "DREAL Occitanie")
    ]
    assert tops[0] and tops[1] and tops[0]["y"] == tops[1]["y"]
    chart.get_by_role("link", name="DREAL Occitanie", exact=True).click()
    expect(desk.get_by_role("heading", name="DREAL Occitanie", level=1)).to_be_visible()
