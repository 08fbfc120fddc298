"""A person says how they are: four states, an end at their own clock, a few words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annuaire.notifications.actions.appareils import push_notifications
from annuaire.notifications.models import Appareil, Notification
from annuaire.presence.actions import choose_state, end_states, set_preferences
from annuaire.presence.durees import LONGEST, end_of
from annuaire.presence.lecture import Choix, choice_of
from annuaire.presence.models import EtatPresence
from plateforme.socle.erreurs import ActionRefusee
from tests.factories import make_agent

PARIS, REUNION, NOUMEA = (ZoneInfo(name) for name in ("Europe/Paris", "Indian/Reunion", "Pacific/Noumea"))


@pytest.mark.parametrize(
    ("duree", "now", "expected"),
    [
        ("", datetime(2026, 3, 4, 10, tzinfo=PARIS), None),
        ("1h", datetime(2026, 3, 4, 10, tzinfo=PARIS), datetime(2026, 3, 4, 11, tzinfo=PARIS)),
        ("soir", datetime(2026, 3, 4, 10, tzinfo=REUNION), datetime(2026, 3, 4, 18, tzinfo=REUNION)),
        # Said in the evening: the end of the day.
        ("soir", datetime(2026, 3, 4, 21, tzinfo=PARIS), datetime(2026, 3, 5, 0, tzinfo=PARIS)),
        ("matin", datetime(2026, 3, 4, 23, tzinfo=NOUMEA), datetime(2026, 3, 5, 8, tzinfo=NOUMEA)),
        # The night in which clocks change: eight o'clock is eight o'clock.
        ("matin", datetime(2026, 3, 28, 20, tzinfo=PARIS), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("date", datetime(2026, 3, 4, 10, tzinfo=PARIS), datetime(2026, 3, 10, 0, tzinfo=PARIS)),
    ],
)
def test_end_of_a_state(duree: str, now: datetime, expected: datetime | None):
    assert end_of(duree, now, date(2026, 3, 9)) == expected


@pytest.mark.django_db
def test_a_state_ends_at_its_hour_without_the_worker():
    agent = make_agent("Léa")
    assert choice_of(agent) == Choix()
    now = timezone.now()
    choose_state(agent, "occupe", jusqu_a=now + timedelta(hours=1), message="  en réunion\n à Mende ")
    agent = type(agent).objects.get(pk=agent.pk)
    chosen = choice_of(agent)
    assert (chosen.etat, chosen.message) == ("occupe", "en réunion à Mende")
    later = choice_of(agent, now + timedelta(hours=1))
    assert (later.etat, later.message, later.jusqu_a) == ("en_ligne", "", None)
    # The worker only tidies up, once.
    assert end_states(now + timedelta(minutes=59)) is False
    assert EtatPresence.objects.get().etat == "occupe"
    end_states(now + timedelta(hours=2))
    row = EtatPresence.objects.get()
    assert (row.etat, row.message, row.jusqu_a, row.version) == ("en_ligne", "", None, 2)


@pytest.mark.django_db
def test_what_is_refused():
    agent, now = make_agent("Léa"), timezone.now()
    for etat, more in (
        ("ailleurs", {}),
        ("absent", {"message": "a" * 81}),
        ("absent", {"jusqu_a": now}),
        ("absent", {"jusqu_a": now + LONGEST + timedelta(days=1)}),
        ("absent", {"message": "nul\0"}),
    ):
        with pytest.raises(ActionRefusee):
            choose_state(agent, etat, **more)
    assert not EtatPresence.objects.exists()


@pytest.mark.django_db
def test_preferences_outlive_states(client: Client):
    agent = make_agent("Léa")
    set_preferences(agent, automatique=False, montre_lectures=True)
    choose_state(agent, "occupe")
    client.force_login(agent)
    assert "data-absence" not in client.get(reverse("presence:presence")).content.decode()
    client.post(reverse("presence:preferences"), {"automatique": "on"})
    row = EtatPresence.objects.get()
    assert (row.etat, row.montre_lectures) == ("occupe", False)
    assert 'data-absence="600"' in client.get(reverse("presence:presence")).content.decode()


@pytest.mark.django_db
def test_one_click_comes_back_to_its_page(client: Client):
    agent = make_agent("Léa")
    client.force_login(agent)
    choose, here = reverse("presence:choisir"), "http://testserver/salons/?archives=1"
    assert client.post(choose, {"etat": "occupe"}, headers={"referer": here}).url == "/salons/?archives=1"
    for strange in ("https://mechant.fr/x", "", "http://testserver//mechant.fr"):
        back = client.post(choose, {"etat": "absent"}, headers={"referer": strange}).url
        assert back in ("/presence/", "/mechant.fr"), strange
    answer = client.post(choose, {"etat": "invisible"}, headers={"accept": "application/json"})
    assert answer.json() == {"etat": "invisible", "libelle": "Invisible", "message": "", "fin": None}
    assert client.post(choose, {"etat": "x"}, headers={"accept": "application/json"}).status_code == 422
    assert client.post(choose, {}).status_code == 302
    assert EtatPresence.objects.get().etat == "invisible"


@pytest.mark.django_db
def test_the_page_takes_an_end_at_the_reader_s_clock(client: Client, django_assert_max_num_queries: Any):
    agent = make_agent("Léa")
    client.force_login(agent)
    page = reverse("presence:presence")
    day = timezone.localdate() + timedelta(days=9)
    sent = client.post(
        page, {"etat": "absent", "duree": "date", "jour": day.isoformat(), "message": "En congé"}
    )
    assert sent.url == page
    row = EtatPresence.objects.get()
    assert row.jusqu_a == datetime.combine(day + timedelta(days=1), datetime.min.time(), PARIS)
    with django_assert_max_num_queries(4):
        shown = client.get(page).content.decode()
    assert "En congé" in shown
    missing = client.post(page, {"etat": "absent", "duree": "date", "message": "gardé"})
    assert missing.status_code == 422
    assert "Indiquez le dernier jour." in missing.content.decode()
    assert "gardé" in missing.content.decode()
    late = client.post(page, {"etat": "absent", "duree": "date", "jour": "2020-01-01"})
    assert "Choisissez une fin à venir" in late.content.decode()


@pytest.mark.django_db
def test_no_page_asks_the_database_for_it(client: Client):
    """The state is read with the session."""
    agent = make_agent("Léa")
    choose_state(agent, "occupe", message="en réunion à Mende")
    client.force_login(agent)
    client.get("/charte/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = client.get("/charte/").content.decode()
    assert "en réunion à Mende" in shown
    assert len([query for query in asked if "presence_etatpresence" in query["sql"]]) == 1


@pytest.mark.django_db
def test_who_is_busy_is_not_disturbed_by_browsers(monkeypatch: pytest.MonkeyPatch, settings: Any):
    told: list[int] = []
    monkeypatch.setattr("annuaire.notifications.actions.appareils.public_key", lambda: "cle")
    monkeypatch.setattr("annuaire.notifications.actions.appareils.visible", lambda agent, rows: rows)
    monkeypatch.setattr(
        "annuaire.notifications.actions.appareils._send", lambda device, payload: told.append(device.agent_id)
    )
    monkeypatch.setattr("annuaire.notifications.actions.appareils.Session.objects.filter", lambda **_: Open())
    agents = [make_agent(name) for name in ("Léa", "Noé", "Zoé")]
    choose_state(agents[0], "occupe")
    choose_state(agents[1], "occupe", jusqu_a=timezone.now() + timedelta(minutes=5))
    EtatPresence.objects.filter(pk=agents[1].pk).update(jusqu_a=timezone.now() - timedelta(minutes=1))
    ids = []
    for agent in agents:
        Appareil.objects.create(
            agent=agent, adresse=f"https://a/{agent.pk}", p256dh="p", auth="a", session_key="s"
        )
        ids.append(
            Notification.objects.create(
                destinataire=agent, genre="mention", cle="essai", titre="t", url="/"
            ).pk
        )
    push_notifications(ids)
    assert sorted(told) == [agents[1].pk, agents[2].pk]
    # It waits where one reads.
    assert Notification.objects.unread().count() == 3


class Open:
    """Every session is open."""

    def values(self, *_: str) -> list[str]:
        return ["s"]
