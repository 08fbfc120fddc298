"""No page has an accessibility fault that axe can see, in either theme, on a desk or on a phone."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import psycopg
import pytest
from allauth.mfa.app_settings import TOTP_PERIOD
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings
from django.urls import resolve
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from annuaire.models import Agent
from annuaire.notifications.courriels import RESUME, unsubscribe_url
from plateforme.demo.comptes import DOMAINE, MOT_DE_PASSE
from realtime.reunions.adresses import dates_link, guest_link
from realtime.reunions.models import Participant, Sonde
from tests.parcours.calme import DRAWN, settle
from tests.parcours.conftest import SIZES, Site, new_context, sign_in_with
from tests.parcours.pages import ANIMATRICE, MEMBRE, PLACES, VISITEUR

pytestmark = pytest.mark.navigateur

AXE = Axe().axe_script
NARROW: ViewportSize = {"width": 320, "height": 640}
PEOPLE = {"": VISITEUR, "Aminata Sarr": ANIMATRICE, "Nadia Ferhat": MEMBRE}
PAGES = [
    pytest.param(who, name, address, id=f"{who or 'visiteur'} {address}")
    for who, pages in PEOPLE.items()
    for name, addresses in pages.items()
    for address in addresses
]


# Rules about colours: the only ones that a theme can change.
COLOURS = ["color-contrast", "link-in-text-block"]


def faults(page: Page, **options: object) -> list[str]:
    """What axe sees in the page once at rest, with its own `options`."""
    settle(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "options => axe.run(options).then((results) => results.violations)",
        # Style sheets are the same everywhere: reading them again for the one rule that asks takes half the time.
        {"resultTypes": ["violations"], "preload": False, **options},
    )
    return [
        f"{page.url} {violation['id']}: {node['html'][:160]} {_colours(node)}"
        for violation in found
        for node in violation["nodes"]
    ]


def _colours(node: dict[str, list[dict[str, object]]]) -> object:
    """What axe measured of a contrast."""
    return next((check["data"] for check in node["any"] if check["data"]), "")


def look(page: Page) -> list[str]:
    """Faults of the page, in both themes: the one it has, then the other, which it keeps. Nor is it too wide."""
    return faults(page) + _in_other_theme(page) + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """Nothing if the page fits in its window, which it is only to be scrolled down in."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url} is {wider} pixels too wide"] if wider > 0 else []


def _in_other_theme(page: Page) -> list[str]:
    dark: bool = page.evaluate("document.documentElement.dataset.frTheme === 'dark'")
    scheme: Literal["light", "dark"] = "light" if dark else "dark"
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.frTheme === scheme", arg=scheme)
    return [f"{scheme} {fault}" for fault in faults(page, runOnly=COLOURS)]


def look_everywhere(page: Page) -> list[str]:
    """Faults of the page as it is, in both themes, on a desk and on a phone; it is loaded once.

    And nothing is wider than the narrowest screen that RGAA has in mind, which is also a page at 400 %.
    """
    page.set_viewport_size(SIZES["bureau"])
    found = look(page)
    # The same colours on a phone, in another order.
    page.set_viewport_size(SIZES["telephone"])
    rules = {rule: {"enabled": False} for rule in COLOURS}
    found += [f"telephone {fault}" for fault in [*faults(page, rules=rules), *too_wide(page)]]
    page.set_viewport_size(NARROW)
    page.evaluate(DRAWN)
    return found + too_wide(page)


