"""Who hears that a meeting changed, on which channel."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.http import Http404

from annuaire.models import Agent
from realtime.reunions.access import may_listen
from realtime.reunions.actions import Invites, answer, cancel_reunion, plan_reunion, withdraw
from realtime.reunions.models import Reunion
from tests.reunions.conftest import soon

Heard = list[tuple[str, str]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What is published, in place of Redis: channel and type."""
    said: Heard = []

    def note(channel: str, event: dict[str, Any]) -> None:
        said.append((channel, event["type"]))

    def note_all(events: Iterable[tuple[str, dict[str, Any]]]) -> None:
        for channel, event in events:
            note(channel, event)

    monkeypatch.setattr("plateforme.socle.diffusion._publish", note)
    monkeypatch.setattr("plateforme.socle.diffusion._publish_all", note_all)
    return said


def test_who_may_listen(noe: Agent, lea: Agent, zoe: Agent) -> None:
    reunion = plan_reunion(noe, None, titre="À deux", debut=soon(), invites=Invites(agents=(lea,)))
    may_listen(lea, reunion.pk)
    with pytest.raises(Http404):
        may_listen(zoe, reunion.pk)
    withdraw(noe, reunion.participants.get(agent=lea))
    with pytest.raises(Http404):
        may_listen(lea, reunion.pk)


def test_those_concerned_hear(
    noe: Agent,
    lea: Agent,
    zoe: Agent,
    heard: Heard,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reunion = plan_reunion(noe, None, titre="À deux", debut=soon(), invites=Invites(agents=(lea,)))
    mine = {(f"agent.{agent.pk}", "reunions.change") for agent in (noe, lea)}
    page = f"reunion.{reunion.pk}"
    assert {(page, "reunion.nouvelle"), *mine} <= set(heard)
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer(lea, reunion, "accepte")
    # An answer changes one's own list, and the page; not the lists of the others.
    assert (page, "reunion.reponse") in heard and (f"agent.{lea.pk}", "reunions.change") in heard
    assert (f"agent.{noe.pk}", "reunions.change") not in heard
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(noe, reunion.participants.get(agent=lea))
    # Whoever is taken off sees it go.
    assert (f"agent.{lea.pk}", "reunions.change") in heard
    heard.clear()
    with django_capture_on_commit_callbacks(execute=True):
        cancel_reunion(noe, Reunion.objects.get(pk=reunion.pk))
    assert (page, "reunion.annulee") in heard
    assert not any(channel == f"agent.{zoe.pk}" for channel, _ in heard)


def test_a_draft_is_nobody_s_news(
    camille: Agent,
    communaute: Any,
    heard: Heard,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        plan_reunion(camille, communaute, titre="Brouillon", debut=soon(), brouillon=True)
    assert not any(kind == "reunions.change" or channel.startswith("communaute.") for channel, kind in heard)
