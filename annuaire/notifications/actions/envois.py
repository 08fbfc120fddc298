"""E-mails that leave: what is due, checked once more, one e-mail a conversation."""

from datetime import timedelta

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.courriels import build_mail
from annuaire.notifications.genres import Genre, Niveau, Voie
from annuaire.notifications.horaires import next_allowed
from annuaire.notifications.models import Notification
from annuaire.notifications.preferences import preferences_of
from annuaire.notifications.sources import contents, visible

logger = structlog.get_logger(__name__)

# E-mails of one run: another run takes the rest, so that the worker's other jobs are not kept waiting.
BATCH = 50
# Conversations that talk much: the last ones, of one e-mail.
MOST_IN_ONE = 20
# An e-mail that cannot leave for so long is not news any more; the list on the site keeps it.
GIVE_UP_AFTER = timedelta(days=1)
RETRY_AT_LEAST = timedelta(minutes=5)


def send_due_mails() -> bool:
    """Send the e-mails whose time has come, `BATCH` at most; returns whether others wait. For the worker.

    Each in a transaction of its own, which holds the rows of its conversation until the mail server has
    taken it: of two workers, one sends. Nothing leaves that was read meanwhile, nor that its reader may no
    longer see, nor in their quiet hours.
    """
    due = (
        Notification.objects.unread()
        .filter(courriel_prevu_le__lte=timezone.now(), envoye_le__isnull=True)
        .annotate(groupe=Coalesce(NullIf(F("fil"), Value("")), F("cle")))
        .order_by("courriel_prevu_le", "pk")
    )
    groups = list(dict.fromkeys(due.values_list("destinataire", "groupe")[: BATCH * MOST_IN_ONE]))
    connection = get_connection()
    try:
        for agent_id, group in groups[:BATCH]:
            try:
                _send_group(agent_id, group, connection)
            except Exception:
                logger.warning("notification_mail_failed", agent=agent_id, exc_info=True)
                _put_off(agent_id, group)
    finally:
        connection.close()
    return len(groups) > BATCH


@transaction.atomic
def _send_group(agent_id: int, group: str, connection: BaseEmailBackend) -> None:
    pending = list(
        Notification.objects.unread()
        .select_for_update(of=("self",), skip_locked=True)
        .filter(destinataire=agent_id, courriel_prevu_le__isnull=False, envoye_le__isnull=True)
        .filter(**({"fil": group} if _is_conversation(agent_id, group) else {"cle": group, "fil": ""}))
        .select_related("acteur__service", "acteur__territoire")
        .order_by("pk")
    )
    if not pending:
        return
    agent = Agent.objects.with_place().get(pk=agent_id)
    now = timezone.now()
    preferences = preferences_of([agent])[agent.pk]
    # Planned, so at a level where it is mailed: what they have chosen since is what may stop it.
    wanted = [row for row in pending if preferences.voie(Genre(row.genre), Niveau.SUIVRE) is Voie.COURRIEL]
    kept = visible(agent, wanted) if agent.is_active else []
    dropped = {row.pk for row in pending} - {row.pk for row in kept}
    Notification.objects.filter(pk__in=dropped).update(courriel_prevu_le=None)
    if not kept:
        return
    moment = next_allowed(preferences.calendrier, now)
    if moment > now:
        Notification.objects.filter(pk__in=[row.pk for row in kept]).update(courriel_prevu_le=moment)
        return
    shown = kept[-MOST_IN_ONE:]
    mail = build_mail(agent, shown, contents(agent, shown))
    mail.connection = connection
    mail.send()
    Notification.objects.filter(pk__in=[row.pk for row in kept]).update(envoye_le=now)


def _is_conversation(agent_id: int, group: str) -> bool:
    return Notification.objects.filter(destinataire=agent_id, fil=group, lue_le__isnull=True).exists()


def _put_off(agent_id: int, group: str) -> None:
    """After a failure: wait as long as it has already waited, and give up after a day."""
    now = timezone.now()
    for row in Notification.objects.unread().filter(
        destinataire=agent_id, courriel_prevu_le__lte=now, envoye_le__isnull=True
    ):
        if group not in (row.fil, row.cle):
            continue
        age = now - row.cree_le
        later = None if age > GIVE_UP_AFTER else now + max(age, RETRY_AT_LEAST)
        Notification.objects.filter(pk=row.pk).update(courriel_prevu_le=later)


def make_due(pk: int) -> bool:
    """Have one notification leave by e-mail at the next sending, with all that is checked there; returns whether
    it will. Not one that was read or mailed already, nor one that already waits for its time."""
    return bool(
        Notification.objects.unread()
        .filter(pk=pk, envoye_le__isnull=True, courriel_prevu_le__isnull=True)
        .update(courriel_prevu_le=timezone.now())
    )


@transaction.atomic
def hold_back(agent: Agent, fil: str) -> None:
    """Have nothing more of a conversation leave by e-mail: its reader just put it to sleep."""
    Notification.objects.filter(destinataire=agent, fil=fil, courriel_prevu_le__isnull=False).update(
        courriel_prevu_le=None
    )
