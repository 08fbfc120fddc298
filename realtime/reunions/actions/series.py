"""Meetings that come again: planning a series, changing it, inviting to it, answering for all of it, stopping it.

A series' people are `Habitue`s; each of its meetings has their copies as `Participant`s (`habitue`), made with it and
kept the same (`actions.occurrences`). Calendars hold the series as one item with its rule: `actions.expeditions` sends
it.
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
from forum.actions.rendus import titles_changed
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.models import Salon
from realtime.reunions.access import still_invited
from realtime.reunions.access_suites import check_earlier
from realtime.reunions.actions.commun import announce
from realtime.reunions.actions.listes import Invites, add_people, resolve_groups
from realtime.reunions.actions.occurrences import (
    coming_of,
    held_by_serie,
    locked_serie,
    make_meetings,
    sync_people,
)
from realtime.reunions.actions.planification import clean_fields, require_plan
from realtime.reunions.actions.points import ProjetPoint, write_points
from realtime.reunions.liens import link_key
from realtime.reunions.models import Convive, Habitue, Participant, Reunion, Serie
from realtime.reunions.models.commun import Visio
from realtime.reunions.models.series import NOMBRE_MAX
from realtime.reunions.rythme import every, first_on_rhythm
from realtime.reunions.textes import photograph, say_changes

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
    suite_de: Reunion | None = None,
) -> Reunion:
    """Plan meetings that come again; returns the first. Who may, and what is refused: as `plan_reunion`.

    It begins on the first day of its rhythm from `debut` on; its first meeting follows `suite_de`, each other the one
    before. The agenda comes back in each. The first meeting is made
    here, the others by the worker.
    """
    from realtime.reunions.tasks import distribute_serie, prepare_serie

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
    (reunion,) = make_meetings(serie, timezone.now(), 1)
    if suite_de is not None:
        check_earlier(auteur, suite_de, communaute, reunion.debut)
        reunion.suite_de = suite_de
        reunion.save(update_fields=["suite_de"])
    write_points(
        reunion,
        [ProjetPoint(p.titre, p.responsable, p.minutes, p.description, recurrent=True) for p in points],
    )
    record(auteur, "serie.plan", serie)
    prepare_serie.defer(serie_id=serie.pk)
    distribute_serie.defer(serie_id=serie.pk)
    announce(reunion, "reunion.nouvelle")
    return reunion


@transaction.atomic
def edit_serie(
    auteur: Agent, serie: Serie, *, depuis: int | None = None, sur: int | None = None, **champs: Any
) -> list[str]:
    """Change some of `EDITABLE` of a series and of its meetings to come that were not changed one by one; returns what
    changed, in words, which those invited are told by the worker.

    Who organises it, and the community's animateurs. `depuis`: the meeting to come from which on; those before stay as
    they are. `sur`: the `sequence` that was on the author's screen; when somebody changed the series meanwhile, raises
    `ActionRefusee` rather than undo their change. Its rhythm does not change: another series is planned.
    """
    from realtime.reunions.tasks import distribute_serie_change, send_calendars

    current = locked_serie(serie)
    _require_prepare(auteur, current)
    _require_going(current)
    if sur is not None and sur != current.sequence:
        raise ActionRefusee(
            "Cette série a été modifiée pendant que vous écriviez : voyez ce qu’elle est devenue, puis "
            "enregistrez de nouveau si besoin. Ce que vous avez écrit est conservé."
        )
    same = list(coming_of(current).filter(modifiee=False).select_for_update(of=("self",), no_key=True))
    first = next((reunion for reunion in same if reunion.pk == depuis), None)
    if depuis is not None and first is None:
        raise ActionRefusee(
            "Cette réunion n’est plus à venir, ou a été modifiée à part : choisissez-en une autre.",
            champ="depuis",
        )
    before = photograph(current)
    wanted = {
        name: champs.get(name, getattr(current, name))
        for name in (*EDITABLE, "debut", "fuseau", "duree_minutes")
    }
    # Its start is behind: only what may change is looked at.
    cleaned = clean_fields({**wanted, "debut": timezone.now() + timedelta(days=1)}, avant=_as_was(current))
    for name in EDITABLE:
        setattr(current, name, cleaned[name])
    said = say_changes(before, current)
    if not said:
        return []
    current.sequence += 1
    current.save(update_fields=[*EDITABLE, "sequence"])
    dit = " ; ".join(said)[:600]
    known = {reunion.pk: reunion.sequence for reunion in same}
    for reunion in same:
        reunion.sequence = current.sequence
        if first is not None and reunion.occurrence < first.occurrence:
            # As it was: calendars hold it apart from a rule that has changed, and nobody is told anything of it.
            reunion.participants.filter(envoyee__gte=known[reunion.pk]).update(envoyee=reunion.sequence)
            reunion.modifiee = True
            reunion.save(update_fields=["modifiee", "sequence"])
            continue
        for name in EDITABLE:
            setattr(reunion, name, cleaned[name])
        # So that a form that was open on it is told of the change, and who is invited to it alone hears of it.
        reunion.save(update_fields=[*EDITABLE, "sequence"])
        reunion.changements.create(sequence=reunion.sequence, dit=dit, auteur=auteur)
        held_by_serie(reunion)
        titles_changed(externe=link_key(reunion.pk))
        announce(reunion, "reunion.changee", sequence=reunion.sequence)
        send_calendars.defer(reunion_id=reunion.pk)
    record(
        auteur,
        "serie.edit",
        current,
        champs=[name for name in EDITABLE if getattr(current, name) != getattr(before, name)],
        depuis=depuis,
    )
    distribute_serie_change.defer(
        serie_id=current.pk, sequence=current.sequence, dit=dit, auteur_id=auteur.pk
    )
    return said


@transaction.atomic
def invite_to_serie(auteur: Agent, serie: Serie, invites: Invites) -> None:
    """Ask more people to all the meetings of a series to come. Those who prepare it; the worker tells them."""
    from realtime.reunions.tasks import distribute_serie

    current = locked_serie(serie)
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
    concerned = None
    if groups:
        resolve_groups(current)
    else:
        addresses = [person.courriel.strip().lower() for person in invites.exterieurs]
        concerned = list(
            Habitue.objects.filter(serie=current)
            .filter(Q(agent__in=invites.by_role()) | Q(courriel__in=addresses, agent__isnull=True))
            .values_list("pk", flat=True)
        )
    sync_people(current, concerned)
    record(auteur, "serie.invite", current, agents=sorted(invites.by_role()), groupes=groups)
    distribute_serie.defer(serie_id=current.pk, habitues=concerned)


@transaction.atomic
def withdraw_from_serie(auteur: Agent, serie: Serie, habitue_id: int) -> None:
    """Ask somebody no more to a series' meetings. Those who prepare it; harmless twice. Raises `ActionRefusee` for who
    organises it."""
    from realtime.reunions.tasks import send_serie_calendars

    current = locked_serie(serie)
    _require_prepare(auteur, current)
    rows = Habitue.objects.present().filter(serie=current, pk=habitue_id)
    if rows.filter(agent=current.organisateur_id).exists():
        raise ActionRefusee("La personne qui organise la série y participe : arrêtez plutôt la série.")
    # Taken off by name: their group does not put them back.
    if rows.update(retire_le=timezone.now(), origine=Convive.Origine.PERSONNE):
        sync_people(current, [habitue_id])
        record(auteur, "serie.withdraw", current, habitue=habitue_id)
        send_serie_calendars.defer(serie_id=current.pk)


@transaction.atomic
def stop_serie(auteur: Agent, serie: Serie, *, motif: str = "") -> None:
    """Have a series come no more: its meetings to come are called off, those that were stay. Harmless twice.

    Who organises it, and the community's animateurs.
    """
    from realtime.reunions.tasks import distribute_serie, send_calendars

    current = locked_serie(serie)
    _require_prepare(auteur, current)
    if current.arretee_le is not None:
        return
    now = timezone.now()
    coming = list(coming_of(current))
    past = [moment for moment in every(current) if moment < now]
    current.arretee_le = now
    current.sequence += 1
    if past:
        # What was remains in calendars: the rule ends with the last meeting.
        current.nombre = None
        current.jusqu_au = past[-1].astimezone(ZoneInfo(current.fuseau)).date()
    current.save(update_fields=["arretee_le", "sequence", "nombre", "jusqu_au"])
    motif = " ".join(motif.split())[:300]
    for reunion in coming:
        reunion.sequence = max(reunion.sequence, current.sequence - 1) + 1
    Reunion.objects.bulk_update(coming, ["sequence"])
    Reunion.objects.filter(pk__in=[reunion.pk for reunion in coming]).update(
        etat=Reunion.Etat.ANNULEE, annulee_le=now, motif_annulation=motif
    )
    record(auteur, "serie.stop", current)
    for reunion in coming:
        held_by_serie(reunion)
        announce(reunion, "reunion.annulee")
        # Those invited to this one alone hold it by itself.
        send_calendars.defer(reunion_id=reunion.pk)
    distribute_serie.defer(serie_id=current.pk)


@transaction.atomic
def answer_serie(agent: Agent, serie: Serie, reponse: str, commentaire: str = "") -> Habitue:
    """Answer for all the meetings of a series to come, but for those answered one by one otherwise.

    Those invited who may still see it: rights are looked at again, in the transaction that writes.
    """
    current = locked_serie(serie)
    _require_going(current)
    habitue = Habitue.objects.present().filter(serie=current, agent=agent).first()
    if habitue is None:
        raise PermissionDenied("Vous n’êtes pas sur la liste des personnes invitées.")
    if not still_invited(agent, current.communaute, habitue):
        raise PermissionDenied("Vous n’êtes plus membre de cette communauté.")
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
        reunion__in=coming_of(serie), habitue=True, agent=habitue.agent, courriel=habitue.courriel
    )
    rows.filter(Q(reponse=Convive.Reponse.SANS) | Q(reponse=before)).update(
        reponse=habitue.reponse, commentaire=habitue.commentaire, repondu_le=habitue.repondu_le
    )
    record(habitue.agent, "serie.answer", serie, habitue=habitue.pk, reponse=reponse)
    return habitue


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
