"""What the pages of salons show: lines grouped as people read them, and the list of one's salons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.texte import plain_text
from realtime.access import member_salons
from realtime.frames import person_frame
from realtime.historique import messages_before
from realtime.models import LectureSalon, MessageSalon, Salon

# Lines of one person closer than this share one head; static/realtime/lignes.js does the same.
SUITE = timedelta(minutes=5)


@dataclass(frozen=True)
class Ligne:
    """A message as it is shown. `jour` is set where a new day begins, `non_lu` on the first unread line."""

    message: MessageSalon
    personne: dict[str, Any]
    jour: date
    nouveau_jour: bool
    suite: bool
    non_lu: bool


def build_lines(messages: Sequence[MessageSalon], agent: Agent, lu: int | None = None) -> list[Ligne]:
    """Group messages (oldest first) into lines. `lu`: number up to which `agent` has read, if it matters."""
    lines: list[Ligne] = []
    people: dict[int, dict[str, Any]] = {}
    before: MessageSalon | None = None
    unread_shown = lu is None
    for message in messages:
        day = timezone.localdate(message.cree_le)
        unread = not unread_shown and message.numero > (lu or 0) and message.auteur_id != agent.pk
        unread_shown = unread_shown or unread
        new_day = before is None or timezone.localdate(before.cree_le) != day
        follows = (
            before is not None
            and not new_day
            and not unread
            and before.auteur_id == message.auteur_id
            and message.cree_le - before.cree_le < SUITE
        )
        if message.auteur_id not in people:
            people[message.auteur_id] = person_frame(message.auteur)
        lines.append(Ligne(message, people[message.auteur_id], day, new_day, follows, unread))
        before = message
    return lines


def salon_context(agent: Agent, salon: Salon, avant: int | None = None) -> dict[str, Any]:
    """What the page of a salon shows: the last messages, or those before number `avant`. Two queries."""
    read = (
        LectureSalon.objects.filter(agent=agent, salon=salon).values_list("dernier_numero", flat=True).first()
    )
    past = messages_before(salon.pk, avant)
    return {
        "salon": salon,
        "lignes": build_lines(past.messages, agent, lu=(read or 0) if avant is None else None),
        "reste": past.reste,
        "avant": avant,
        # What this page shows, not what the salon holds: a message come meanwhile is caught up by its number.
        "dernier": past.messages[-1].numero if past.messages else 0,
        "moi": person_frame(agent),
        "fuseau": settings.TIME_ZONE,
    }


def my_salons(agent: Agent) -> list[Salon]:
    """The agent's salons, the latest conversation first, each with `non_lus` and `derniere` (a line or None).

    Two queries, however many salons.
    """
    salons = list(member_salons(agent).with_unread(agent).select_related("communaute"))
    last = _last_lines(salons)
    for salon in salons:
        salon.derniere = last.get(salon.pk)
    return sorted(
        salons,
        key=lambda salon: (
            -salon.derniere.cree_le.timestamp() if salon.derniere else 0,
            salon.communaute.nom,
        ),
    )


def _last_lines(salons: Iterable[Salon]) -> dict[int, MessageSalon]:
    lines = MessageSalon.objects.filter(
        salon__in=[salon.pk for salon in salons], numero=F("salon__dernier_numero")
    ).select_related("auteur")
    found = {}
    for line in lines:
        line.extrait = plain_text(line.texte, 120)
        found[line.salon_id] = line
    return found
