"""Writing to somebody, opening a salon to a few; going through a long one in both directions."""

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.parcours.calme import live
from tests.parcours.conftest import Site

pytestmark = pytest.mark.navigateur


def fill(site: Site, salon: int, number: int) -> None:
    """Lines of somebody else's, as sending makes them: what lies above and below a screen."""
    with psycopg.connect(site.env["DATABASE_URL"]) as connection:
        connection.execute(
            "INSERT INTO realtime_messagesalon (salon_id, auteur_id, numero, client_id, texte, html, version_rendu, cree_le)"
            " SELECT s.id, a.id, s.dernier_numero + n, gen_random_uuid(), 'Ligne ' || n, '<p>Ligne ' || n || '</p>', 99, now()"
            " FROM realtime_salon s, annuaire_agent a, generate_series(1, %s) n"
            " WHERE s.id = %s AND a.identifiant = 'nadia-ferhat'",
            [number, salon],
        )
        connection.execute(
            "UPDATE realtime_salon SET dernier_numero = dernier_numero + %s WHERE id = %s", [number, salon]
        )


def numbers(page: Page) -> list[int]:
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('.ligne-salon[data-numero]')].map((ligne) => Number(ligne.dataset.numero))"
    )
    return found


def scroll(page: Page, where: str) -> None:
    page.evaluate(
        "(bas) => { const fil = document.querySelector('[data-role=fil]'); fil.scrollTop = bas ? fil.scrollHeight : 0; }",
        where == "bas",
    )


def test_write_to_somebody_then_to_a_few(sign_in: Callable[..., Page], site: Site) -> None:
    nadia, gaelle = sign_in("Nadia Ferhat", "telephone"), sign_in("Gaëlle Estaque")
    nadia.goto("/annuaire/gaelle-estaque/")
    nadia.get_by_role("button", name="Écrire").click()
    expect(nadia.get_by_role("heading", level=2, name="Gaëlle Estaque")).to_be_visible()
    nadia.get_by_label("Votre message à Gaëlle Estaque").fill("Entre vous et moi")
    nadia.get_by_role("button", name="Envoyer").click()
    expect(nadia.locator(".ligne-salon__texte").get_by_text("Entre vous et moi")).to_be_visible()
    gaelle.goto("/salons/")
    gaelle.get_by_role("link", name="Nadia Ferhat").click()
    expect(gaelle.locator(".ligne-salon__texte").get_by_text("Entre vous et moi")).to_be_visible()

    # A salon between three, with the people found as their names are typed; one is taken out while they look at it.
    nadia.goto("/salons/nouveau/")
    for name in ("Gaëlle Estaque", "Aminata Sarr"):
        nadia.get_by_role("combobox", name=re.compile("Personnes")).fill(name[:6])
        nadia.get_by_role("option", name=re.compile(name)).click()
    nadia.get_by_role("button", name="Ouvrir le salon").click()
    expect(nadia.get_by_role("heading", level=2, name="Nadia, Gaëlle et Aminata")).to_be_visible()
    gaelle.goto(nadia.url)
    live(gaelle)
    nadia.get_by_role("link", name="Personnes et réglages").click()
    nadia.get_by_role("button", name="Retirer Gaëlle Estaque du salon").click()
    expect(nadia.get_by_text("Gaëlle Estaque n’est plus dans le salon.")).to_be_visible()
    expect(gaelle.get_by_text("Vous n’avez plus accès à ce salon.")).to_be_visible(timeout=2000)


def test_go_through_a_long_salon(sign_in: Callable[..., Page], site: Site) -> None:
    aminata, nadia = sign_in("Aminata Sarr", "telephone"), sign_in("Nadia Ferhat")
    aminata.goto("/salons/")
    address = str(aminata.get_by_role("link", name="Visite de jeudi").get_attribute("href"))
    pk = int(re.findall(r"\d+", address)[0])
    aminata.goto(address)
    fill(site, pk, 420)
    # It opens where she had read to, not at the end.
    aminata.goto(address)
    expect(aminata.get_by_text("Nouveaux messages")).to_be_in_viewport()
    shown = numbers(aminata)
    assert shown[-1] < 60, shown
    nadia.goto(f"{address}?fin=1")
    nadia.locator("textarea[name=texte]").fill("Dit pendant qu’elle remonte")
    nadia.get_by_role("button", name="Envoyer").click()
    expect(aminata.get_by_role("button", name="1 nouveau message")).to_be_visible()
    # Down to the end, page by page: the lines stay in order, in a bounded number, and what was said meanwhile is last.
    last = aminata.locator(".ligne-salon__texte").get_by_text("Dit pendant qu’elle remonte")
    for _ in range(30):
        scroll(aminata, "bas")
        aminata.wait_for_timeout(150)
        if last.count():
            break
    expect(last).to_be_visible()
    shown = numbers(aminata)
    end = int(str(aminata.locator(".ligne-salon[data-numero]").last.get_attribute("data-numero")))
    assert shown == list(range(shown[0], end + 1)), shown
    expect(aminata.locator(f"#ligne-{end}")).to_contain_text("Dit pendant qu’elle remonte")
    assert len(shown) <= 352
    # Up again, and to the end by the button.
    for _ in range(2):
        before = numbers(aminata)[0]
        scroll(aminata, "haut")
        aminata.wait_for_function(
            "(avant) => Number(document.querySelector('.ligne-salon[data-numero]').dataset.numero) < avant",
            arg=before,
        )
    shown = numbers(aminata)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert len(shown) <= 352
    assert shown[-1] < end
    aminata.get_by_role("button", name="Aller aux derniers messages").click()
    expect(last).to_be_visible()
    # What was said is found again, in its place.
    aminata.get_by_role("link", name="Chercher").click()
    aminata.get_by_label("Mots recherchés").fill("pont-cadre")
    aminata.get_by_role("button", name="Chercher").last.click()
    aminata.get_by_role("link", name=re.compile("^Gaëlle Estaque, ")).click()
    expect(aminata.locator(".ligne-salon:target")).to_be_in_viewport()
