"""Who already has a meeting at a moment. What it is about is nobody else's business: only that there is one."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import DurationField, F, Value

from realtime.reunions.models import Convive, Participant, Reunion
from realtime.reunions.models.reunions import LONGEST

NOT_BUSY = (Reunion.Etat.BROUILLON, Reunion.Etat.ANNULEE, Reunion.Etat.TERMINEE)


def busy_at(agent: int, debuts: Collection[datetime], duree_minutes: int) -> set[datetime]:
    """Those of `debuts` at which `agent` is invited to a meeting that they have not declined. One query."""
    if not debuts:
        return set()
    length = timedelta(minutes=duree_minutes)
    rows = (
        Participant.objects.present()
        .filter(
            agent=agent, reunion__debut__lt=max(debuts) + length, reunion__debut__gt=min(debuts) - LONGEST
        )
        .exclude(reponse=Convive.Reponse.REFUSE)
        .exclude(reunion__etat__in=NOT_BUSY)
        .values_list("reunion__debut", "reunion__duree_minutes")
    )
    taken = [(debut, debut + timedelta(minutes=minutes)) for debut, minutes in rows]
    return {debut for debut in debuts if any(start < debut + length and end > debut for start, end in taken)}


def busy_among(
    agents: Collection[int], debut: datetime, duree_minutes: int, *, sauf: int | None = None
) -> set[int]:
    """Those of `agents` who are invited to a meeting at that time and have not declined it. One query.

    `sauf`: the meeting that is being looked at.
    """
    end = debut + timedelta(minutes=duree_minutes)
    minute = Value(timedelta(minutes=1), output_field=DurationField())
    rows = (
        Participant.objects.present()
        .filter(agent__in=agents, reunion__debut__lt=end, reunion__debut__gt=debut - LONGEST)
        .filter(reunion__debut__gt=debut - F("reunion__duree_minutes") * minute)
        .exclude(reponse=Convive.Reponse.REFUSE)
        .exclude(reunion__etat__in=NOT_BUSY)
    )
    if sauf is not None:
        rows = rows.exclude(reunion=sauf)
    return set(rows.values_list("agent", flat=True))
