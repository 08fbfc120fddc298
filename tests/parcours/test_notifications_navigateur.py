"""Notifications of the browser: asked for by a click, sent by the site, shown by the service worker, stopped.

The push services of browsers are outside: one of our own stands for them, given to the page in their place. All else is
the real thing, to the message that the service worker is handed by the browser.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, CDPSession, Page, Playwright, expect

from tests.notifications.service_push import Service
from tests.parcours.conftest import CHROMIUM, Site, launch_browser
from tests.parcours.test_axe import look

pytestmark = pytest.mark.navigateur

C = "/communautes/police-de-l-eau/"
IN_PLACE = """
const given = %s;
PushManager.prototype.subscribe = async function (options) {
  sessionStorage.setItem("cle", String(new Uint8Array(options.applicationServerKey).length));
  return { toJSON: () => given };
};
"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A whole browser: the light one shows no notification."""
    browser = launch_browser(playwright, *CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.stop()


def disturb_at_any_hour(site: Site) -> None:
    """Nadia may be told things whenever the test runs, at night and on Sundays too."""
    with psycopg.connect(site.env["DATABASE_URL"]) as connection:
        connection.execute(
            "INSERT INTO notifications_reglage (agent_id, voies, courriels, resume, fuseau, jours)"
            " SELECT id, '{}', false, 'jamais', '', '{0,1,2,3,4,5,6}' FROM annuaire_agent WHERE identifiant = 'nadia-ferhat'"
            " ON CONFLICT (agent_id) DO UPDATE SET jours = excluded.jours, calme_debut = NULL, calme_fin = NULL"
        )


def registration(page: Page) -> tuple[CDPSession, str]:
    """What the browser knows the site's service worker by."""
    session = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    session.send("ServiceWorker.enable")
    deadline = time.monotonic() + 8
    while not found and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return session, found[-1]["registrationId"]


def received(service: Service, number: int) -> dict[str, str]:
    deadline = time.monotonic() + 10
    while len(service.shown) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(service.shown) == number
    return service.shown[-1]


def test_asked_for_then_shown_then_stopped(
    site: Site, sign_in: Callable[..., Page], service: Service
) -> None:
    disturb_at_any_hour(site)
    nadia, gaelle = sign_in("Nadia Ferhat"), sign_in("Gaëlle Estaque")
    nadia.add_init_script(IN_PLACE % json.dumps(service.subscription()))
    nadia.goto("/notifications/reglages/")
    place = nadia.locator("#navigateur")
    button = place.get_by_role("button", name="Activer sur cet appareil")

    # Refused by the person: it says what to do, and nothing is asked for before a click.
    nadia.evaluate("Notification.requestPermission = async () => 'denied'")
    button.click()
    expect(place.get_by_role("status")).to_contain_text("Changez ce choix dans ses réglages")
    nadia.context.grant_permissions(["notifications"], origin=site.url)
    nadia.reload()
    button.click()
    expect(place.get_by_text("Chrome sur Linux")).to_be_visible()
    assert nadia.evaluate("sessionStorage.getItem('cle')") == "65"
    assert look(nadia) == []

    # A colleague cites her: a title and an address leave, and the text never does.
    gaelle.goto(f"{C}forum/?genre=question")
    gaelle.locator("main .rang__titre a").first.click()
    answer(gaelle, "@nadia-ferhat, le busage de 2019 est-il déclaré ?")
    said = received(service, 1)
    assert "Gaëlle Estaque" in said["titre"]
    assert "2019" not in json.dumps(said)

    # Who looks at the site is shown nothing more; who does not is.
    session, number = registration(nadia)
    deliver = {"origin": site.url, "registrationId": number, "data": json.dumps(said)}
    nadia.bring_to_front()
    session.send("ServiceWorker.deliverPushMessage", deliver)
    assert titles(nadia) == []
    nadia.goto("about:blank")
    session.send("ServiceWorker.deliverPushMessage", deliver)
    nadia.wait_for_timeout(200)
    nadia.goto("/notifications/reglages/")
    assert titles(nadia) == [said["titre"]]

    # Taken away, nothing leaves any more.
    place.get_by_role("button", name="Retirer").click()
    expect(place.get_by_text("Chrome sur Linux")).to_have_count(0)
    answer(gaelle, "@nadia-ferhat, et celui de 2021 ?")
    nadia.goto("/notifications/?filtre=mentions")
    expect(nadia.locator("main").get_by_text("Gaëlle Estaque").first).to_be_visible()
    assert len(service.shown) == 1


def answer(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Votre réponse").fill(text)
    page.get_by_role("button", name="Publier").last.click()
    expect(page.locator(".message").get_by_text(text.partition(", ")[2])).to_be_visible()


def titles(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "navigator.serviceWorker.ready.then((worker) => worker.getNotifications())"
        ".then((shown) => shown.map((one) => one.title))"
    )
    return found
