"""Keeping people's calendars as the series are: as `actions.expeditions` does for one meeting."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.notifications.horaires import METROPOLE, next_allowed
from annuaire.notifications.preferences import preferences_of
from realtime.reunions.access import still_invited
from realtime.reunions.actions.expeditions import BATCH, URGENT, Envoi, send_each, wants_mail
from realtime.reunions.adresses import answer_address, guest_link
from realtime.reunions.calendrier import Destinataire, SerieSuivie, serie_invitation
from realtime.reunions.courriels import CANCEL, REQUEST, build_invitation
from realtime.reunions.models import Changement, Habitue, Participant, Reunion, Serie
from realtime.reunions.rythme import say_rhythm


@dataclass(frozen=True)
class _Etat:
    """What is the same for all those invited: the meetings that differ, and when the next one is."""

    differentes: list[Reunion]
    prochaine: datetime | None
    now: datetime


def send_serie_calendars(serie: Serie) -> Envoi:
    """Send what the calendars of those invited to `serie` lack, `BATCH` at most: its rule, with the meetings that
    differ from it. For the worker; one sends, of two."""
    now = timezone.now()
    rows = Habitue.objects.filter(serie=serie)
    withdrawn = Q(retire_le__isnull=False, envoyee__isnull=False)
    lacking = Q(retire_le__isnull=True) & (Q(envoyee__isnull=True) | Q(envoyee__lt=serie.sequence))
    if serie.arretee_le is not None:
        lacking = Q(envoyee__lt=serie.sequence)
    pks = list(rows.filter(withdrawn | lacking).order_by("pk").values_list("pk", flat=True)[: BATCH + 1])
    meetings = Reunion.objects.filter(serie=serie)
    differing = meetings.filter(modifiee=True).select_related("serie", "organisateur").order_by("pk")
    # One that the series' end calls off is as urgent to tell as one that is held.
    coming = meetings.filter(debut__gt=now).exclude(etat=Reunion.Etat.ANNULEE, modifiee=True)
    soonest = coming.order_by("debut").values_list("debut", flat=True).first()
    etat = _Etat(list(differing), soonest, now)
    return send_each(pks, lambda pk, connection: _send_one(pk, etat, connection))


@transaction.atomic
def _send_one(pk: int, etat: _Etat, connection: BaseEmailBackend) -> datetime | None:
    """Send one invitation what it lacks; returns from when it may be sent, when that is later."""
    row = (
        Habitue.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("agent__territoire", "serie__organisateur", "serie__communaute")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return None
    serie: Serie = row.serie
    # Stopped before it began, or no more invited: nothing of it remains in the calendar.
    gone = row.retire_le is not None or (serie.arretee_le is not None and serie.debut > serie.arretee_le)
    if gone and row.envoyee is None:
        return None
    if not gone and row.envoyee is not None and row.envoyee >= serie.sequence:
        return None
    method = CANCEL if gone else REQUEST
    fuseau = serie.fuseau
    if row.agent is not None:
        preferences = preferences_of([row.agent])[row.agent_id]
        fuseau = preferences.calendrier.fuseau or METROPOLE
        readable = method == CANCEL or still_invited(row.agent, serie.communaute, row)
        if not wants_mail(row.agent) or not readable:
            _note(row, serie)
            return None
        moment = next_allowed(preferences.calendrier, etat.now)
        if moment > etat.now and (etat.prochaine is None or etat.prochaine > etat.now + URGENT):
            return moment
    said = _changes(row, serie) if row.envoyee is not None and not gone else []
    suivie = SerieSuivie(serie, etat.differentes, _taken_off(row, serie))
    item = serie_invitation(suivie, Destinataire(row, answer_address(row)), method=method, now=etat.now)
    mail = build_invitation(
        serie,
        row,
        item,
        method=method,
        fuseau=fuseau,
        changements=said,
        rythme=say_rhythm(serie),
        page=_page(row, serie) if method == REQUEST else "",
    )
    mail.connection = connection
    mail.send()
    _note(row, serie)
    return None


def _changes(row: Habitue, serie: Serie) -> list[str]:
    """What changed in all the meetings since what this calendar holds, in words."""
    if serie.arretee_le is not None:
        return ["la série s’arrête"]
    rows = Changement.objects.filter(
        reunion__serie=serie,
        reunion__modifiee=False,
        sequence__gt=row.envoyee or 0,
        sequence__lte=serie.sequence,
    )
    said = rows.order_by("sequence").values_list("sequence", "dit").distinct()
    return list(dict.fromkeys(dit for _, dit in said)) or ["lieu, objet ou visioconférence"]


def _taken_off(row: Habitue, serie: Serie) -> list[datetime]:
    """The meetings that somebody invited to all was taken off by name."""
    return list(
        Participant.objects.filter(
            reunion__serie=serie,
            agent=row.agent,
            courriel=row.courriel,
            retire_le__isnull=False,
            habitue=False,
        )
        .order_by("reunion__occurrence")
        .values_list("reunion__occurrence", flat=True)
    )


def _page(row: Habitue, serie: Serie) -> str:
    """Where the series is seen and answered: its page, or for a guest without account that of its next meeting."""
    if row.agent is not None:
        return settings.SITE_URL + serie.get_absolute_url()
    coming = Participant.objects.present().filter(
        reunion__serie=serie, agent=None, courriel=row.courriel, reunion__debut__gt=timezone.now()
    )
    soonest = coming.order_by("reunion__debut").first()
    return guest_link(soonest) if soonest is not None else ""


def _note(row: Habitue, serie: Serie) -> None:
    Habitue.objects.filter(pk=row.pk).update(envoyee=None if row.retire_le is not None else serie.sequence)
