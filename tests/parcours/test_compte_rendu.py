"""The minutes of a meeting, from the animateur’s computer: a correction is read, edited, validated."""

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.parcours.conftest import Site
from tests.parcours.pages import PLACES
from tests.parcours.test_seances import picture

pytestmark = pytest.mark.navigateur


def test_a_correction_is_validated(sign_in: Callable[..., Page], site: Site) -> None:
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as database:
        (pk,) = database.execute(PLACES["rendu"]).fetchone() or (0,)
    page = sign_in("Aminata Sarr")
    page.goto(f"/reunions/{pk}/seance/compte-rendu/?edition=0")
    picture(page, "compte-rendu-valide")
    page.goto(f"/reunions/{pk}/seance/compte-rendu/")
    picture(page, "compte-rendu")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "compte-rendu-390")
    page.goto(f"/reunions/{pk}/seance/compte-rendu/versions/?version=2")
    picture(page, "versions-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/reunions/{pk}/seance/compte-rendu/")
    page.get_by_role("link", name="Modifier le texte").click()
    expect(page.get_by_role("button", name="Pièce jointe")).to_have_count(0)
    area = page.get_by_label("Texte du compte rendu")
    area.press("Control+End")
    area.press_sequentially("\n\nLa séance est levée.")
    expect(page.get_by_text("Brouillon enregistré")).to_be_visible()
    picture(page, "modifier")
    # The tab is closed, and opened again: what was typed is there.
    page.reload()
    expect(page.get_by_label("Texte du compte rendu")).to_have_value(re.compile("La séance est levée"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Le compte rendu est enregistré.")).to_be_visible()
    expect(page.get_by_text("La séance est levée.")).to_be_visible()
    page.get_by_role("button", name="Valider le rectificatif").click()
    expect(page.get_by_role("heading", name="Rectificatif n° 1 au compte rendu", exact=False)).to_be_visible()
    # Other paths find a correction being written, as this one did.
    page.get_by_text("Corriger ce compte rendu").click()
    page.get_by_label("Ce que le rectificatif corrige").fill("La date de la séance")
    page.get_by_role("button", name="Préparer un rectificatif").click()
    expect(page.get_by_text("En cours de rédaction")).to_be_visible()
