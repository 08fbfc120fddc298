"""Looking for somebody in the directory: mistyped, narrowed, nobody found, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur


def test_look_for_somebody(sign_in: Callable[..., Page]) -> None:
    nadia = sign_in("Nadia Ferhat")
    nadia.goto("/annuaire/")
    nadia.get_by_label("Décrivez votre besoin").fill("busaje")
    nadia.get_by_label("Dans l’annuaire").get_by_role("button", name="Rechercher").click()
    nadia.locator("#a-preciser").get_by_role("link", name="busage").click()
    expect(nadia).to_have_url(re.compile(r"q=busage"))

    # Why, in words, and what the reasons point to can be opened.
    gaelle = nadia.locator("article", has=nadia.get_by_role("link", name="Gaëlle Estaque", exact=True))
    expect(gaelle.locator(".carte-personne__raisons strong").first).to_be_visible()
    expect(gaelle.locator(".carte-personne__distance")).to_contain_text("km")

    # Filters count, and apply at once.
    count = nadia.get_by_role("heading", name=re.compile(r"\d+.personnes? à solliciter"))
    everybody = int(re.sub(r"\D", "", count.inner_text()))
    limited = nadia.get_by_label(re.compile(r"^Disponibilité limitée \(\d+\)"))
    fewer = int(
        re.search(r"\((\d+)\)", nadia.locator("label", has_text="Disponibilité limitée").inner_text())[1]
    )
    assert 0 < fewer < everybody
    nadia.locator("label", has_text="Disponibilité limitée").click()
    expect(count).to_have_text(re.compile(rf"^\s*{fewer}\s"))
    expect(nadia).to_have_url(re.compile(r"disponibilite=limitee"))
    expect(limited).to_be_checked()
    assert nadia.locator("article.carte-personne").count() == fewer
    assert look(nadia) == []

    # Back, the page is asked for again: the browser keeps nothing of the people that it showed.
    nadia.go_back()
    expect(count).to_have_text(re.compile(rf"^\s*{everybody}\s"))
    assert nadia.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
    nadia.go_forward()
    expect(count).to_have_text(re.compile(rf"^\s*{fewer}\s"))

    # Nobody here: where to go on, with how many are there.
    nadia.get_by_label("Territoire", exact=True).select_option("ici")
    expect(nadia.get_by_role("heading", name="Personne ne répond avec ces filtres")).to_be_visible()
    expect(nadia.get_by_role("heading", name="Chercher plus largement")).to_be_visible()
    assert look(nadia) == []
    wider = nadia.locator(".pistes section").first.locator("li").last
    there = int(re.sub(r"\D", "", wider.inner_text()))
    wider.get_by_role("link").click()
    expect(count).to_have_text(re.compile(rf"^\s*{there}\s"))

    # Kept, to hear of who answers it later; stopped, begun again.
    nadia.locator("summary", has_text="Savoir quand quelqu’un de plus y répond").click()
    nadia.get_by_label("Nom de la recherche").fill("Busages")
    nadia.get_by_role("button", name="Enregistrer cette recherche").click()
    expect(nadia.get_by_text("une notification vous dira qui y répond de plus")).to_be_visible()
    nadia.get_by_role("button", name="Arrêter les notifications pour « Busages »").click()
    expect(nadia.get_by_role("button", name="Reprendre les notifications pour « Busages »")).to_be_visible()
    nadia.get_by_role("main").get_by_role("link", name="Busages", exact=True).click()
    expect(count).to_have_text(re.compile(rf"^\s*{there}\s"))


def test_look_for_somebody_on_a_phone(sign_in: Callable[..., Page]) -> None:
    nadia = sign_in("Nadia Ferhat", "telephone")
    nadia.goto("/annuaire/?q=busage")
    near = nadia.get_by_label("Territoire", exact=True)
    expect(near).to_be_hidden()
    nadia.locator("summary", has_text="Filtrer").click()
    near.select_option("region")
    expect(nadia).to_have_url(re.compile("territoire=region"))
    # The drawer stays open while one chooses, and says that one did.
    expect(nadia.locator("summary", has_text="Filtrer (1)")).to_be_visible()
    expect(near).to_be_visible()
    nadia.get_by_label("Trier par").select_option("proximite")
    expect(nadia).to_have_url(re.compile("tri=proximite"))
    assert nadia.evaluate("document.documentElement.scrollWidth") <= 390
    assert look(nadia) == []


def test_ask_several_people_found(sign_in: Callable[..., Page]) -> None:
    """Ticked by keyboard, kept through a filter and a new search, asked together with the question."""
    nadia = sign_in("Nadia Ferhat", "telephone")
    nadia.goto("/annuaire/?q=loi+sur+l%27eau")
    count = nadia.locator("#choix-compte")
    expect(nadia.get_by_role("link", name="Tout décocher")).to_be_hidden()
    nadia.get_by_role("checkbox", name="Choisir Gaëlle Estaque").press("Space")
    expect(count).to_have_text("1 personne choisie, 8 au plus")
    expect(nadia.locator("#choix-dit")).to_have_text("1 personne choisie, 8 au plus")
    nadia.get_by_role("checkbox", name="Choisir Ghislaine Mouret").press("Space")
    expect(nadia).to_have_url(re.compile(r"choix=gaelle-estaque&choix=ghislaine-mouret"))
    assert nadia.evaluate("document.documentElement.scrollWidth") <= 390
    assert look(nadia) == []

    # Somebody whom a filter leaves out stays chosen, and can be taken off.
    nadia.locator("summary", has_text="Filtrer").click()
    nadia.locator("label", has_text="Référence (").click()
    elsewhere = nadia.get_by_role("group", name="Choisies ailleurs dans vos recherches")
    expect(elsewhere.get_by_role("checkbox", name="Ghislaine Mouret")).to_be_checked()
    expect(count).to_have_text(re.compile(r"2.personnes choisies, 8 au plus"))
    assert look(nadia) == []
    nadia.reload()
    expect(elsewhere.get_by_role("checkbox", name="Ghislaine Mouret")).to_be_checked()

    nadia.get_by_role("button", name="Solliciter les personnes choisies").click()
    expect(nadia.get_by_role("checkbox", name="Gaëlle Estaque")).to_be_checked()
    expect(nadia.get_by_role("checkbox", name="Ghislaine Mouret")).to_be_checked()
    expect(nadia.get_by_label("Objet")).to_have_value("loi sur l'eau")

    nadia.go_back()
    nadia.get_by_role("link", name="Tout décocher").click()
    expect(nadia.get_by_role("checkbox", name="Choisir Gaëlle Estaque")).not_to_be_checked()
    expect(nadia).not_to_have_url(re.compile("choix="))
