"""Browser notifications, with a push service of our own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, set_read
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Appareil, Notification
from annuaire.notifications.push import generate_key, known_service
from tests.factories import browser, make_agent
from tests.notifications.service_push import Service, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    settings.VAPID_CLE_PRIVEE = generate_key()
    found = Service()
    yield found
    found.stop()


@pytest.fixture
def nadia() -> Agent:
    return make_agent("Nadia")


def subscribe(client: Client, given: Any) -> Any:
    return client.post("/notifications/appareils/", json.dumps(given), content_type="application/json")


def tell(agent: Agent, cle: str = "rappel.1") -> Notification:
    (row,) = notify(
        [agent], Annonce(genre=Genre.RAPPEL, cle=cle, titre="À relire", url="/", extrait="Secret")
    )
    return row


def test_the_browser_shows_a_title_and_an_address_and_nothing_else(
    service: Service, nadia: Agent, run_jobs: Any
) -> None:
    assert subscribe(browser(nadia), service.subscription()).status_code == 200
    row = tell(nadia)
    run_jobs()
    assert service.shown == [{"titre": "À relire", "url": f"/notifications/{row.pk}/", "fil": "rappel.1"}]
    sent = service.requests[0]
    assert sent["content-encoding"] == "aes128gcm"
    assert sent["authorization"].startswith("vapid t=")
    assert "topic" not in sent


def test_what_was_read_meanwhile_is_not_shown(service: Service, nadia: Agent, run_jobs: Any) -> None:
    subscribe(browser(nadia), service.subscription())
    set_read(nadia, [tell(nadia).pk], True)
    run_jobs()
    assert service.shown == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    service: Service, nadia: Agent, run_jobs: Any, status: int
) -> None:
    subscribe(browser(nadia), service.subscription())
    service.status = status
    tell(nadia)
    run_jobs()
    assert not Appareil.objects.exists()


@pytest.mark.parametrize("status", [302, 429, 500])
def test_a_service_that_fails_is_left_alone_a_while(
    service: Service, nadia: Agent, run_jobs: Any, status: int
) -> None:
    subscribe(browser(nadia), service.subscription())
    service.status = status
    tell(nadia)
    run_jobs()
    device = Appareil.objects.get()
    assert device.echecs == 1
    assert device.attendre_jusqu_au is not None and device.attendre_jusqu_au > timezone.now()
    tell(nadia, "rappel.2")
    run_jobs()
    # Once: neither tried again while it waits, nor followed where a redirection leads.
    assert len(service.requests) == 1


def test_signing_out_ends_it_on_that_computer(service: Service, nadia: Agent, run_jobs: Any) -> None:
    office, phone = browser(nadia), browser(nadia)
    subscribe(office, service.subscription("/office"))
    subscribe(phone, service.subscription("/phone"))
    office.post("/compte/logout/")
    tell(nadia)
    run_jobs()
    assert len(service.shown) == 1
    assert Appareil.objects.get().adresse.endswith("/phone")


def test_the_next_person_on_a_browser_takes_it_over(service: Service, nadia: Agent) -> None:
    other = make_agent()
    for agent in (nadia, other):
        subscribe(browser(agent), service.subscription())
    assert Appareil.objects.get().agent == other
    device = Appareil.objects.get()
    assert browser(nadia).post(f"/notifications/appareils/{device.pk}/retirer/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.fr/x", "https://evilfcm.googleapis.com/x",
        "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://localhost/x", "file:///etc/passwd",
        "https://fcm.googleapis.com:8443/x", "https://a:b@fcm.googleapis.com/x", "https://fcm.googleapis.com@127.0.0.1/",
        "https://169.254.169.254/latest", "https://push.apple.com.", "http://127.0.0.1:80/x", "", "x" * 700, "https://[",
    ],
)  # fmt: skip
def test_no_other_machine_is_ever_called(address: str, nadia: Agent, service: Service, settings: Any) -> None:
    settings.PUSH_LOCAL = False
    assert not known_service(address)
    given = service.subscription() | {"endpoint": address}
    answer = subscribe(browser(nadia), given)
    assert answer.status_code == 422
    assert "n’est pas reconnu" in answer.json()["erreur"]


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x", "https://db5p.notify.windows.com/w/?token=x",
    ],
)  # fmt: skip
def test_the_browsers_own_services_are_known(address: str) -> None:
    assert known_service(address)


@pytest.mark.parametrize("given", [None, [], {}, {"endpoint": "x"}, {"endpoint": "x", "keys": 3}, "é"])
def test_odd_subscriptions_are_refused(given: Any, nadia: Agent, service: Service) -> None:
    assert subscribe(browser(nadia), given).status_code in (400, 422)


def test_a_point_that_is_not_one_stops_nobody_else(service: Service, nadia: Agent, run_jobs: Any) -> None:
    bad = service.subscription("/bad")
    bad["keys"]["p256dh"] = text(b"\x04" + b"\x00" * 64)
    client = browser(nadia)
    subscribe(client, bad)
    subscribe(client, service.subscription())
    tell(nadia)
    run_jobs()
    assert len(service.shown) == 1


def test_without_a_key_nothing_is_offered(nadia: Agent, settings: Any) -> None:
    settings.VAPID_CLE_PRIVEE = ""
    client = browser(nadia)
    assert "Activer sur cet appareil" not in client.get("/notifications/reglages/").content.decode()
    assert (
        subscribe(
            client, {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "", "auth": ""}}
        ).status_code
        == 422
    )
