"""Opening a meeting, moving from point to point, pausing, ending it. Always in this order: meeting, then its row here."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.discussions import close_discussion, open_discussion
from realtime.models import Salon
from realtime.reunions.actions.commun import locked as locked_reunion
from realtime.reunions.actions.tenue import set_held
from realtime.reunions.models import PointOrdreDuJour, Reunion
from realtime.seances.access import require_lead, taking_part
from realtime.seances.actions.commun import locked, require_on, require_step, tell
from realtime.seances.actions.suivi import carry_over, previous_of
from realtime.seances.models import EditionCompteRendu, Passage, Scrutin, Seance, TourDeParole
from realtime.seances.preuves import refresh_evidence

# A meeting is opened so long before its time at the earliest.
OPEN_BEFORE = timedelta(hours=2)
# One ended by mistake is taken up again within that time.
REOPEN_WITHIN = timedelta(hours=2)


def too_early(reunion: Reunion, now: datetime) -> bool:
    """Whether it is too soon to open the meeting."""
    return reunion.debut - now > OPEN_BEFORE


@transaction.atomic
def open_seance(auteur: Agent, reunion: Reunion) -> Seance:
    """Open a meeting on its first point, with its salon. Animateurs and secretaries.

    What the meeting that it follows left to be done comes first.

    Two at once open it once. Raises `ActionRefusee` (too early, over, cancelled) and `PermissionDenied`.
    """
    from realtime.seances.tasks import distribute_opening

    current = locked_reunion(reunion)
    require_lead(auteur, current)
    opened = Seance.objects.select_related("point", "salon").filter(pk=current.pk).first()
    if opened is not None:
        return opened
    if current.etat != Reunion.Etat.PLANIFIEE:
        raise ActionRefusee(f"Cette réunion ne peut pas s’ouvrir : {current.get_etat_display().lower()}.")
    now = timezone.now()
    if too_early(current, now):
        raise ActionRefusee("Une réunion s’ouvre deux heures au plus avant son début.")
    seance = Seance.objects.create(
        reunion=current, ouverte_par=auteur, ouverte_le=now, salon=_open_salon(current)
    )
    before = previous_of(current)
    if before is not None:
        carry_over(seance, before)
    first = seance.point = _kept(current).first()
    if first is not None:
        _open_point(seance, first, now)
    set_held(current, Reunion.Etat.EN_COURS)
    record(auteur, "seance.open", current)
    tell(seance, "ouverte", "point", "suite_de", "suivi")
    distribute_opening.defer(reunion_id=current.pk, auteur_id=auteur.pk)
    return seance


@transaction.atomic
def move(auteur: Agent, seance: Seance, point: PointOrdreDuJour, *, etape: int) -> Seance:
    """Go to another point of the agenda, forward or back. Animateurs and secretaries.

    `etape`: the step one was looking at. Raises `EtapeDepassee`, `ActionRefusee`, `PermissionDenied`.
    """
    current = locked(seance)
    require_lead(auteur, current.reunion)
    require_on(current)
    require_step(current, etape)
    wanted = _kept(current.reunion).filter(pk=point.pk).first()
    if wanted is None:
        raise ActionRefusee("Ce point n’est pas à l’ordre du jour.")
    if wanted.pk == current.point_id:
        return current
    now = timezone.now()
    _close_point(current, now)
    current.point = wanted
    if current.ouverte:
        _open_point(current, wanted, now)
    if current.mains_par_point:
        current.tours.filter(etat=TourDeParole.Etat.DEMANDE).update(etat=TourDeParole.Etat.RETIRE)
    current.etape += 1
    record(auteur, "seance.move", current.reunion, point=wanted.pk)
    tell(current, "point", "point", "etape")
    return current


@transaction.atomic
def pause(auteur: Agent, seance: Seance, *, etape: int) -> Seance:
    """Suspend the meeting: clocks stop. As `move`."""
    current = locked(seance)
    require_lead(auteur, current.reunion)
    require_on(current)
    require_step(current, etape)
    if not current.ouverte:
        return current
    now = timezone.now()
    _close_point(current, now)
    current.etat, current.suspendue_le = Seance.Etat.SUSPENDUE, now
    current.etape += 1
    record(auteur, "seance.pause", current.reunion)
    tell(current, "suspendue", "etat", "suspendue_le", "etape")
    return current


@transaction.atomic
def resume(auteur: Agent, seance: Seance, *, etape: int) -> Seance:
    """Take the meeting up again where it was, after a pause, or after an end that came too soon. As `move`."""
    reunion = locked_reunion(seance.reunion)
    current = locked(seance)
    require_lead(auteur, reunion)
    require_step(current, etape)
    if current.ouverte:
        return current
    now = timezone.now()
    if current.levee_le is not None:
        if now - current.levee_le > REOPEN_WITHIN:
            raise ActionRefusee(
                "Cette réunion est terminée depuis plus de deux heures : elle ne se rouvre plus."
            )
        if EditionCompteRendu.objects.filter(compte_rendu=current.pk).exists():
            raise ActionRefusee("Le compte rendu de cette réunion est validé : elle ne se rouvre plus.")
        set_held(reunion, Reunion.Etat.EN_COURS)
    if current.point is not None:
        _open_point(current, current.point, now)
    current.etat, current.suspendue_le, current.levee_le = Seance.Etat.OUVERTE, None, None
    current.etape += 1
    record(auteur, "seance.resume", reunion)
    tell(current, "reprise", "etat", "suspendue_le", "levee_le", "etape")
    refresh_evidence([current.pk])
    return current


@transaction.atomic
def end(auteur: Agent, seance: Seance, *, etape: int) -> Seance:
    """End the meeting: the clock stops, hands are put down, votes are closed; its salon is closed later, when it cannot be
    opened again. As `move`."""
    from realtime.seances.tasks import end_discussion

    reunion = locked_reunion(seance.reunion)
    current = locked(seance)
    require_lead(auteur, reunion)
    if current.levee:
        return current
    require_step(current, etape)
    now = timezone.now()
    _close_point(current, now)
    close_speech(current, now)
    current.tours.filter(etat=TourDeParole.Etat.DEMANDE).update(etat=TourDeParole.Etat.RETIRE)
    current.aides.filter(close_le__isnull=True).update(close_le=now)
    Scrutin.objects.filter(seance=current, etat=Scrutin.Etat.OUVERT).update(
        etat=Scrutin.Etat.CLOS, clos_le=now
    )
    Scrutin.objects.filter(seance=current, etat=Scrutin.Etat.PREPARE).update(
        etat=Scrutin.Etat.ABANDONNE, clos_le=now
    )
    current.etat, current.suspendue_le, current.levee_le = Seance.Etat.LEVEE, None, now
    current.etape += 1
    set_held(reunion, Reunion.Etat.TERMINEE)
    record(auteur, "seance.end", reunion)
    tell(current, "levee", "etat", "suspendue_le", "levee_le", "etape")
    refresh_evidence([current.pk])
    later = int(REOPEN_WITHIN.total_seconds()) + 60
    end_discussion.configure(schedule_in={"seconds": later}).defer(reunion_id=current.pk)
    return current


@transaction.atomic
def close_chat(seance: Seance) -> None:
    """Close the salon of a meeting that ended too long ago to be taken up again. For the worker; harmless otherwise."""
    current = locked(seance)
    over = current.levee_le is not None and timezone.now() - current.levee_le > REOPEN_WITHIN
    if over and current.salon is not None:
        close_discussion(current.salon)


def close_speech(seance: Seance, now: datetime) -> None:
    """Whoever has the floor no longer has it. The caller holds the row of `seance`."""
    for tour in seance.tours.filter(etat=TourDeParole.Etat.EN_COURS):
        tour.etat, tour.fin = TourDeParole.Etat.FINI, max(now, tour.debut or now)
        tour.save(update_fields=["etat", "fin"])


def _kept(reunion: Reunion) -> "QuerySet[PointOrdreDuJour]":
    return PointOrdreDuJour.objects.filter(reunion=reunion, etat=PointOrdreDuJour.Etat.RETENU).order_by(
        "rang"
    )


def _open_point(seance: Seance, point: PointOrdreDuJour, now: datetime) -> None:
    last = 0
    if seance.salon_id is not None:
        # The lock puts every line either before the point was opened, or after.
        last = Salon.objects.select_for_update().get(pk=seance.salon_id).dernier_numero
    Passage.objects.create(seance=seance, point=point, debut=now, apres_message=last)


def _close_point(seance: Seance, now: datetime) -> None:
    for passage in seance.passages.filter(fin__isnull=True):
        passage.fin = max(now, passage.debut)
        passage.save(update_fields=["fin"])


def _open_salon(reunion: Reunion) -> Salon:
    """The conversation of one meeting: of its community, or of those who take part, between a few."""
    day = reunion.debut_sur_place.strftime("%d/%m/%Y")
    name = f"{reunion.titre[:50]} ({day})"
    if reunion.communaute is None:
        return open_discussion(reunion.organisateur, name, taking_part(reunion))
    if Salon.objects.filter(communaute=reunion.communaute, nom=name).exists():
        name = f"{name} n° {reunion.pk}"
    return Salon.objects.create(communaute=reunion.communaute, nom=name)
