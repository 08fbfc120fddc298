"""Meetings that come again: planning a series, making its meetings as they come near, changing and stopping it.

A series' people are `Habitue`s; each of its meetings has their copies as `Participant`s (`habitue`), made with it and
kept the same. Calendars hold the series as one item with its rule: `actions.expeditions` sends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.preferences import clock_of
from communautes.access import can_animate, require_write
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.models import Salon
from realtime.reunions.actions.commun import announce
from realtime.reunions.actions.listes import Invites, add_people, resolve_groups
from realtime.reunions.actions.planification import clean_fields, copy_point, require_plan
from realtime.reunions.actions.points import ProjetPoint, write_points
from realtime.reunions.models import Convive, Habitue, Participant, PointOrdreDuJour, Reunion, Serie
from realtime.reunions.models.commun import Visio
from realtime.reunions.models.series import NOMBRE_MAX
from realtime.reunions.rythme import between, every, first_on_rhythm

# Meetings are made so long before they are.
WINDOW = timedelta(days=60)
# Nothing is left to make.
DONE = timedelta(days=36_500)
EDITABLE = ("titre", "lieu", "visio", "lien_visio")


@dataclass(frozen=True)
class Rythme:
    """How a series comes again, as it is asked for. `sauf`: days on which it does not."""

    frequence: str
    jours: tuple[int, ...]
    rang: int | None = None
    jusqu_au: date | None = None
    nombre: int | None = None
    sauf: tuple[date, ...] = ()


@transaction.atomic
def plan_serie(
    auteur: Agent,
    communaute: Communaute | None,
    rythme: Rythme,
    *,
    titre: str,
    debut: datetime,
    fuseau: str = "",
    duree_minutes: int = 60,
    lieu: str = "",
    visio: str = Visio.AUCUNE,
    lien_visio: str = "",
    salon: Salon | None = None,
    points: Iterable[ProjetPoint] = (),
    invites: Invites | None = None,
) -> Reunion:
    """Plan meetings that come again; returns the first. Who may, and what is refused: as `plan_reunion`.

    It begins on the first day of its rhythm from `debut` on. The agenda comes back in each.
    """
    from realtime.reunions.tasks import distribute_serie

    invites = invites or Invites(toute_la_communaute=communaute is not None)
    require_plan(auteur, communaute, salon, invites)
    check_limit("reunion", auteur.pk)
    fields = clean_fields(
        {
            "titre": titre,
            "debut": debut,
            "fuseau": fuseau or clock_of(auteur),
            "duree_minutes": duree_minutes,
            "lieu": lieu,
            "visio": visio,
            "lien_visio": lien_visio,
        },
        avant=None,
    )
    serie = Serie(
        communaute=communaute,
        salon=salon,
        organisateur=auteur,
        toute_la_communaute=invites.toute_la_communaute,
        toute_l_animation=invites.toute_l_animation,
        frequence=rythme.frequence,
        jours=sorted(set(rythme.jours)),
        rang=rythme.rang,
        jusqu_au=rythme.jusqu_au,
        nombre=rythme.nombre,
        **fields,
    )
    _check_rhythm(serie)
    first = first_on_rhythm(serie)
    if first is None:
        raise ActionRefusee("Aucune réunion ne tombe avant cette fin.", champ="jusqu_au")
    serie.debut = first
    zone = ZoneInfo(serie.fuseau)
    without = set(rythme.sauf)
    serie.exceptions = [moment for moment in every(serie) if moment.astimezone(zone).date() in without]
    if next((moment for moment in every(serie) if moment not in serie.exceptions), None) is None:
        raise ActionRefusee("Vous avez exclu toutes les dates de la série.", champ="sauf")
    serie.save()
    Habitue.objects.create(
        serie=serie,
        agent=auteur,
        role=Convive.Role.ANIMATEUR,
        reponse=Convive.Reponse.ACCEPTE,
        repondu_le=timezone.now(),
    )
    add_people(serie, invites)
    resolve_groups(serie)
    made = _make(serie, timezone.now())
    write_points(
        made[0],
        [ProjetPoint(p.titre, p.responsable, p.minutes, p.description, recurrent=True) for p in points],
    )
    for other in made[1:]:
        _copy_agenda(made[0], other)
    record(auteur, "serie.plan", serie)
    distribute_serie.defer(serie_id=serie.pk)
    announce(made[0], "reunion.nouvelle")
    return made[0]


@transaction.atomic
def prepare_serie(serie: Serie, now: datetime | None = None) -> int:
    """Make the meetings of a series that come near; returns how many. For the worker; of two, one makes them."""
    current = _locked(serie)
    if current.arretee_le is not None:
        return 0
    return len(_make(current, now or timezone.now()))


@transaction.atomic
def edit_serie(auteur: Agent, serie: Serie, **champs: Any) -> bool:
    """Change some of `EDITABLE` of a series and of its meetings to come that were not changed one by one.

    Who organises it, and the community's animateurs. Its rhythm does not change: another series is planned. Returns
    whether something changed; calendars are told by the worker.
    """
    from realtime.reunions.tasks import send_serie_calendars

    current = _locked(serie)
    _require_prepare(auteur, current)
    _require_going(current)
    before = {name: getattr(current, name) for name in EDITABLE}
    wanted = {
        name: champs.get(name, getattr(current, name))
        for name in (*EDITABLE, "debut", "fuseau", "duree_minutes")
    }
    # Its start is behind: only what may change is looked at.
    cleaned = clean_fields({**wanted, "debut": timezone.now() + timedelta(days=1)}, avant=_as_was(current))
    after = {name: cleaned[name] for name in EDITABLE}
    if after == before:
        return False
    for name, value in after.items():
        setattr(current, name, value)
    current.sequence += 1
    current.save(update_fields=[*EDITABLE, "sequence"])
    _coming(current).filter(modifiee=False).update(**after)
    record(auteur, "serie.edit", current, champs=[name for name in EDITABLE if after[name] != before[name]])
    send_serie_calendars.defer(serie_id=current.pk)
    return True


@transaction.atomic
def invite_to_serie(auteur: Agent, serie: Serie, invites: Invites) -> None:
    """Ask more people to all the meetings of a series to come. Those who prepare it; the worker tells them."""
    from realtime.reunions.tasks import distribute_serie

    current = _locked(serie)
    _require_prepare(auteur, current)
    _require_going(current)
    check_limit("invitation_reunion", auteur.pk)
    groups = [
        name
        for name in ("toute_la_communaute", "toute_l_animation")
        if getattr(invites, name) and not getattr(current, name)
    ]
    if groups and (current.communaute is None or not can_animate(auteur, current.communaute)):
        raise PermissionDenied("Toute la communauté est invitée par les personnes qui l’animent.")
    for name in groups:
        setattr(current, name, True)
    if groups:
        current.save(update_fields=groups)
    add_people(current, invites)
    resolve_groups(current)
    sync_people(current)
    record(auteur, "serie.invite", current, agents=sorted(invites.by_role()), groupes=groups)
    distribute_serie.defer(serie_id=current.pk)


@transaction.atomic
def withdraw_from_serie(auteur: Agent, serie: Serie, habitue_id: int) -> None:
    """Ask somebody no more to a series' meetings. Those who prepare it, never who organises it; harmless twice."""
    from realtime.reunions.tasks import send_serie_calendars

    current = _locked(serie)
    _require_prepare(auteur, current)
    changed = (
        Habitue.objects.present()
        .filter(serie=current, pk=habitue_id)
        .exclude(agent=current.organisateur)
        # Taken off by name: their group does not put them back.
        .update(retire_le=timezone.now(), origine=Convive.Origine.PERSONNE)
    )
    if changed:
        sync_people(current)
        record(auteur, "serie.withdraw", current, habitue=habitue_id)
        send_serie_calendars.defer(serie_id=current.pk)


