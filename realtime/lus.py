"""Up to where the others have read: by name in a salon of few named people, by number elsewhere.

What is shown is `LectureSalon.montre`, which stays behind while somebody is invisible. Whoever does not show what they read
sees nothing of the others, and they nothing of them.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Subquery

from annuaire.models import Agent
from annuaire.presence.lecture import choice_of
from plateforme.socle.diffusion import publish_all_on_commit
from realtime.frames import person_frame
from realtime.models import LectureSalon, MembreSalon, MessageSalon

# People in a salon beyond whom a number says it better.
PEU = 20


class Lue(NamedTuple):
    """A reading that was just written."""

    agent_id: int
    salon_id: int
    numero: int


def readings(agent: Agent, pk: int) -> tuple[list[dict[str, Any]] | None, int | None]:
    """For the channel `salon.N`, for somebody who may follow it: up to where each of the others has read, where few
    are named; else how many have read the last line. Two queries; neither for who does not show theirs."""
    if not choice_of(agent).montre_lectures:
        return None, None
    if pk in _small([pk]):
        members = MembreSalon.objects.filter(salon=pk).values("agent")
        rows = (
            LectureSalon.objects.filter(salon=pk, montre__gt=0, agent__in=members, agent__is_active=True)
            .exclude(agent=agent)
            .exclude(agent__etat_presence__montre_lectures=False)
            .select_related("agent__service", "agent__territoire")
        )
        return [_frame(row.agent, row.montre) for row in rows], None
    # Of those that the page shows: replies that stay in their thread are read apart.
    last = MessageSalon.objects.filter(salon=pk, au_salon=True).order_by("-numero")
    readers = (
        LectureSalon.objects.filter(salon=pk, agent__is_active=True)
        .filter(montre__gte=Subquery(last.values("numero")[:1]))
        .exclude(agent=agent)
        .exclude(agent=Subquery(last.values("auteur")[:1]))
        .exclude(agent__etat_presence__montre_lectures=False)
    )
    return None, readers.count()


def tell_of_readings(lues: Collection[Lue]) -> None:
    """Tell the salons of few named people of what was just read there, one event each. One query; two more if there is
    anything to tell. Within the transaction that wrote it."""
    small = _small({lue.salon_id for lue in lues})
    told = [lue for lue in lues if lue.salon_id in small]
    if not told:
        return
    people = (
        Agent.objects.active()
        .with_place()
        .exclude(etat_presence__montre_lectures=False)
        .in_bulk({lue.agent_id for lue in told})
    )
    events: dict[int, list[dict[str, Any]]] = {}
    for lue in told:
        if lue.agent_id in people:
            events.setdefault(lue.salon_id, []).append(_frame(people[lue.agent_id], lue.numero))
    publish_all_on_commit((f"salon.{pk}", {"type": "lectures", "lus": lus}) for pk, lus in events.items())


def _small(pks: Iterable[int]) -> set[int]:
    """Those of these salons whose members are named, and few. One query."""
    members = MembreSalon.objects.filter(salon__in=list(pks), agent__is_active=True)
    counted = members.values("salon").annotate(nombre=Count("pk")).filter(nombre__lte=PEU)
    return set(counted.values_list("salon", flat=True))


def _frame(agent: Agent, numero: int) -> dict[str, Any]:
    return {"personne": person_frame(agent), "numero": numero}
