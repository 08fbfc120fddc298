"""No page has an accessibility fault that axe can see, in either theme."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from plateforme.demo.comptes import MOT_DE_PASSE

pytestmark = [pytest.mark.navigateur, pytest.mark.xdist_group("navigateur")]

VISITOR = (
    "/", "/compte/login/", "/compte/signup/", "/compte/password/reset/", "/mentions-legales/",
    "/donnees-personnelles/", "/accessibilite/", "/plan-du-site/", "/hors-ligne/", "/rien/", "/demo/courriels/",
)  # fmt: skip
C = "/communautes/police-de-l-eau/"
AGENT = (
    f"{C}charte/", f"{C}moderation/", f"{C}moderation/?etat=traites", f"{C}moderation/journal/",
    f"{C}moderation/reponses-types/", f"{C}moderation/me-concernant/", f"{C}moderation/membres/gaelle-estaque/",
    "/", "/recherche/?q=busage", "/annuaire/", "/annuaire/?q=loi+sur+l%27eau", "/annuaire/moi/",
    "/annuaire/moi/modifier/", "/notifications/", "/notifications/reglages/", "/communautes/", "/communautes/creer/", C, f"{C}membres/",
    f"{C}a-propos/", f"{C}documents/", f"{C}forum/", f"{C}forum/nouveau/",
    f"{C}forum/nouveau/?genre=retour", f"{C}forum/nouveau/?genre=sondage", f"{C}forum/etiquettes/", f"{C}reunions/", "/salons/",
    f"{C}decisions/", f"{C}decisions/?q=girafe", f"{C}decisions/nouvelle/", f"{C}taches/", f"{C}taches/?etat=faites",
    f"{C}taches/nouvelle/", "/mes-taches/", "/mes-taches/?vue=confiees",
    "/forum/non-lus/", "/forum/favoris/", "/flux/", "/forum/brouillons/", "/forum/mise-en-forme/", "/compte/email/", "/compte/password/change/", "/compte/2fa/", "/compte/sessions/",
)  # fmt: skip


def faults(page: Page) -> list[str]:
    found = Axe().run(page)
    return [
        f"{page.url} {violation['id']}: {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def look(page: Page) -> list[str]:
    """Faults of the page as it is, in both themes."""
    found = []
    page.wait_for_load_state("networkidle")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => document.documentElement.getAttribute('data-fr-theme') === scheme", arg=scheme
        )
        found += [f"{scheme} {fault}" for fault in faults(page)]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"{page.url} scrolls sideways by {wide} px")
    return found


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_visitor(open_context: Callable[..., BrowserContext], size: str) -> None:
    page = open_context(size).new_page()
    found: list[str] = []
    for address in VISITOR:
        page.goto(address)
        found += look(page)
    assert found == []


@pytest.mark.parametrize("size", ["bureau", "telephone"])
def test_agent(sign_in: Callable[..., Page], size: str) -> None:
    page = sign_in("Aminata Sarr", size)
    addresses = list(AGENT)
    page.goto(f"{C}forum/")
    addresses.append(page.locator("a[href^='/sujets/']").first.get_attribute("href"))
    page.goto("/salons/")
    addresses.append(page.locator("main a[href^='/salons/']").first.get_attribute("href"))
    page.goto(f"{C}reunions/")
    meeting = page.locator("main a[href^='/reunions/']").first
    addresses.append(meeting.get_attribute("href"))
    planned = page.locator(f"main a[href='{C}reunions/planifier/']")
    addresses += [planned.first.get_attribute("href")] if planned.count() else []
    page.goto(f"{C}decisions/")
    noted = str(page.locator("main a[href^='/decisions/']").first.get_attribute("href"))
    addresses += [noted, f"{noted}modifier/", f"{noted}annuler/"]
    source = page.locator("main .decision a[href^='/messages/']").first.get_attribute("href")
    addresses += [str(source), f"{source}decision/", f"{source}tache/"]
    page.goto(f"{C}taches/")
    addresses.append(page.locator("main a[href^='/taches/']").first.get_attribute("href"))
    # Each decision about a sujet, and about a message of somebody else's.
    page.goto(f"{C}forum/?genre=discussion")
    sujet = (
        str(page.locator("main a[href^='/sujets/']").first.get_attribute("href")).split("#")[0].split("?")[0]
    )
    addresses += [f"{sujet}{end}/" for end in ("masquer", "deplacer", "fusionner", "scinder")]
    page.goto(sujet)
    asked = page.locator("a[href$='/signaler/']").first.get_attribute("href")
    addresses += [
        str(asked),
        str(asked).replace("signaler", "avertir"),
        str(asked).replace("signaler", "favori"),
    ]
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        assert not re.search("erreur|introuvable", page.title()), address
        found += look(page)
    assert found == []


def test_second_factors(sign_in: Callable[..., Page]) -> None:
    """The pages that ask for the password again, then for a code."""
    page = sign_in("Aminata Sarr")
    page.goto("/compte/2fa/totp/activate/")
    found = look(page)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("heading", name="Activer l’application").wait_for()
    for address in ("/compte/2fa/totp/activate/", "/compte/2fa/webauthn/add/", "/compte/2fa/webauthn/"):
        page.goto(address)
        found += look(page)
    assert found == []