@transaction.atomic
def stop_serie(auteur: Agent, serie: Serie, *, motif: str = "") -> None:
    """Have a series come no more: its meetings to come are called off, those that were stay. Harmless twice.

    Who organises it, and the community's animateurs.
    """
    from realtime.reunions.tasks import distribute_serie

    current = _locked(serie)
    _require_prepare(auteur, current)
    if current.arretee_le is not None:
        return
    now = timezone.now()
    coming = list(_coming(current))
    past = [moment for moment in every(current) if moment < now]
    current.arretee_le = now
    current.sequence += 1
    if past:
        # What was remains in calendars: the rule ends with the last meeting.
        current.nombre = None
        current.jusqu_au = past[-1].astimezone(ZoneInfo(current.fuseau)).date()
    current.save(update_fields=["arretee_le", "sequence", "nombre", "jusqu_au"])
    motif = " ".join(motif.split())[:300]
    Reunion.objects.filter(pk__in=[reunion.pk for reunion in coming]).update(
        etat=Reunion.Etat.ANNULEE, annulee_le=now, motif_annulation=motif
    )
    record(auteur, "serie.stop", current)
    for reunion in coming:
        announce(reunion, "reunion.annulee")
    distribute_serie.defer(serie_id=current.pk)


@transaction.atomic
def answer_serie(agent: Agent, serie: Serie, reponse: str, commentaire: str = "") -> Habitue:
    """Answer for all the meetings of a series to come, but for those answered one by one otherwise."""
    current = _locked(serie)
    _require_going(current)
    habitue = Habitue.objects.present().filter(serie=current, agent=agent).first()
    if habitue is None:
        raise PermissionDenied("Vous n’êtes pas sur la liste des personnes invitées.")
    check_limit("reponse_reunion", agent.pk)
    return record_serie_answer(current, habitue, reponse, commentaire)


