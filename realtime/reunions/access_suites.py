"""Which earlier meeting a meeting follows: those it may follow, the one it does."""

from datetime import datetime, timedelta

from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.access import visible_reunions
from realtime.reunions.models import Reunion

# Meetings that a form offers, and how far ahead they may be.
MOST_OFFERED = 40
AHEAD = timedelta(days=60)


def earlier_reunions(
    agent: Agent, communaute: Communaute | None, suivante: Reunion | None = None
) -> list[Reunion]:
    """Those that a meeting may follow, of the same community or between a few as it is, that `agent` may see: the
    latest first, with the one that `suivante` follows now. One query, two when that one is older."""
    limit = suivante.debut if suivante is not None else timezone.now() + AHEAD
    rows = visible_reunions(agent).standing().filter(communaute=communaute, debut__lt=limit)
    rows = rows.exclude(pk=suivante.pk) if suivante is not None else rows
    found = list(rows.order_by("-debut", "-pk")[:MOST_OFFERED])
    if suivante is not None and suivante.suite_de_id not in (None, *(row.pk for row in found)):
        found += visible_reunions(agent).filter(pk=suivante.suite_de_id)
    return found


def check_earlier(agent: Agent, precedente: Reunion, communaute: Communaute | None, debut: datetime) -> None:
    """Raise `ActionRefusee` unless a meeting of `communaute`, at `debut`, may follow `precedente`, as `agent` sees it."""
    rows = visible_reunions(agent).standing().filter(pk=precedente.pk, communaute=communaute)
    if not rows.exists():
        raise ActionRefusee(
            "Cette réunion n’est pas de celles auxquelles on peut faire suite.", champ="suite_de"
        )
    if precedente.debut >= debut:
        raise ActionRefusee("Une réunion fait suite à une réunion qui a lieu avant elle.", champ="suite_de")


def previous_reunion(agent: Agent, reunion: Reunion) -> Reunion | None:
    """The meeting that `reunion` follows, if `agent` may see it: the one that was chosen, else the one before in its
    series. One query at most."""
    seen = visible_reunions(agent)
    if reunion.suite_de_id is not None:
        return seen.filter(pk=reunion.suite_de_id).first()
    if reunion.serie_id is None:
        return None
    before = seen.standing().filter(serie=reunion.serie_id, debut__lt=reunion.debut)
    return before.order_by("-debut", "-pk").first()
