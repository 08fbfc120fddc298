"""Messages that one keeps at hand: kept, changed, removed, put back. Nobody else ever sees them."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import mark_all_read
from communautes.access import can_read
from forum.models import Favori, Message
from forum.rappels import LE_PLUS_LOIN
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.typographie import tidy_title

MOST_KEPT = 1000
NOTE_LENGTH = 200
# How long one may change one's mind after removing a bookmark.
UNDO = timedelta(days=1)
TOO_LATE = "Ce favori ne peut plus être remis : gardez de nouveau le message."
BATCH = 500


@transaction.atomic
def keep_message(
    agent: Agent, message: Message, *, note: str = "", rappel_le: datetime | None = None
) -> tuple[Favori, bool]:
    """Keep `message` at hand, or change what one notes about it; returns the bookmark, and whether it is new.

    For whoever may read it, while it is shown. `note` and `rappel_le` (aware) replace what there was; a reminder
    that is as it was may be past, a new one may not. Without a reminder, one already told stays as a memory.
    Raises `PermissionDenied`, or `ActionRefusee` (`champ`: `note` or `rappel`). Harmless when repeated.
    """
    if not can_read(agent, message.sujet.communaute):
        raise PermissionDenied("Ce sujet ne vous est pas ouvert.")
    check_limit("favori", agent.pk)
    note = tidy_title(note)
    if len(note) > NOTE_LENGTH:
        raise ActionRefusee(f"Votre note dépasse {NOTE_LENGTH} caractères.", champ="note")
    _take_turns(agent)
    shown = Message.objects.filter(pk=message.pk, supprime_le__isnull=True, masque_le__isnull=True)
    if not shown.exists():
        raise ActionRefusee("Ce message vient d’être retiré : il ne peut plus être gardé.")
    kept = Favori.objects.select_for_update().filter(agent=agent, message=message).first()
    if kept is not None and kept.retire_le is not None:
        # What was removed is another bookmark: this one comes first in the list, with nothing of the old one.
        kept.delete()
        kept = None
    if kept is None:
        _check_room(agent)
        _check_reminder(rappel_le)
        kept = Favori.objects.create(agent=agent, message=message, note=note, rappel_le=rappel_le)
        record(agent, "message.bookmark", message, rappel=rappel_le is not None)
        _publish(kept, True)
        return kept, True
    before = (kept.note, kept.rappel_le, kept.rappele_le)
    if rappel_le is None and kept.rappele_le is None:
        kept.rappel_le = None
    elif rappel_le is not None and rappel_le != kept.rappel_le:
        _check_reminder(rappel_le)
        kept.rappel_le, kept.rappele_le = rappel_le, None
        _settle(agent, kept)
    kept.note = note
    if before != (kept.note, kept.rappel_le, kept.rappele_le):
        kept.save(update_fields=["note", "rappel_le", "rappele_le"])
        record(agent, "message.change_bookmark", message, rappel=kept.rappel_le is not None)
        _publish(kept, True)
    return kept, False


@transaction.atomic
def remove_favori(agent: Agent, favori: Favori) -> bool:
    """Take one's own bookmark away, whatever became of its message; can be undone. False when it was already."""
    _require_own(agent, favori)
    changed = Favori.objects.kept().filter(pk=favori.pk).update(retire_le=timezone.now())
    if changed:
        # A reminder of what one no longer keeps waits for nobody, and does not leave by e-mail.
        _settle(agent, favori)
        record(agent, "message.unbookmark", favori.message)
        _publish(favori, False)
    return bool(changed)


@transaction.atomic
def restore_favori(agent: Agent, favori: Favori) -> bool:
    """Put back a bookmark as it was, at its place, for `UNDO` after it was removed. False when it is there.

    A reminder whose time has come meanwhile is told in the next minute.
    """
    _require_own(agent, favori)
    _take_turns(agent)
    row = Favori.objects.select_for_update().filter(pk=favori.pk).first()
    if row is None:
        raise ActionRefusee(TOO_LATE)
    if row.retire_le is None:
        return False
    if row.retire_le < timezone.now() - UNDO:
        raise ActionRefusee(TOO_LATE)
    _check_room(agent)
    row.retire_le = None
    row.save(update_fields=["retire_le"])
    record(agent, "message.undo_unbookmark", row.message)
    _publish(row, True)
    return True


def forget_removed_favoris() -> int:
    """Delete for good what was removed more than `UNDO` ago; returns how many. For the worker, by batches."""
    limit, removed = timezone.now() - UNDO, 0
    while True:
        batch = list(Favori.objects.filter(retire_le__lt=limit).values_list("pk", flat=True)[:BATCH])
        removed += Favori.objects.filter(pk__in=batch, retire_le__lt=limit).delete()[0]
        if len(batch) < BATCH:
            return removed


def _require_own(agent: Agent, favori: Favori) -> None:
    if favori.agent_id != agent.pk:
        raise PermissionDenied("Ce favori n’est pas le vôtre.")


def _take_turns(agent: Agent) -> None:
    """Bookmarks of one person take turns: two tabs make one, and no more than `MOST_KEPT`."""
    Agent.objects.select_for_update(no_key=True).only("pk").get(pk=agent.pk)


def _check_room(agent: Agent) -> None:
    if Favori.objects.kept().filter(agent=agent)[:MOST_KEPT].count() >= MOST_KEPT:
        raise ActionRefusee(
            f"Vous avez {MOST_KEPT} favoris, le plus que l’on puisse garder : retirez ceux qui ne servent plus."
        )


def _check_reminder(rappel_le: datetime | None) -> None:
    now = timezone.now()
    if rappel_le is None:
        return
    if rappel_le <= now:
        raise ActionRefusee("Ce moment est déjà passé : choisissez-en un à venir.", champ="rappel")
    if rappel_le > now + LE_PLUS_LOIN:
        raise ActionRefusee("Choisissez un moment dans les cinq ans qui viennent.", champ="rappel")


def _settle(agent: Agent, favori: Favori) -> None:
    """What its reminder told is dealt with."""
    mark_all_read(agent, fil=favori.fil)


def _publish(favori: Favori, garde: bool) -> None:
    publish_on_commit(
        f"agent.{favori.agent_id}", {"type": "favori", "message": favori.message_id, "garde": garde}
    )