@pytest.fixture(scope="module")
def page_of(browser: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """The page of one person, kept from one test to the next; "" for somebody who is not signed in."""
    pages: dict[str, Page] = {}

    def find(who: str) -> Page:
        for other in pages.keys() - {who}:
            # The design system asks for sixty pictures a second, of pages that nobody looks at too.
            if pages[other].url != "about:blank":
                pages[other].goto("about:blank")
        if who not in pages:
            pages[who] = new_context(browser, site).new_page()
            if who:
                sign_in_with(pages[who], who)
        return pages[who]

    yield find
    for page in pages.values():
        page.context.close()


class Places(dict[str, object]):
    """What an address of pages.py names, looked for in this site when one asks."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __missing__(self, name: str) -> object:
        if name == "desabonnement":
            self[name] = self.signed(lambda: unsubscribe_url(Agent(pk=self["nadia"]), RESUME))
        elif name == "invitation":
            self[name] = self.signed(lambda: guest_link(Participant(pk=self["exterieur"])))
        elif name == "dates_exterieur":
            self[name] = self.signed(lambda: dates_link(Sonde(pk=self["sonde"])))
        else:
            self[name] = self.find(PLACES[name])
        return self[name]

    def signed(self, address: Callable[[], str]) -> str:
        """An address that an e-mail gives, signed as this site signs it."""
        with override_settings(SECRET_KEY=self.site.env["SECRET_KEY"], SITE_URL=""):
            return address()

    def find(self, query: str) -> object:
        deadline = time.monotonic() + 20
        with psycopg.connect(self.site.env["DATABASE_URL"], autocommit=True) as database:
            # What the background worker makes comes a little later.
            while not (row := database.execute(query).fetchone()):  # type: ignore[arg-type]
                assert time.monotonic() < deadline, f"nothing in the demo for {query}"
                time.sleep(0.1)
        return row[0]


@pytest.fixture(scope="module")
def places(site: Site, page_of: Callable[[str], Page]) -> Places:
    # The demo shows every e-mail: this one tells somebody how to choose another password.
    page = page_of("")
    page.goto("/compte/password/reset/")
    page.get_by_label("Courriel").fill(f"lucien-barthes@{DOMAINE}")
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/compte/password/reset/done/")
    return Places(site)


@pytest.mark.parametrize(("who", "name", "address"), PAGES)
def test_page(page_of: Callable[[str], Page], places: Places, who: str, name: str, address: str) -> None:
    page = page_of(who)
    answer = page.goto(address.format_map(places))
    assert answer
    assert answer.status == 200
    # No sign-in page nor another that it leads to.
    assert resolve(urlsplit(page.url).path).view_name == name
    assert look_everywhere(page) == []


def test_what_is_not_there_and_what_is_not_for_me(page_of: Callable[[str], Page]) -> None:
    page = page_of("Nadia Ferhat")
    page.goto("/")
    settle(page)
    assert faults(page, preload=True, runOnly=["css-orientation-lock"]) == []
    for address, status in (
        ("/rien/", 404),
        ("/communautes/police-de-l-eau/moderation/", 403),
        ("/notifications/desabonnement/rien/", 404),
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == status
        assert look_everywhere(page) == []
        page.set_viewport_size(SIZES["telephone"])
        # What a phone alone has, the bar below, is the same on all pages.
        assert look(page) == []


def test_second_factors(open_context: Callable[..., BrowserContext]) -> None:
    """The pages behind a password asked again, then behind a code; the account is one that no other test enters."""

    def enter() -> None:
        page.goto("/compte/login/")
        page.get_by_label("Courriel").fill(f"huong-tran@{DOMAINE}")
        page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
        page.get_by_role("button", name="Se connecter", exact=True).click()

    page = open_context().new_page()
    enter()
    page.get_by_role("heading", name=re.compile("Bonjour")).wait_for()
    page.goto("/compte/2fa/totp/activate/")
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("heading", name="Activer l’application").wait_for()
    found = look_everywhere(page)
    secret = page.locator("main code").inner_text()
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_PERIOD)))
    page.get_by_role("button", name="Activer").click()
    page.wait_for_url("**/compte/2fa/recovery-codes/**")
    for address in (
        "/compte/2fa/recovery-codes/",
        "/compte/2fa/recovery-codes/generate/",
        "/compte/2fa/totp/deactivate/",
        "/compte/2fa/webauthn/add/",
        "/compte/2fa/webauthn/",
        "/compte/2fa/",
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200
        assert urlsplit(page.url).path == address
        found += look_everywhere(page)
    page.context.clear_cookies()
    enter()
    page.wait_for_url("**/compte/2fa/authenticate/")
    found += look_everywhere(page)
    assert found == []
