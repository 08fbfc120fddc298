"""No page has an accessibility fault that axe can see, in either theme."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.navigateur, pytest.mark.xdist_group("navigateur")]

VISITOR = (
    "/", "/compte/login/", "/compte/signup/", "/compte/password/reset/", "/mentions-legales/",
    "/donnees-personnelles/", "/accessibilite/", "/plan-du-site/", "/hors-ligne/", "/rien/", "/demo/courriels/",
)  # fmt: skip
C = "/communautes/police-de-l-eau/"
AGENT = (
    "/", "/recherche/?q=busage", "/annuaire/", "/annuaire/?q=loi+sur+l%27eau", "/annuaire/moi/",
    "/annuaire/moi/modifier/", "/notifications/", "/communautes/", "/communautes/creer/", C, f"{C}membres/",
    f"{C}a-propos/", f"{C}documents/", f"{C}forum/", f"{C}forum/nouveau/", f"{C}reunions/", "/salons/",
    "/forum/non-lus/", "/compte/email/", "/compte/password/change/", "/compte/2fa/", "/compte/sessions/",
)  # fmt: skip


def faults(page: Page) -> list[str]:
    found = Axe().run(page)
    return [
        f"{page.url} {violation['id']}: {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def look(page: Page, scheme: str) -> list[str]:
    # The theme follows the browser; stylesheets and fonts must have settled before colours are judged.
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.getAttribute('data-fr-theme')") in (scheme, None)
    return faults(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visitor(open_context: Callable[..., BrowserContext], scheme: str) -> None:
    page = open_context("bureau", scheme).new_page()
    found: list[str] = []
    for address in VISITOR:
        page.goto(address)
        found += look(page, scheme)
    assert found == []


@pytest.mark.parametrize(("scheme", "size"), [("light", "bureau"), ("dark", "telephone")])
def test_agent(sign_in: Callable[..., Page], scheme: str, size: str) -> None:
    page = sign_in("Aminata Sarr", size, scheme)
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
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        assert not re.search("erreur|introuvable", page.title()), address
        found += look(page, scheme)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{address} scrolls sideways by {wide} px")
    assert found == []
