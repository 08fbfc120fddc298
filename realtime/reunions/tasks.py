"""What is told of meetings, by the worker."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.reunions import actions
from realtime.reunions.actions.nouvelles import tell_of_proposal
from realtime.reunions.models import PointOrdreDuJour, Reunion

_RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


def _reunion(pk: int) -> Reunion | None:
    found: Reunion | None = (
        Reunion.objects.select_related("communaute", "organisateur", "serie").filter(pk=pk).first()
    )
    return found


@app.task(name="reunions.distribute_reunion", retry=_RETRY)
def distribute_reunion(reunion_id: int) -> None:
    """Tell those invited who were not told."""
    reunion = _reunion(reunion_id)
    if reunion is not None:
        actions.tell_of_reunion(reunion)


@app.task(name="reunions.distribute_change", retry=_RETRY)
def distribute_change(reunion_id: int, auteur_id: int, sequence: int, dit: str) -> None:
    """Tell those invited what changed."""
    reunion = _reunion(reunion_id)
    if reunion is not None:
        actions.tell_of_change(reunion, Agent.objects.filter(pk=auteur_id).first(), sequence, dit)


@app.task(name="reunions.distribute_cancellation", retry=_RETRY)
def distribute_cancellation(reunion_id: int, auteur_id: int) -> None:
    """Tell those invited that it is off."""
    reunion = _reunion(reunion_id)
    if reunion is not None:
        actions.tell_of_cancellation(reunion, Agent.objects.filter(pk=auteur_id).first())


@app.task(name="reunions.distribute_proposal", retry=_RETRY)
def distribute_proposal(point_id: int) -> None:
    """Tell those who prepare a meeting of a proposed point."""
    point = (
        PointOrdreDuJour.objects.select_related("reunion__organisateur", "propose_par")
        .filter(pk=point_id)
        .first()
    )
    if point is not None:
        tell_of_proposal(point)


@app.task(name="reunions.follow_membership", retry=_RETRY)
def follow_membership(communaute_id: int, agent_id: int) -> None:
    """Have the meetings to come follow a membership that changed."""
    communaute = Communaute.objects.filter(pk=communaute_id).first()
    agent = Agent.objects.filter(pk=agent_id).first()
    if communaute is not None and agent is not None:
        actions.follow_membership(communaute, agent)
