"""Who already has a meeting at a moment. What it is about is nobody else's business: only that there is one."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import DurationField, F, Value

from realtime.reunions.models import Convive, Participant, Reunion
from realtime.reunions.models.reunions import LONGEST


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
        .exclude(reunion__etat__in=(Reunion.Etat.BROUILLON, Reunion.Etat.ANNULEE, Reunion.Etat.TERMINEE))
    )
    if sauf is not None:
        rows = rows.exclude(reunion=sauf)
    return set(rows.values_list("agent", flat=True))