def record_serie_answer(
    serie: Serie, habitue: Habitue, reponse: str, commentaire: str = "", *, quand: datetime | None = None
) -> Habitue:
    """Write an answer for a series, whatever brought it. Its row is locked; the caller has checked who answers."""
    before = habitue.reponse
    habitue.reponse, habitue.repondu_le = Convive.Reponse(reponse), quand or timezone.now()
    habitue.commentaire = " ".join(commentaire.split())[:300]
    habitue.save(update_fields=["reponse", "commentaire", "repondu_le"])
    rows = Participant.objects.present().filter(
        reunion__in=_coming(serie), habitue=True, agent=habitue.agent, courriel=habitue.courriel
    )
    rows.filter(Q(reponse=Convive.Reponse.SANS) | Q(reponse=before)).update(
        reponse=habitue.reponse, commentaire=habitue.commentaire, repondu_le=habitue.repondu_le
    )
    record(habitue.agent, "serie.answer", serie, habitue=habitue.pk, reponse=reponse)
    return habitue


def sync_people(serie: Serie) -> None:
    """Have the meetings to come invite those whom the series invites, no more. In the caller's transaction, which
    holds the series' row; harmless when repeated."""
    habitues = list(Habitue.objects.filter(serie=serie))
    gone = [row for row in habitues if row.retire_le is not None]
    for reunion in _coming(serie):
        rows = reunion.participants.all()
        known = {(row.agent_id, row.courriel): row for row in rows}
        Participant.objects.bulk_create(
            [
                _copy_of(row, reunion)
                for row in habitues
                if row.retire_le is None and (row.agent_id, row.courriel) not in known
            ],
            ignore_conflicts=True,
            batch_size=1000,
        )
        back = [
            known[row.agent_id, row.courriel].pk
            for row in habitues
            if row.retire_le is None
            and (row.agent_id, row.courriel) in known
            and known[row.agent_id, row.courriel].habitue
            and known[row.agent_id, row.courriel].retire_le is not None
            and known[row.agent_id, row.courriel].origine == row.origine
        ]
        rows.filter(pk__in=back).update(retire_le=None, envoyee=reunion.sequence)
        # The series' own cancellation takes them out of calendars.
        rows.filter(habitue=True, retire_le__isnull=True).filter(
            Q(agent__in=[row.agent_id for row in gone if row.agent_id])
            | Q(agent__isnull=True, courriel__in=[row.courriel for row in gone if not row.agent_id])
        ).update(retire_le=timezone.now(), envoyee=None)


