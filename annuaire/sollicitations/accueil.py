"""What somebody's page says to who would ask them: whether there is room, until when they are away, who else could help."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from annuaire.models import Agent
from annuaire.sollicitations.charge import LIBRE, Place, others_like, rooms_of
from annuaire.sollicitations.rappels import absences

# An absence that ends sooner changes nothing for who asks.
LONGUE = timedelta(days=1)


@dataclass(frozen=True)
class Accueil:
    """`absent_jusqu_au`: the day on which an announced absence ends. `autres`: colleagues who declare the same expertises
    and have room; looked for only when there is none here, or an absence."""

    place: Place = LIBRE
    absent_jusqu_au: date | None = None
    autres: list[Agent] = field(default_factory=list)


def room_for(reader: Agent, agent: Agent) -> Accueil:
    """As the page of `agent` says it to `reader`, both agents of the State: neither limits nor counts, only whether and
    from when. Two queries, and a handful more when there is no room or an absence."""
    now = timezone.now()
    place = rooms_of([agent], now)[agent.pk]
    end = absences([agent], now).get(agent.pk)
    away = timezone.localdate(end) if end is not None and end - now > LONGUE else None
    if place.possible and away is None:
        return Accueil()
    return Accueil(place, away, others_like(reader, agent))
