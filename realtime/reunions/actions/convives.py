"""Inviting people, and what they answer."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import can_animate, is_member
from communautes.models import Adhesion, Communaute
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.reunions.access import require_prepare, still_invited
from realtime.reunions.actions.commun import announce, announce_to, locked, require_open
from realtime.reunions.actions.listes import Invites, add_people, resolve_groups
from realtime.reunions.actions.occurrences import sync_people
from realtime.reunions.models import Convive, Habitue, Participant, Reunion, Serie, SondageDates, Sonde
from realtime.reunions.models.reunions import LONGEST


@transaction.atomic
def invite(auteur: Agent, reunion: Reunion, invites: Invites) -> None:
    """Ask more people to come; the worker tells them. Those who prepare the meeting; harmless for who is invited.

    Raises `ActionRefusee` naming whom it cannot invite, then nobody is.
    """
    from realtime.reunions.tasks import distribute_reunion

    current = locked(reunion)
    require_prepare(auteur, current)
    require_open(current)
    check_limit("invitation_reunion", auteur.pk)
    groups = []
    for name in ("toute_la_communaute", "toute_l_animation"):
        if getattr(invites, name) and not getattr(current, name):
            if current.communaute is None or not can_animate(auteur, current.communaute):
                raise PermissionDenied("Toute la communauté est invitée par les personnes qui l’animent.")
            setattr(current, name, True)
            groups.append(name)
    if groups:
        current.save(update_fields=groups)
    add_people(current, invites)
    resolve_groups(current)
    record(auteur, "reunion.invite", current, agents=sorted(invites.by_role()), groupes=groups)
    announce(current, "reunion.convives")
    if not current.en_preparation:
        distribute_reunion.defer(reunion_id=current.pk)


@transaction.atomic
def withdraw(auteur: Agent, participant: Participant) -> None:
    """Ask somebody no more; the worker tells their calendar. Those who prepare; never who organises it."""
    from realtime.reunions.tasks import send_calendars

    current = locked(participant.reunion)
    require_prepare(auteur, current)
    require_open(current)
    if participant.agent_id == current.organisateur_id:
        raise ActionRefusee("La personne qui organise la réunion y participe : annulez plutôt la réunion.")
    # Taken off by name: neither their group nor the series puts them back.
    changed = (
        Participant.objects.present()
        .filter(pk=participant.pk)
        .update(retire_le=timezone.now(), origine=Convive.Origine.PERSONNE, habitue=False)
    )
    if not changed:
        return
    record(auteur, "reunion.withdraw", current, participant=participant.pk, agent=participant.agent_id)
    announce(current, "reunion.convives")
    send_calendars.defer(reunion_id=current.pk)


@transaction.atomic
def set_role(auteur: Agent, participant: Participant, role: str) -> None:
    """Give somebody invited another role. Those who prepare the meeting; people outside take part, no more."""
    current = locked(participant.reunion)
    require_prepare(auteur, current)
    require_open(current)
    role = Convive.Role(role)
    if participant.agent_id is None and role in (Convive.Role.ANIMATEUR, Convive.Role.SECRETAIRE):
        raise ActionRefusee("Ce rôle demande un compte sur la plateforme.")
    if participant.agent_id == current.organisateur_id and role != Convive.Role.ANIMATEUR:
        raise ActionRefusee("La personne qui organise la réunion l’anime.")
    Participant.objects.present().filter(pk=participant.pk).update(role=role)
    record(auteur, "reunion.set_role", current, participant=participant.pk, role=role)
    announce(current, "reunion.convives")


@transaction.atomic
def answer(
    agent: Agent,
    reunion: Reunion,
    reponse: str,
    commentaire: str = "",
    *,
    sur: int | None = None,
) -> Participant:
    """Say whether one comes. Those invited; a member who reads a community's meeting may ask to be counted in.

    `sur`: the `sequence` that they had before them: a meeting moved since asks again (`ActionRefusee`).
    """
    current = locked(reunion)
    participant = Participant.objects.present().filter(reunion=current, agent=agent).first()
    if participant is None:
        if current.communaute is None or not is_member(agent, current.communaute):
            raise PermissionDenied("Vous n’êtes pas sur la liste des personnes invitées.")
        participant, _ = Participant.objects.update_or_create(
            reunion=current, agent=agent, defaults={"retire_le": None, "role": Convive.Role.PARTICIPANT}
        )
    if not still_invited(agent, current.communaute, participant):
        raise PermissionDenied("Vous n’êtes plus membre de cette communauté.")
    check_limit("reponse_reunion", agent.pk)
    return record_answer(current, participant, reponse, commentaire, sur=sur)


@transaction.atomic
def answer_as_guest(
    participant: Participant, reponse: str, commentaire: str = "", *, sur: int | None = None
) -> Participant:
    """The same for somebody without account, whose signed link the caller has checked."""
    current = locked(participant.reunion)
    fresh = Participant.objects.present().filter(pk=participant.pk, agent__isnull=True).first()
    if fresh is None:
        raise ActionRefusee("Vous n’êtes plus sur la liste des personnes invitées.")
    return record_answer(current, fresh, reponse, commentaire, sur=sur)


def record_answer(
    reunion: Reunion,
    participant: Participant,
    reponse: str,
    commentaire: str = "",
    *,
    sur: int | None = None,
    quand: datetime | None = None,
) -> Participant:
    """Write an answer, whatever brought it. The meeting's row is locked; the caller has checked who answers."""
    if reunion.etat == Reunion.Etat.BROUILLON:
        raise ActionRefusee("Cette réunion n’est pas encore planifiée.")
    require_open(reunion)
    if sur is not None and sur < reunion.sequence_horaire:
        raise ActionRefusee("Cette réunion a changé d’heure : voyez la nouvelle, puis répondez de nouveau.")
    participant.reponse = Convive.Reponse(reponse)
    participant.commentaire = " ".join(commentaire.split())[:300]
    participant.repondu_le = quand or timezone.now()
    participant.save(update_fields=["reponse", "commentaire", "repondu_le"])
    record(participant.agent, "reunion.answer", reunion, participant=participant.pk, reponse=reponse)
    announce(reunion, "reunion.reponse")
    if participant.agent is not None:
        announce_to(participant.agent, reunion)
    return participant


