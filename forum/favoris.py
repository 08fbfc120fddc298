"""What one keeps at hand: what the list says of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from annuaire.models import Agent
from forum.access import visible_sujets
from forum.models import Favori
from forum.rappels import dire

# For how long undoing a removal is offered in the list.
UNDO_OFFERED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Garde:
    """A bookmark in its list. `accessible`: whether anything of its message may be shown to who keeps it."""

    favori: Favori
    accessible: bool
    # The reminder in words, and whether it is still to come.
    rappel: str
    a_venir: bool


def kept_by(agent: Agent) -> QuerySet[Favori]:
    """What `agent` keeps, each with its message. Whether they may still read it is for `describe` to say."""
    return (
        Favori.objects.kept()
        .filter(agent=agent)
        .select_related(
            "message__auteur__service", "message__auteur__territoire", "message__sujet__communaute"
        )
        .defer("message__recherche", "message__html_stocke", "message__sujet__recherche")
    )


def describe(agent: Agent, favoris: Iterable[Favori], zone: str) -> list[Garde]:
    """What the list shows of each of `favoris`, that `kept_by(agent)` gave. One query."""
    rows, now = list(favoris), timezone.now()
    readable = set(
        visible_sujets(agent)
        .filter(pk__in={row.message.sujet_id for row in rows})
        .values_list("pk", flat=True)
    )
    return [
        Garde(
            favori=row,
            accessible=row.message.visible and row.message.sujet_id in readable,
            rappel=said(row, now, zone),
            a_venir=row.rappel_le is not None and row.rappele_le is None,
        )
        for row in rows
    ]


def said(favori: Favori, now: datetime, zone: str) -> str:
    """Its reminder in words, to come or past; empty when there is none."""
    return dire(favori.rappel_le, now, zone) if favori.rappel_le is not None else ""


def removal_to_undo(agent: Agent) -> Favori | None:
    """The last bookmark that `agent` removed, while undoing it is offered."""
    return (
        Favori.objects.filter(agent=agent, retire_le__gt=timezone.now() - UNDO_OFFERED)
        .order_by("-retire_le")
        .first()
    )
