"""Lines of a salon that are kept for a time only."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from plateforme.socle.erreurs import ActionRefusee
from realtime import lieux
from realtime.actions import send_message, tell_of_salon_message
from realtime.conservation import remove_expired, set_retention
from realtime.models import MessageSalon, Salon
from realtime.presentation import my_salons
from realtime.tasks import remove_expired_lines
from tests.realtime.conftest import Monde, in_thread, make_agent, make_session, say


@pytest.fixture
def camille(db: None) -> Agent:
    return make_agent("Camille")


@pytest.fixture
def noe(db: None) -> Agent:
    return make_agent("Noé")


@pytest.fixture
def group(camille: Agent, noe: Agent) -> Salon:
    return lieux.open_group(camille, [noe], "Astreinte")


def say_ago(salon: Salon, auteur: Agent, days: int) -> MessageSalon:
    when = timezone.now() - timedelta(days=days)
    return send_message(auteur, salon, f"Il y a {days} jours", uuid4(), quand=when)


def kept(salon: Salon) -> list[int]:
    return list(MessageSalon.objects.filter(salon=salon).order_by("numero").values_list("numero", flat=True))


def test_old_lines_go_in_batches(group: Salon, camille: Agent, noe: Agent, monkeypatch: pytest.MonkeyPatch):
    other = lieux.open_direct(camille, noe)
    for days in (60, 50, 40, 20, 1):
        say_ago(group, camille, days)
        say_ago(other, camille, days)
    tell_of_salon_message(group.messages.get(numero=1))
    assert Notification.objects.filter(genre=Notification.Genre.PRIVE).count() == 1
    set_retention(camille, group, 30)
    # Nothing goes before the night.
    assert kept(group) == [1, 2, 3, 4, 5]
    monkeypatch.setattr("realtime.conservation.BATCH", 2)
    assert remove_expired()
    assert kept(group) == [3, 4, 5]
    remove_expired_lines()
    assert kept(group) == [4, 5]
    assert kept(other) == [1, 2, 3, 4, 5]
    group.refresh_from_db()
    assert group.efface_jusqu_a == 3
    # What was told of them goes too; what is unread is what is left.
    assert not Notification.objects.filter(genre=Notification.Genre.PRIVE).exists()
    assert next(salon.non_lus for salon in my_salons(noe) if salon == group) == 2
    assert say(group, noe, "Encore là").numero == 6


def test_who_says_how_long(group: Salon, camille: Agent, noe: Agent, settings: Any):
    with pytest.raises(PermissionDenied):
        set_retention(noe, group, 30)
    with pytest.raises(ActionRefusee):
        set_retention(camille, group, 31)
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(camille)
    address = reverse("realtime:conserver", args=[group.pk])
    assert browser.post(address, {"jours": "7"}).status_code == 422
    assert browser.post(address, {"jours": "365"}).status_code == 302
    browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(noe)
    for name in ("salon", "reglages"):
        page = browser.get(reverse(f"realtime:{name}", args=[group.pk])).content.decode()
        assert "chaque message est effacé un an après avoir été écrit" in page
    assert "Enregistrer la durée" not in page
    assert browser.post(address, {"jours": "0"}).status_code == 403


def test_a_salon_of_which_nothing_is_left(group: Salon, camille: Agent, noe: Agent, settings: Any):
    say_ago(group, camille, 60)
    set_retention(camille, group, 30)
    remove_expired_lines()
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(noe)
    assert browser.get(group.get_absolute_url()).status_code == 200
    assert (
        "Les derniers messages ne se lisent plus" in browser.get(reverse("realtime:salons")).content.decode()
    )


async def test_catch_up_over_what_was_removed(monde: Monde, tab: Any):
    """A page that shows number 1, away since, finds neither a hole nor an end that never comes."""

    def prepare() -> Salon:
        salon = lieux.open_group(monde.camille, [monde.noe])
        for days in (60, 50, 40):
            say_ago(salon, monde.camille, days)
        set_retention(monde.camille, salon, 30)
        remove_expired_lines()
        return salon

    salon = await in_thread(prepare)()
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{salon.pk}", apres=1)
    caught = await noe.hear("rattrapage")
    assert (caught["messages"], caught["suite"], caught["jusqu_a"]) == ([], False, 3)
    await in_thread(say)(salon, monde.camille, "De retour")
    assert (await noe.hear("salon.message"))["numero"] == 4
    await noe.subscribe(f"salon.{salon.pk}", apres=1)
    caught = await noe.hear("rattrapage")
    assert ([event["numero"] for event in caught["messages"]], caught["jusqu_a"]) == ([4], 4)
    await in_thread(set_retention)(monde.camille, salon, 90)
    changed = await noe.hear("salon.change")
    assert (changed["quoi"], "90 jours" in changed["conservation"]) == ("conservation", True)
