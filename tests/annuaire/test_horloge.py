"""Pages say hours at the clock of the person who reads them, and keep nothing of one clock for another."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import settings_of
from annuaire.notifications.models import Reglage
from communautes.models import Communaute
from forum.actions import publish_message
from forum.models import Message, Sujet
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet, make_territoire

pytestmark = pytest.mark.django_db

# In Paris the evening of the 24th, in La Réunion already the 25th.
WRITTEN = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
ICI, LA_BAS = "hier à 22\u00a0h\u00a030", "aujourd’hui à 1\u00a0h\u00a030"


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def sujet(communaute: Communaute) -> Sujet:
    sujet = make_sujet(communaute, add_member(communaute, make_agent("Nadia")).agent)
    Message.objects.filter(sujet=sujet).update(cree_le=WRITTEN)
    Sujet.objects.filter(pk=sujet.pk).update(dernier_message_le=WRITTEN)
    return sujet


@pytest.fixture
def overseas(communaute: Communaute) -> Agent:
    lila = make_agent("Lila", territoire=make_territoire("974", "La Réunion", "R04"))
    return add_member(communaute, lila).agent


@pytest.fixture
def here(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Max")).agent


def read(client: Client, path: str) -> str:
    with patch("django.utils.timezone.now", return_value=NOW):
        return client.get(path).content.decode()


@pytest.mark.parametrize("page", ["/sujets/{sujet}/?page=1", "/communautes/{slug}/forum/", "/forum/non-lus/"])
def test_each_reader_has_their_own_hours(
    sujet: Sujet, communaute: Communaute, overseas: Agent, here: Agent, page: str
) -> None:
    path = page.format(sujet=sujet.pk, slug=communaute.slug)
    far, near = browser(overseas), browser(here)
    # Twice, in turns: what was kept of one must not reach the other. Both have read it before.
    for _ in range(2):
        assert LA_BAS in (said := read(far, path)) and ICI not in said
        assert ICI in (said := read(near, path)) and LA_BAS not in said


def test_the_clock_chosen_wins_at_the_next_page(sujet: Sujet, overseas: Agent) -> None:
    client, path = browser(overseas), f"/sujets/{sujet.pk}/?page=1"
    assert LA_BAS in read(client, path)
    row = settings_of(overseas)
    row.fuseau = "Europe/Paris"
    row.save()
    assert Reglage.objects.get(agent=overseas).fuseau == "Europe/Paris"
    assert ICI in read(client, path)


def test_a_day_is_that_of_the_reader(sujet: Sujet, overseas: Agent, here: Agent) -> None:
    evening = publish_message(sujet.auteur, sujet, "Le soir à Paris")
    Message.objects.filter(pk=evening.pk).update(cree_le=WRITTEN)
    Message.objects.filter(sujet=sujet, numero=1).update(cree_le=WRITTEN - timedelta(days=2))
    noon = publish_message(sujet.auteur, sujet, "Le lendemain midi")
    Message.objects.filter(pk=noon.pk).update(cree_le=datetime(2026, 11, 25, 11, tzinfo=UTC))
    path = f"/sujets/{sujet.pk}/?date=2026-11-25"
    assert browser(overseas).get(path).headers["Location"].endswith(f"#message-{evening.numero}")
    assert browser(here).get(path).headers["Location"].endswith(f"#message-{noon.numero}")


def test_nothing_of_a_clock_stays_with_the_thread(sujet: Sujet, overseas: Agent) -> None:
    browser(overseas).get(f"/sujets/{sujet.pk}/")
    assert timezone.get_current_timezone_name() == "Europe/Paris"
    with pytest.raises(RuntimeError), patch("forum.views.lecture.thread_context", side_effect=RuntimeError):
        browser(overseas).get(f"/sujets/{sujet.pk}/")
    assert timezone.get_current_timezone_name() == "Europe/Paris"
