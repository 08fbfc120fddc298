"""The meetings of a series: made as they come near, a few at a time, and inviting whom the series invites."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from realtime.reunions.actions.planification import copy_point
from realtime.reunions.models import Habitue, Participant, PointOrdreDuJour, Reunion, Serie
from realtime.reunions.rythme import between, every

# Meetings are made so long before they are.
WINDOW = timedelta(days=60)
# So many at once: each one has a row for each person invited.
BATCH = 4
# Nothing is left to make.
DONE = timedelta(days=36_500)


@transaction.atomic
def prepare_serie(serie: Serie, now: datetime | None = None) -> int:
    """Make the meetings of a series that come near, `BATCH` at most; returns how many: called again until there are
    none. For the worker; of two, one makes them."""
    current = locked_serie(serie)
    if current.arretee_le is not None:
        return 0
    return len(make_meetings(current, now or timezone.now()))


def make_meetings(serie: Serie, now: datetime, most: int = BATCH) -> list[Reunion]:
    """The first `most` meetings that come before the window's end and were not made; always one at least in a new
    series. In the caller's transaction, which holds the series' row."""
    horizon = now + WINDOW
    known = set(Reunion.objects.filter(serie=serie).values_list("occurrence", flat=True))
    moments = [m for m in between(serie, serie.preparee_jusqu_au, horizon) if m not in known]
    if len(moments) > most:
        moments = moments[:most]
        horizon = moments[-1]
    elif not moments and serie.preparee_jusqu_au is None:
        first = next(moment for moment in every(serie) if moment not in serie.exceptions)
        moments, horizon = [first], first
    model = (
        Reunion.objects.filter(serie=serie).exclude(etat=Reunion.Etat.ANNULEE).order_by("-occurrence").first()
    )
    people = list(Habitue.objects.present().filter(serie=serie)) if moments else []
    made: list[Reunion] = []
    for moment in moments:
        reunion = Reunion.objects.create(
            communaute_id=serie.communaute_id,
            salon_id=serie.salon_id,
            organisateur_id=serie.organisateur_id,
            serie=serie,
            uid=serie.uid,
            occurrence=moment,
            debut=moment,
            titre=serie.titre,
            fuseau=serie.fuseau,
            duree_minutes=serie.duree_minutes,
            lieu=serie.lieu,
            visio=serie.visio,
            lien_visio=serie.lien_visio,
        )
        Participant.objects.bulk_create([_copy_of(row, reunion) for row in people], batch_size=1000)
        if model is not None:
            _copy_agenda(model, reunion)
        made.append(reunion)
    ended = not any(moment > horizon for moment in every(serie))
    serie.preparee_jusqu_au = now + DONE if ended else horizon
    serie.save(update_fields=["preparee_jusqu_au"])
    return made


def sync_people(serie: Serie, habitues: Collection[int] | None = None) -> None:
    """Have the meetings to come invite those whom the series invites, no more; `habitues`: these rows alone.

    In the caller's transaction, which holds the series' row; harmless when repeated.
    """
    rows = Habitue.objects.filter(serie=serie)
    if habitues is not None:
        rows = rows.filter(pk__in=habitues)
    people = {(row.agent_id, row.courriel): row for row in rows}
    agents = [agent_id for agent_id, _ in people if agent_id is not None]
    addresses = [courriel for agent_id, courriel in people if agent_id is None]
    theirs = Q(agent__in=agents) | Q(agent__isnull=True, courriel__in=addresses)
    now = timezone.now()
    for reunion in coming_of(serie):
        known = {(row.agent_id, row.courriel): row for row in reunion.participants.filter(theirs)}
        Participant.objects.bulk_create(
            [
                _copy_of(row, reunion)
                for who, row in people.items()
                if row.retire_le is None and who not in known
            ],
            ignore_conflicts=True,
            batch_size=1000,
        )
        # Taken off this one by name, they are not put back.
        back = [
            known[who].pk
            for who, row in people.items()
            if row.retire_le is None
            and who in known
            and known[who].habitue
            and known[who].retire_le is not None
            and known[who].origine == row.origine
        ]
        reunion.participants.filter(pk__in=back).update(retire_le=None, envoyee=reunion.sequence)
        gone = [
            known[who].pk
            for who, row in people.items()
            if row.retire_le is not None
            and who in known
            and known[who].habitue
            and known[who].retire_le is None
        ]
        # The series' own cancellation takes them out of calendars.
        reunion.participants.filter(pk__in=gone).update(retire_le=now, envoyee=None)


def held_by_serie(reunion: Reunion) -> None:
    """Those invited to all hear of this change by the series' own item, not by one for each meeting."""
    reunion.participants.present().filter(habitue=True, envoyee__isnull=False).update(
        envoyee=reunion.sequence
    )


def coming_of(serie: Serie) -> Any:
    """Meetings of a series that are planned and have not begun."""
    return Reunion.objects.filter(
        serie=serie, debut__gt=timezone.now(), etat=Reunion.Etat.PLANIFIEE
    ).select_related("communaute", "serie")


def locked_serie(serie: Serie) -> Serie:
    """The series' row as it is now, held until the transaction ends: writes on one series take turns."""
    return (
        Serie.objects.select_for_update(of=("self",), no_key=True)
        .select_related("communaute", "organisateur")
        .get(pk=serie.pk)
    )


def _copy_of(habitue: Habitue, reunion: Reunion) -> Participant:
    """The invitation to one meeting of somebody invited to all: the series' item holds it in their calendar."""
    return Participant(
        reunion=reunion,
        agent_id=habitue.agent_id,
        courriel=habitue.courriel,
        nom=habitue.nom,
        role=habitue.role,
        origine=habitue.origine,
        reponse=habitue.reponse,
        repondu_le=habitue.repondu_le,
        habitue=True,
        envoyee=reunion.sequence,
    )


def _copy_agenda(model: Reunion, reunion: Reunion) -> None:
    for point in model.points.filter(recurrent=True, etat=PointOrdreDuJour.Etat.RETENU).order_by("rang"):
        copy_point(point, reunion)
