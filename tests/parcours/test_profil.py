"""Filling one's profile in the browser: a photo cut by keyboard, an expertise, what is not sent kept."""

import io
import re
from collections.abc import Callable

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.parcours.conftest import Site
from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur


def portrait() -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", (900, 600), (200, 0, 0))
    image.paste((0, 0, 200), (450, 0, 900, 600))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def test_fill_a_profile(site: Site, sign_in: Callable[..., Page]) -> None:
    nadia = sign_in("Nadia Ferhat", "telephone")
    nadia.goto("/annuaire/moi/modifier/")
    nadia.get_by_role("link", name="Ajouter une photo").click()
    nadia.get_by_label("Photo", exact=False).first.set_input_files(
        {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": portrait()}
    )
    frame = nadia.get_by_role("group", name="Cadrage de la photo")
    expect(frame).to_be_visible()
    frame.focus()
    for _ in range(4):
        nadia.keyboard.press("+")
    for _ in range(20):
        nadia.keyboard.press("ArrowRight")
    expect(nadia.locator("#cadrage-etat")).to_contain_text("Horizontalement à 100 %")
    assert look(nadia) == []
    nadia.get_by_role("button", name="Mettre cette photo").click()
    expect(nadia.get_by_text("Votre photo est en place.")).to_be_visible()

    nadia.get_by_role("link", name="Mes expertises").click()
    last = nadia.get_by_role("group", name=re.compile(r"^Expertise \d+$")).last
    last.get_by_label("Expertise", exact=True).select_option(label="Installations classées")
    last.get_by_label("Niveau").select_option(label="Référence")
    last.get_by_label("Depuis").fill("2012")
    nadia.get_by_role("button", name="Enregistrer").click()
    expect(nadia.get_by_text("Votre profil est à jour.")).to_be_visible()

    # What is typed and not sent waits, if one leaves.
    nadia.get_by_role("link", name="Présentation").click()
    nadia.get_by_label("Présentation").fill("Je relis les dossiers de **zones humides**.")
    nadia.get_by_label("Présentation").blur()
    nadia.goto("/annuaire/moi/modifier/")
    nadia.get_by_role("link", name="Présentation").click()
    expect(nadia.get_by_label("Présentation")).to_have_value("Je relis les dossiers de **zones humides**.")
    nadia.get_by_role("button", name="Enregistrer").click()

    # As a colleague sees it: blue, since the right of the photo was kept.
    gaelle = sign_in("Gaëlle Estaque")
    gaelle.goto("/annuaire/nadia-ferhat/")
    expect(gaelle.locator("main strong", has_text="zones humides")).to_be_visible()
    expect(gaelle.locator("main").get_by_text("depuis 2012")).to_be_visible()
    photo = gaelle.locator(".profil__tete img")
    expect(photo).to_be_visible()
    colour = photo.evaluate(
        """async (image) => {
            await image.decode();
            const paper = document.createElement("canvas").getContext("2d");
            paper.drawImage(image, 0, 0);
            return [...paper.getImageData(20, 100, 1, 1).data];
        }"""
    )
    assert colour[2] > 150 > colour[0]
    assert look(gaelle) == []

    # She says what she saw; on hover and on focus, who somebody is.
    gaelle.get_by_role("link", name="Recommander Nadia").click()
    gaelle.get_by_label("Expertise").select_option(label="Installations classées")
    gaelle.get_by_label("Ce que vous avez vu").fill("Elle a repris notre dossier en une semaine.")
    gaelle.get_by_role("button", name="Recommander").click()
    expect(gaelle.locator("#recommandations")).to_contain_text("Elle a repris notre dossier en une semaine.")
    # What was sent is no draft any more.
    gaelle.get_by_role("link", name="Recommander Nadia").click()
    expect(gaelle.get_by_role("button", name="Recommander", exact=True)).to_be_visible()
    expect(gaelle.locator("form[data-brouillon]").get_by_label("Ce que vous avez vu")).to_have_value("")
    nadia.goto("/annuaire/nadia-ferhat/")
    assert look(nadia) == []
    assert nadia.locator(".carte-survol").count() == 0
    aminata = sign_in("Aminata Sarr")
    aminata.goto("/annuaire/nadia-ferhat/")
    name = aminata.locator("#recommandations").get_by_role("link", name="Gaëlle Estaque", exact=True)
    card = aminata.get_by_role("tooltip")
    name.hover()
    expect(card).to_contain_text("Gaëlle Estaque")
    assert look(aminata) == []
    name.hover()
    expect(name).to_have_attribute("aria-describedby", "carte-survol")
    aminata.keyboard.press("Escape")
    expect(card).to_be_hidden()
    aminata.mouse.move(0, 0)
    aminata.locator("#recommandations").get_by_role("link", name="Recommander Nadia").focus()
    aminata.keyboard.press("Shift+Tab")
    aminata.keyboard.press("Shift+Tab")
    expect(name).to_be_focused()
    expect(card).to_be_visible()
    aminata.keyboard.press("Tab")
    expect(card).to_be_hidden()
    # In a list, where a name is no link; and a page of the directory is nobody.
    aminata.goto("/communautes/police-de-l-eau/forum/")
    aminata.locator("[data-personne]:not([data-personne*='aminata'])").first.hover()
    expect(card).to_be_visible()

    # What is missing from the vocabulary is proposed; the platform's team decides.
    nadia.goto("/annuaire/moi/expertises/ajouter/?q=girouettes")
    nadia.get_by_role("link", name="Proposer « girouettes »").click()
    nadia.get_by_label("Domaine").select_option(label="Risques")
    nadia.get_by_role("button", name="Proposer").click()
    expect(nadia.get_by_text("« girouettes » est proposée")).to_be_visible()
    nadia.goto("/annuaire/moi/expertises/proposer/")
    expect(nadia.locator("form[data-brouillon] input[name=libelle]")).to_have_value("")
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as database:
        database.execute("UPDATE annuaire_agent SET is_staff = true WHERE identifiant = 'aminata-sarr'")
        try:
            aminata.goto("/annuaire/moderation/")
            proposed = aminata.get_by_role("article").filter(has_text="girouettes")
            expect(proposed).to_be_visible()
            assert look(aminata) == []
            proposed.get_by_label("Motif").fill("Trop rare pour le vocabulaire.")
            proposed.get_by_role("button", name="Refuser").click()
            expect(proposed).to_be_hidden()
        finally:
            database.execute("UPDATE annuaire_agent SET is_staff = false WHERE identifiant = 'aminata-sarr'")
    nadia.goto("/notifications/")
    expect(nadia.locator("main")).to_contain_text("« girouettes » n’est pas ajoutée au vocabulaire")
