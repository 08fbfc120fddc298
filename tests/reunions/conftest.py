"""A community that meets: who animates it, two members, somebody outside."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.reunions import actions
from realtime.reunions.models import Participant, Reunion
from tests.factories import add_member, make_agent, make_communaute


def soon(days: int = 7, hour: int = 14, minute: int = 0) -> datetime:
    """A moment to come, at that hour in Paris."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def participant(reunion: Reunion, agent: Agent) -> Participant:
    return Participant.objects.get(reunion=reunion, agent=agent)


@pytest.fixture
def camille(db: None) -> Agent:
    return make_agent("Camille", "Martin")


@pytest.fixture
def noe(db: None) -> Agent:
    return make_agent("Noé", "Garcin")


@pytest.fixture
def lea(db: None) -> Agent:
    return make_agent("Léa", "Vidal")


@pytest.fixture
def zoe(db: None) -> Agent:
    """Not a member."""
    return make_agent("Zoé", "Dehors")


@pytest.fixture
def communaute(camille: Agent, noe: Agent, lea: Agent) -> Communaute:
    communaute = make_communaute(camille, "sur_demande")
    add_member(communaute, noe)
    add_member(communaute, lea)
    return communaute


@pytest.fixture
def labo(camille: Agent, noe: Agent) -> Communaute:
    labo = make_communaute(camille, "privee", genre="laboratoire")
    add_member(labo, noe)
    return labo


@pytest.fixture
def plan(communaute: Communaute, camille: Agent) -> Callable[..., Reunion]:
    """Plan a meeting of the community, as Camille does."""

    def make(titre: str = "Point mensuel", **fields: Any) -> Reunion:
        fields.setdefault("debut", soon())
        return actions.plan_reunion(
            fields.pop("auteur", camille), fields.pop("communaute", communaute), titre=titre, **fields
        )

    return make
