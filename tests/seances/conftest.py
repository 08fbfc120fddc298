"""A meeting that is about to begin: Camille runs it, Noé is its secretary, Léa takes part, Zoé is outside."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from annuaire.models import Agent
from realtime.reunions.actions import Invites, ProjetPoint
from realtime.reunions.actions.points import write_points
from realtime.reunions.models import Convive, PointOrdreDuJour, Reunion
from realtime.seances import actions
from realtime.seances.models import Seance
from tests.reunions.conftest import camille, communaute, labo, lea, noe, plan, zoe

__all__ = ["camille", "communaute", "labo", "lea", "noe", "plan", "zoe"]


@pytest.fixture
def reunion(plan: Callable[..., Reunion], noe: Agent) -> Reunion:
    reunion = plan(invites=Invites(toute_la_communaute=True))
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() + timedelta(minutes=5))
    reunion.refresh_from_db()
    write_points(
        reunion,
        [ProjetPoint("Bilan", minutes=5), ProjetPoint("Seuils", minutes=10), ProjetPoint("Suites")],
    )
    reunion.participants.filter(agent=noe).update(role=Convive.Role.SECRETAIRE)
    return reunion


@pytest.fixture
def points(reunion: Reunion) -> list[PointOrdreDuJour]:
    return list(reunion.points.order_by("rang"))


@pytest.fixture
def seance(camille: Agent, reunion: Reunion) -> Seance:
    return actions.open_seance(camille, reunion)


def now_is(seance: Seance) -> Seance:
    """The row as the database has it."""
    return Seance.objects.select_related("reunion__communaute", "point", "salon").get(pk=seance.pk)
