"""Asked from a profile on a desk, taken on and answered on a phone, closed with a word; each sees the other's words arrive."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import settle

pytestmark = pytest.mark.navigateur


def test_asked_taken_answered_and_closed(sign_in: Callable[..., Page]) -> None:
    aminata, gaelle = sign_in("Aminata Sarr"), sign_in("Gaëlle Estaque", "telephone")
    aminata.goto("/annuaire/gaelle-estaque/")
    aminata.get_by_role("link", name=re.compile("^Solliciter")).click()
    aminata.get_by_label(re.compile("^Objet")).fill("Curage d’un bief à truites")
    aminata.get_by_label(re.compile("^Votre besoin")).fill(
        "Quelle période retenir pour curer sans nuire aux frayères ?"
    )
    aminata.get_by_text("Sous 3 jours").click()
    aminata.get_by_role("button", name="Relire avant d’envoyer").click()
    expect(aminata.get_by_role("heading", name="Curage d’un bief à truites")).to_be_visible()
    aminata.get_by_role("button", name="Envoyer", exact=True).click()
    expect(aminata.get_by_text("Votre sollicitation est envoyée à une personne.")).to_be_visible()
    aminata.get_by_role("link", name="Gaëlle Estaque").first.click()
    aminata.locator("[data-ecoute=oui]").wait_for()

    gaelle.goto("/")
    gaelle.get_by_role("link", name=re.compile("Aminata Sarr vous sollicite : « Curage")).click()
    gaelle.get_by_label("Votre message").fill("Je regarde l’arrêté frayères.")
    gaelle.get_by_role("button", name="J’accepte d’aider").click()
    expect(gaelle.get_by_text("Vous avez accepté")).to_be_visible()
    exchange = aminata.locator(".echanges")
    expect(exchange).to_contain_text("accepte d’aider")
    expect(exchange).to_contain_text("Je regarde l’arrêté frayères.")

    gaelle.locator("[data-ecoute=oui]").wait_for()
    settle(gaelle)
    aminata.get_by_label("Votre message").fill("Merci ! Le bief fait 300 mètres.")
    aminata.get_by_role("button", name="Envoyer", exact=True).click()
    expect(gaelle.locator(".echanges")).to_contain_text("Le bief fait 300 mètres.")
    gaelle.get_by_label("Votre message").fill("De juillet à septembre, à sec.")
    gaelle.get_by_role("button", name="Envoyer ma réponse").click()
    expect(gaelle.locator(".echanges")).to_contain_text("a répondu")
    expect(exchange).to_contain_text("De juillet à septembre")

    aminata.get_by_role("link", name="Clore la sollicitation").click()
    aminata.get_by_text("Oui", exact=True).click()
    aminata.get_by_label(re.compile("^Un mot pour Gaëlle")).fill("Précieux, merci.")
    aminata.get_by_role("button", name="Clore", exact=True).click()
    expect(aminata.get_by_text("La sollicitation est close.")).to_be_visible()
    expect(gaelle.locator(".echanges")).to_contain_text("Précieux, merci.")