@transaction.atomic
def follow_membership(communaute: Communaute, agent: Agent) -> None:
    """Have the meetings to come follow what `agent` is to `communaute` now: joined, left, animates or no more.

    For the worker, after each change; harmless when repeated. Who left is asked no more, however they were invited.
    """
    from realtime.reunions.tasks import distribute_reunion

    adhesion = Adhesion.objects.filter(communaute=communaute, agent=agent).first()
    _follow_series(communaute, agent, adhesion)
    _follow_dates(communaute, agent, adhesion)
    coming = (
        Reunion.objects.filter(communaute=communaute, debut__gte=timezone.now() - LONGEST)
        .exclude(etat__in=(Reunion.Etat.ANNULEE, Reunion.Etat.TERMINEE))
        .order_by("pk")
    )
    if adhesion is None:
        # Of all times: an invitation from before they joined must not open a door now.
        Participant.objects.filter(
            reunion__communaute=communaute, agent=agent, origine=Convive.Origine.EXTERIEUR
        ).update(origine=Convive.Origine.PERSONNE)
        _withdraw_all(Participant.objects.present().filter(agent=agent, reunion__in=coming))
        return
    animates = adhesion.role == Adhesion.Role.ANIMATEUR
    groups = Q(toute_la_communaute=True) | (Q(toute_l_animation=True) if animates else Q(pk__in=[]))
    for reunion in coming.filter(groups, serie__isnull=True):
        resolve_groups(reunion, agent)
        if not reunion.en_preparation:
            distribute_reunion.defer(reunion_id=reunion.pk)
    if not animates:
        _withdraw_all(
            Participant.objects.present().filter(
                agent=agent,
                origine=Convive.Origine.ANIMATION,
                reunion__in=coming.filter(toute_la_communaute=False),
            )
        )


def _follow_series(communaute: Communaute, agent: Agent, adhesion: Adhesion | None) -> None:
    from realtime.reunions.tasks import distribute_serie, send_serie_calendars

    animates = adhesion is not None and adhesion.role == Adhesion.Role.ANIMATEUR
    for serie in Serie.objects.select_for_update(no_key=True).filter(
        communaute=communaute, arretee_le__isnull=True
    ):
        mine = Habitue.objects.present().filter(serie=serie, agent=agent)
        if adhesion is None:
            mine.update(retire_le=timezone.now())
        elif not animates and not serie.toute_la_communaute:
            mine.filter(origine=Convive.Origine.ANIMATION).update(retire_le=timezone.now())
        if adhesion is not None:
            resolve_groups(serie, agent)
        concerned = list(Habitue.objects.filter(serie=serie, agent=agent).values_list("pk", flat=True))
        sync_people(serie, concerned)
        if mine.exists():
            distribute_serie.defer(serie_id=serie.pk, habitues=concerned)
        elif concerned:
            send_serie_calendars.defer(serie_id=serie.pk)


def _follow_dates(communaute: Communaute, agent: Agent, adhesion: Adhesion | None) -> None:
    from realtime.reunions.tasks import distribute_dates

    if adhesion is None:
        # Of all times, as for meetings: what was asked before they joined must not open a door now.
        Sonde.objects.filter(
            sondage__communaute=communaute, agent=agent, origine=Convive.Origine.EXTERIEUR
        ).update(origine=Convive.Origine.PERSONNE)
    animates = adhesion is not None and adhesion.role == Adhesion.Role.ANIMATEUR
    for sondage in SondageDates.objects.select_for_update(no_key=True).filter(
        communaute=communaute, etat=SondageDates.Etat.OUVERT
    ):
        mine = Sonde.objects.present().filter(sondage=sondage, agent=agent)
        if adhesion is None:
            mine.update(retire_le=timezone.now())
        elif sondage.toute_la_communaute or (animates and sondage.toute_l_animation):
            resolve_groups(sondage, agent)
            distribute_dates.defer(sondage_id=sondage.pk, agent_id=agent.pk)
        elif not animates:
            mine.filter(origine=Convive.Origine.ANIMATION).update(retire_le=timezone.now())


def _withdraw_all(rows: "QuerySet[Participant]") -> None:
    from realtime.reunions.tasks import send_calendars

    touched = list(rows.values_list("pk", "reunion"))
    Participant.objects.filter(pk__in=[pk for pk, _ in touched]).update(retire_le=timezone.now())
    for reunion_id in {reunion_id for _, reunion_id in touched}:
        send_calendars.defer(reunion_id=reunion_id)
