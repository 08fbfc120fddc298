"""Moderating, in the browser: report, take charge, hide and warn; the author sees why; put back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"


def test_report_take_charge_hide_warn_and_put_back(sign_in: Callable[..., Page]) -> None:
    nadia, gaelle, aminata = (
        sign_in("Nadia Ferhat"),
        sign_in("Gaëlle Estaque", "telephone"),
        sign_in("Aminata Sarr"),
    )
    nadia.goto(f"{C}forum/nouveau/")
    nadia.get_by_label("Titre", exact=False).first.fill("Un sujet pour apprendre à modérer")
    nadia.locator("textarea[name=texte]").fill("Qui a déjà eu ce cas ?")
    nadia.get_by_role("button", name=re.compile("Publier|Poser")).last.click()
    nadia.get_by_role("heading", level=1, name="Un sujet pour apprendre à modérer").wait_for()
    where = re.match(r".*(/sujets/\d+/)", nadia.url)[1]
    gaelle.goto(where)
    gaelle.locator("textarea[name=texte]").fill("Demandez à M. Untel, 12 rue des Lilas.")
    gaelle.get_by_role("button", name="Publier ma réponse").click()
    expect(gaelle.get_by_text("12 rue des Lilas")).to_be_visible()

    nadia.goto(where)
    answer = nadia.locator(".message").filter(has_text="12 rue des Lilas")
    answer.locator(".menu-message summary").click()
    answer.get_by_role("link", name="Signaler").click()
    nadia.get_by_text("Donnée confidentielle ou personnelle").click()
    nadia.get_by_role("button", name="Signaler").click()
    expect(nadia.get_by_text("Merci. L’animation")).to_be_visible()

    aminata.goto(f"{C}moderation/")
    aminata.get_by_role("link", name=re.compile("Gaëlle Estaque.*apprendre à modérer")).click()
    aminata.get_by_role("button", name="Je m’en occupe").click()
    aminata.get_by_text("Masquer le message").click()
    aminata.get_by_text("Avertir son auteur").click()
    aminata.get_by_label("Motif, pour la personne").fill("Ni nom ni adresse de riverain ici.")
    aminata.get_by_role("button", name="Appliquer").click()
    expect(aminata.get_by_text("C’est fait.")).to_be_visible()

    # The author is told, reads why, and whom to answer.
    gaelle.goto("/notifications/")
    gaelle.get_by_role("link", name=re.compile("vous avertit")).first.click()
    expect(gaelle.get_by_text("Ni nom ni adresse de riverain ici.").first).to_be_visible()
    expect(gaelle.get_by_role("heading", name="Répondre à l’animation")).to_be_visible()
    nadia.goto(where)
    expect(nadia.get_by_text("masqué par l’animation")).to_be_visible()
    expect(nadia.get_by_text("12 rue des Lilas")).to_have_count(0)

    aminata.goto(where)
    aminata.get_by_role("button", name="Rétablir", exact=True).first.click()
    expect(aminata.get_by_text("de nouveau visible")).to_be_visible()
    nadia.goto(where)
    expect(nadia.get_by_text("12 rue des Lilas")).to_be_visible()