def _make(serie: Serie, now: datetime) -> list[Reunion]:
    """The meetings that come before the window's end and were not made; always one at least in a new series."""
    horizon = now + WINDOW
    known = set(Reunion.objects.filter(serie=serie).values_list("occurrence", flat=True))
    moments = [m for m in between(serie, serie.preparee_jusqu_au, horizon) if m not in known]
    if not moments and serie.preparee_jusqu_au is None:
        first = next(moment for moment in every(serie) if moment not in serie.exceptions)
        moments, horizon = [first], first
    model = (
        Reunion.objects.filter(serie=serie).exclude(etat=Reunion.Etat.ANNULEE).order_by("-occurrence").first()
    )
    people = list(Habitue.objects.present().filter(serie=serie))
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
        envoyee=0,
    )


def _copy_agenda(model: Reunion, reunion: Reunion) -> None:
    for point in model.points.filter(recurrent=True, etat=PointOrdreDuJour.Etat.RETENU).order_by("rang"):
        copy_point(point, reunion)


def _coming(serie: Serie) -> Any:
    """Meetings of a series that are planned and have not begun."""
    return Reunion.objects.filter(
        serie=serie, debut__gt=timezone.now(), etat=Reunion.Etat.PLANIFIEE
    ).select_related("communaute", "serie")


def _locked(serie: Serie) -> Serie:
    return (
        Serie.objects.select_for_update(of=("self",), no_key=True)
        .select_related("communaute", "organisateur")
        .get(pk=serie.pk)
    )


def _as_was(serie: Serie) -> Any:
    """What `clean_fields` compares with: an address already made is kept."""
    return Reunion(visio=serie.visio, lien_visio=serie.lien_visio, debut=serie.debut)


def may_prepare(auteur: Agent, serie: Serie) -> bool:
    """Whether it is for `auteur` to change or stop a series."""
    return auteur.is_active and (
        serie.organisateur_id == auteur.pk
        or (serie.communaute is not None and can_animate(auteur, serie.communaute))
    )


def _require_prepare(auteur: Agent, serie: Serie) -> None:
    if not may_prepare(auteur, serie):
        raise PermissionDenied("Une série est modifiée par la personne qui l’organise et par l’animation.")
    if serie.communaute is not None:
        require_write(auteur, serie.communaute, "Vous n’êtes plus membre de cette communauté.")


def _require_going(serie: Serie) -> None:
    if serie.arretee_le is not None:
        raise ActionRefusee("Cette série est arrêtée.")


def _check_rhythm(serie: Serie) -> None:
    monthly = serie.frequence == Serie.Frequence.MENSUELLE
    if serie.frequence not in Serie.Frequence.values:
        raise ActionRefusee("Choisissez un rythme.", champ="frequence")
    if not serie.jours or not set(serie.jours) <= set(range(7)):
        raise ActionRefusee("Choisissez au moins un jour de la semaine.", champ="jours")
    if monthly and (len(serie.jours) != 1 or serie.rang not in Serie.Rang.values):
        raise ActionRefusee("Chaque mois, choisissez un seul jour et sa semaine.", champ="jours")
    if not monthly:
        serie.rang = None
    if serie.jusqu_au is not None and serie.nombre is not None:
        raise ActionRefusee(
            "Une série finit à une date ou après un nombre de réunions, pas les deux.", champ="nombre"
        )
    if serie.nombre is not None and not 2 <= serie.nombre <= NOMBRE_MAX:
        raise ActionRefusee(f"Une série compte de 2 à {NOMBRE_MAX} réunions.", champ="nombre")
