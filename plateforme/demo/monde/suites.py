"""What came out of the demo's exchanges: decisions noted from messages, tasks given to people."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from annuaire.models import Agent
from forum.actions import make_task, note_decision
from forum.models import Message

# Written down a while after it was said.
PLUS_TARD = timedelta(hours=2)


def load_suites(entry: dict[str, Any], message: Message, agents: dict[str, Agent], now: datetime) -> None:
    """The decision and the tasks of one message of a content file, if it has any."""
    said = min(message.cree_le + PLUS_TARD, now)
    if "decision" in entry:
        decided = entry["decision"]
        note_decision(
            agents[decided["par"]],
            message,
            decided["texte"],
            prise_le=timezone.localdate(message.cree_le),
            quand=said,
        )
    for task in entry.get("taches", []):
        make_task(
            agents[task["par"]],
            message,
            task["libelle"],
            responsable=agents[task["responsable"]],
            echeance=timezone.localdate(now) + timedelta(days=task["dans_jours"]),
            quand=said,
        )
