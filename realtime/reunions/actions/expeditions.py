"""Keeping people's calendars as the meetings are: whoever's is behind is sent what they lack, once.

Nothing queues what is to be sent: it is the difference between a meeting (`sequence`, cancelled or not) and what each
invitation says was sent (`envoyee`). Several changes in a row make one e-mail; a job that runs twice sends nothing twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.horaires import METROPOLE, next_allowed
from annuaire.notifications.preferences import preferences_of
from realtime.reunions.access import is_over, visible_reunions
from realtime.reunions.adresses import answer_address
from realtime.reunions.calendrier import Destinataire, invitation
from realtime.reunions.courriels import CANCEL, REQUEST, build_invitation
from realtime.reunions.models import Participant, PointOrdreDuJour, PreferenceReunions, Reunion

logger = structlog.get_logger(__name__)

BATCH = 50
# What is to happen so soon is told at once, quiet hours or not.
URGENT = timedelta(hours=14)


@dataclass(frozen=True)
class Envoi:
    """What a run did: `reste`: others wait; `plus_tard`: the first moment at which somebody may be written to;
    `echecs`: how many the mail server did not take."""

    reste: bool = False
    plus_tard: datetime | None = None
    echecs: int = 0


def send_calendars(reunion: Reunion) -> Envoi:
    """Send what the calendars of those invited to `reunion` lack, `BATCH` at most. For the worker.

    Each in a transaction that holds the invitation's row until the mail server has taken the e-mail: of two workers,
    one sends. Rights, closed accounts and choices are looked at again; quiet hours wait, unless it is urgent.
    """
    if reunion.en_preparation:
        return Envoi()
    now = timezone.now()
    pks = list(_behind(reunion).order_by("pk").values_list("pk", flat=True)[: BATCH + 1])
    points = list(reunion.points.select_related("responsable").filter(etat=PointOrdreDuJour.Etat.RETENU))
    return send_each(pks, lambda pk, connection: _send_one(pk, reunion, points, now, connection))


def send_each(pks: Sequence[int], send: Callable[[int, BaseEmailBackend], datetime | None]) -> Envoi:
    """`send` what the first `BATCH` invitations lack, on one connection; one that fails holds up no other."""
    later: list[datetime] = []
    failures = 0
    connection = get_connection()
    try:
        for pk in pks[:BATCH]:
            try:
                waits = send(pk, connection)
            except Exception:
                logger.warning("calendar_mail_failed", invitation=pk, exc_info=True)
                failures += 1
                continue
            if waits is not None:
                later.append(waits)
    finally:
        connection.close()
    done = len(pks[:BATCH]) - len(later) - failures
    return Envoi(reste=len(pks) > BATCH and done > 0, plus_tard=min(later, default=None), echecs=failures)


def _behind(reunion: Reunion) -> "QuerySet[Participant]":
    """The invitations whose calendars are not what they should be."""
    rows = Participant.objects.filter(reunion=reunion)
    withdrawn = Q(retire_le__isnull=False, envoyee__isnull=False)
    if reunion.annulee:
        return rows.filter(withdrawn | Q(envoyee__lt=reunion.sequence))
    lacking = Q(retire_le__isnull=True) & (Q(envoyee__isnull=True) | Q(envoyee__lt=reunion.sequence))
    return rows.filter(withdrawn | lacking)


@transaction.atomic
def _send_one(
    pk: int, reunion: Reunion, points: list[PointOrdreDuJour], now: datetime, connection: BaseEmailBackend
) -> datetime | None:
    """Send one invitation what it lacks; returns from when it may be sent, when that is later."""
    row = (
        Participant.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agent__territoire", "reunion__serie", "reunion__organisateur")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return None
    fresh: Reunion = row.reunion
    gone = row.retire_le is not None or fresh.annulee
    if gone and row.envoyee is None:
        return None
    if not gone and row.envoyee is not None and row.envoyee >= fresh.sequence:
        return None
    method = CANCEL if gone else REQUEST
    fuseau = fresh.fuseau
    if row.agent is not None:
        preferences = preferences_of([row.agent])[row.agent_id]
        fuseau = preferences.calendrier.fuseau or METROPOLE
        if not _wanted(row.agent, fresh, method):
            _note(row, fresh)
            return None
        moment = next_allowed(preferences.calendrier, now)
        if moment > now and fresh.debut > now + URGENT:
            return moment
    if is_over(fresh, now):
        _note(row, fresh)
        return None
    said = (
        list(
            fresh.changements.filter(sequence__gt=row.envoyee)
            .order_by("sequence")
            .values_list("dit", flat=True)
        )
        if row.envoyee is not None and not gone
        else []
    )
    # Who is called off may no longer see what it was about.
    shown = [] if gone else points
    item = invitation(fresh, shown, Destinataire(row, answer_address(row)), method=method, now=now)
    mail = build_invitation(fresh, row, item, method=method, fuseau=fuseau, changements=said, points=shown)
    mail.connection = connection
    mail.send()
    _note(row, fresh)
    return None


def _wanted(agent: Agent, reunion: Reunion, method: str) -> bool:
    return wants_mail(agent) and (method == CANCEL or visible_reunions(agent).filter(pk=reunion.pk).exists())


def wants_mail(agent: Agent) -> bool:
    """Whether `agent` has an open account, and did not say that they want no calendar items by e-mail."""
    return agent.is_active and not PreferenceReunions.objects.filter(agent=agent, invitations=False).exists()


def _note(row: Participant, reunion: Reunion) -> None:
    """What the calendar holds now. A withdrawn invitation leaves nothing in it; a cancelled one is told once."""
    row.envoyee = None if row.retire_le is not None else reunion.sequence
    Participant.objects.filter(pk=row.pk).update(envoyee=row.envoyee)
