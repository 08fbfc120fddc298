"""Marking what one was told read, or unread again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from plateforme.socle.diffusion import publish_all_on_commit, publish_on_commit


@transaction.atomic
def mark_read(agent: Agent, notification: Notification) -> None:
    """Mark one of the agent's notifications read. Harmless when it already is."""
    set_read(agent, [notification.pk], True)


@transaction.atomic
def set_read(agent: Agent, ids: Iterable[int], read: bool) -> int:
    """Mark some of the agent's notifications read, or unread again; returns how many changed.

    What becomes unread again has been seen: it is not mailed.
    """
    rows = Notification.objects.filter(destinataire=agent, pk__in=list(ids), lue_le__isnull=read)
    count = rows.update(lue_le=timezone.now()) if read else rows.update(lue_le=None, courriel_prevu_le=None)
    if count:
        publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})
    return count


def set_group_read(agent: Agent, head: Notification, read: bool, genres: Sequence[str] = ()) -> int:
    """Mark what a line of the list stands for read, or unread again; returns how many changed.

    `head`, of `agent`'s own, is its latest: what came later is left alone. Unread again is what was last read with it,
    at the same moment, and not all that was ever said there. `genres`: those alone, if any.
    """
    rows = Notification.objects.filter(destinataire=agent)
    rows = rows.filter(fil=head.fil, pk__lte=head.pk) if head.fil else rows.filter(pk=head.pk)
    if not read:
        rows = rows.filter(lue_le=head.lue_le)
    if genres:
        rows = rows.filter(genre__in=genres)
    return set_read(agent, rows.values_list("pk", flat=True), read)


@transaction.atomic
def mark_all_read(agent: Agent, *, fil: str = "", rang: int | None = None) -> datetime | None:
    """Mark the agent's notifications read, or those of the conversation `fil`, or there those up to `rang`.

    Returns the moment written on them, which `undo_all_read` takes; None when there was nothing to do.
    """
    now = timezone.now()
    unread = Notification.objects.filter(destinataire=agent, lue_le__isnull=True)
    if fil:
        unread = unread.filter(fil=fil)
    if rang is not None:
        unread = unread.filter(Q(rang__isnull=True) | Q(rang__lte=rang))
    if not unread.update(lue_le=now):
        return None
    publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})
    return now


@transaction.atomic
def mark_threads_read(lus: Mapping[tuple[int, str], int]) -> None:
    """`mark_all_read` of many conversations at once: a `rang` by person and `fil`. One query, in one order for all."""
    if not lus:
        return
    keys = sorted(lus)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH lus AS MATERIALIZED (SELECT n.id FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS lu (agent, fil, rang)"
            " JOIN notifications_notification n ON n.destinataire_id = lu.agent AND n.fil = lu.fil"
            " WHERE n.lue_le IS NULL AND n.rang <= lu.rang ORDER BY n.id FOR UPDATE OF n)"
            " UPDATE notifications_notification n SET lue_le = now() FROM lus WHERE n.id = lus.id"
            " RETURNING n.destinataire_id",
            [[agent for agent, _ in keys], [fil for _, fil in keys], [lus[key] for key in keys]],
        )
        people = {row[0] for row in cursor.fetchall()}
    publish_all_on_commit((f"agent.{pk}", {"type": "notifications.lues"}) for pk in people)


@transaction.atomic
def undo_all_read(agent: Agent, moment: datetime) -> int:
    """Make unread again what `mark_all_read` marked at `moment`; returns how many."""
    rows = Notification.objects.filter(destinataire=agent, lue_le=moment)
    return set_read(agent, rows.values_list("pk", flat=True), False)
