"""A passkey: registered on one's own page, then used in place of the password."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from plateforme.demo.comptes import MOT_DE_PASSE

pytestmark = pytest.mark.navigateur


def plug_authenticator(page: Page) -> None:
    """An authenticator inside the browser, that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_register_a_passkey_then_enter_with_it(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    plug_authenticator(page)
    page.goto("/compte/login/")
    page.get_by_label("Courriel").fill("gaelle-estaque@demo.gouv.fr")
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.get_by_role("heading", name=re.compile("Bonjour")).wait_for()

    page.goto("/compte/2fa/")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    # What protects the account asks for the password again.
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de la clé").fill("Ordinateur de Foix")
    page.get_by_text("Remplacer le mot de passe").click()
    page.get_by_role("button", name="Ajouter la clé").click()
    expect(page.get_by_text("Clé de sécurité ajoutée")).to_be_visible()
    page.goto("/compte/2fa/webauthn/")
    expect(page.get_by_text("Ordinateur de Foix").first).to_be_visible()

    page.goto("/compte/logout/")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.goto("/compte/login/")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("heading", name="Bonjour Gaëlle.")).to_be_visible()

    page.goto("/compte/sessions/")
    expect(page.get_by_text("Cet appareil")).to_be_visible()
    # The other tests enter as Gaëlle with one click.
    page.goto("/compte/2fa/webauthn/")
    page.get_by_role("link", name=re.compile("Retirer")).click()
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("main").get_by_role("button", name="Enlever").or_(
        page.get_by_role("main").get_by_role("button", name="Supprimer")
    ).click()
    expect(page.get_by_text("Clé de sécurité enlevée")).to_be_visible()


def test_a_key_that_is_not_there_is_told(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    plug_authenticator(page)
    page.goto("/compte/login/")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("La clé n’a pas été reconnue")
