"""Reminders of what one keeps: told once, when their time comes, to who may still read the message."""

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, mark_all_read, notify
from annuaire.notifications.genres import Genre
from forum.access import readers_among
from forum.models import Favori, Message
from plateforme.socle.journal import record
from plateforme.socle.typographie import of

logger = structlog.get_logger(__name__)

# Reminders of one run: another takes the rest, so that the worker's other jobs are not kept waiting.
BATCH = 200


def tell_due_reminders() -> bool:
    """Tell the reminders whose time has come, `BATCH` at most; returns whether to go on at once. For the worker.

    Each in a transaction of its own, which holds its row: of two workers one tells it, and one that cannot be
    told keeps none of the others waiting.
    """
    due = Favori.objects.kept().filter(rappel_le__lte=timezone.now(), rappele_le__isnull=True)
    found = list(due.order_by("rappel_le", "pk").values_list("pk", flat=True)[:BATCH])
    done = 0
    for pk in found:
        try:
            done += _tell(pk)
        except Exception:
            logger.warning("reminder_failed", favori=pk, exc_info=True)
    # None of so many could be told: the next minute will try again, not a job without end.
    return len(found) == BATCH and done > 0


@transaction.atomic
def _tell(pk: int) -> bool:
    """Tell one reminder, unless another worker does, or it was moved or removed meanwhile.

    Its time is dealt with in any case: nothing is told of a message that was withdrawn or that its reader lost,
    and it does not come back years later by surprise.
    """
    now = timezone.now()
    favori: Favori | None = (
        Favori.objects.kept()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("agent", "message__sujet__communaute", "message__auteur")
        .filter(pk=pk, rappel_le__lte=now, rappele_le__isnull=True)
        .first()
    )
    if favori is None or favori.rappel_le is None:
        return False
    agent, message = favori.agent, favori.message
    favori.rappele_le = now
    favori.save(update_fields=["rappele_le"])
    told = message.visible and message.sujet.masque_le is None and readers_among(message.sujet, [agent])
    record(None, "message.remind" if told else "message.drop_reminder", message, agent=agent.pk)
    if told:
        notify(
            [agent],
            Annonce(
                genre=Genre.RAPPEL,
                # One a time asked for: the same one told twice is one notification.
                cle=f"favori.{favori.pk}.{int(favori.rappel_le.timestamp())}",
                titre=f"Rappel : {_whose(message, agent)} dans « {message.sujet.titre} »",
                url=reverse("forum:rappel", args=[message.pk]),
                # Their own words and nothing of the message, which may be withdrawn while this is kept.
                extrait=favori.note,
                fil=favori.fil,
            ),
        )
    return True


def see_reminder(agent: Agent, favori: Favori) -> None:
    """Note that `agent` followed their reminder: it no longer waits to be read, nor to leave by e-mail."""
    mark_all_read(agent, fil=favori.fil)


def _whose(message: Message, agent: Agent) -> str:
    return (
        "votre message" if message.auteur_id == agent.pk else f"le message {of(message.auteur.nom_complet)}"
    )
