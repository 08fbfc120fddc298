"""The only way from an address or a frame to a meeting, and what each may do there."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from annuaire.cles import key_of
from annuaire.models import Agent
from communautes.access import can_animate, can_read, can_write, require_write
from communautes.models import Communaute
from realtime.reunions.adresses import read_guest_token
from realtime.reunions.calendrier import Agenda, SerieSuivie
from realtime.reunions.models import (
    CleAgenda,
    Convive,
    DocumentReunion,
    FichierReunion,
    Habitue,
    Participant,
    PieceReunion,
    PointOrdreDuJour,
    Reunion,
    ReunionQuerySet,
    Serie,
)
from realtime.reunions.models.reunions import LONGEST

# Meetings to come that one page of a community shows.
MOST_UPCOMING = 60
# A guest's link shows the meeting so long after its end.
GUEST_AFTER = timedelta(days=7)
# What a calendar is given.
CALENDAR_PAST, CALENDAR_FUTURE, CALENDAR_MOST = timedelta(days=90), timedelta(days=400), 600


def visible_reunions(agent: Agent) -> ReunionQuerySet:
    """Meetings whose page `agent` may open; none when their account is closed."""
    found: ReunionQuerySet = Reunion.objects.all().visible_to(agent)
    return found if agent.is_active else found.none()


def get_reunion(agent: Agent, pk: int) -> Reunion:
    """A meeting that `agent` may see, with its community, its series and who organises it; or 404."""
    found = (
        visible_reunions(agent)
        .select_related("communaute", "salon", "serie", "organisateur__service", "organisateur__territoire")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("Cette réunion n’existe pas.")
    return found


def may_listen(agent: Agent, pk: int) -> None:
    """For the channel `reunion.N`: raises as the page of it does."""
    if not visible_reunions(agent).filter(pk=pk).exists():
        raise Http404("Cette réunion n’existe pas.")


def get_prepared(agent: Agent, pk: int, *, finished: bool = False) -> Reunion:
    """A meeting that it is for `agent` to prepare: 404, or 403. `finished`: one that is over or cancelled too."""
    found = get_reunion(agent, pk)
    if not can_prepare(agent, found):
        raise PermissionDenied("Cette page est réservée aux personnes qui préparent la réunion.")
    if not finished and found.etat not in (Reunion.Etat.BROUILLON, Reunion.Etat.PLANIFIEE):
        raise PermissionDenied("Cette réunion ne se modifie plus.")
    return found


def get_link(agent: Agent, pk: int) -> DocumentReunion:
    """A document joined to a meeting that `agent` may see, or 404."""
    found: DocumentReunion | None = (
        DocumentReunion.objects.select_related("reunion__communaute").filter(pk=pk).first()
    )
    if found is None or not visible_reunions(agent).filter(pk=found.reunion_id).exists():
        raise Http404("Ce document n’est plus joint.")
    return found


def get_piece(agent: Agent, pk: int) -> PieceReunion:
    """A file brought to a meeting that `agent` may see, or 404."""
    found: PieceReunion | None = (
        PieceReunion.objects.select_related("reunion__communaute", "document").filter(pk=pk).first()
    )
    if found is None or not visible_reunions(agent).filter(pk=found.reunion_id).exists():
        raise Http404("Ce fichier n’est plus joint.")
    return found


def get_file(agent: Agent, pk: UUID) -> FichierReunion:
    """A file of a meeting that `agent` may see now, or 404."""
    found: FichierReunion | None = FichierReunion.objects.filter(pk=pk).first()
    if found is None or not visible_reunions(agent).filter(pieces__document=found).exists():
        raise Http404("Ce fichier n’est plus joint.")
    return found


def get_point(agent: Agent, pk: int) -> PointOrdreDuJour:
    """A point of the agenda of a meeting that `agent` may see, or 404."""
    point = PointOrdreDuJour.objects.select_related("reunion__communaute").filter(pk=pk).first()
    if point is None or not visible_reunions(agent).filter(pk=point.reunion_id).exists():
        raise Http404("Ce point n’existe pas, ou plus.")
    return point


def get_participant(agent: Agent, pk: int) -> Participant:
    """Somebody invited to a meeting that `agent` prepares; 404, or 403."""
    found: Participant | None = (
        Participant.objects.select_related("reunion__communaute", "agent").filter(pk=pk).first()
    )
    if found is None or not visible_reunions(agent).filter(pk=found.reunion_id).exists():
        raise Http404("Cette personne n’est pas invitée.")
    if not can_prepare(agent, found.reunion):
        raise PermissionDenied("Cette page est réservée aux personnes qui préparent la réunion.")
    return found


def get_serie(agent: Agent, pk: int) -> Serie:
    """A series of a community that `agent` may read, or that they organise or are invited to; or 404.

    Somebody invited to one of its meetings alone sees that meeting, neither the others nor who is invited to all.
    """
    found = visible_series(agent).select_related("communaute", "organisateur").filter(pk=pk).first()
    if found is None:
        raise Http404("Cette série de réunions n’existe pas.")
    return found


def visible_series(agent: Agent) -> "QuerySet[Serie]":
    """Series whose page `agent` may open; none when their account is closed."""
    if not agent.is_active:
        return Serie.objects.none()
    mine = Habitue.objects.present().filter(agent=agent)
    # As for one meeting: who left the community is no more invited `EXTERIEUR`.
    from_outside = mine.filter(origine=Convive.Origine.EXTERIEUR).values("serie")
    return Serie.objects.filter(
        Q(communaute__in=Communaute.objects.readable_by(agent).values("pk"))
        | Q(communaute__isnull=False, pk__in=from_outside)
        | Q(communaute__isnull=True, organisateur=agent)
        | Q(communaute__isnull=True, pk__in=mine.values("serie"))
    )


def can_see_serie(agent: Agent, serie: Serie) -> bool:
    """Whether `agent` may open the page of `serie`. One query."""
    return visible_series(agent).filter(pk=serie.pk).exists()


def still_invited(agent: Agent, communaute: Communaute | None, convive: Convive) -> bool:
    """Whether somebody who was invited may still see what they were invited to, and so answer it."""
    return agent.is_active and (
        communaute is None or convive.origine == Convive.Origine.EXTERIEUR or can_read(agent, communaute)
    )


def participant_of(agent: Agent, reunion: Reunion) -> Participant | None:
    """The invitation of `agent` to `reunion`, unless it was withdrawn."""
    found: Participant | None = (
        Participant.objects.present().filter(reunion=reunion, agent=agent).first()
        if agent.is_active
        else None
    )
    return found


def prepares(agent: Agent, reunion: Reunion) -> bool:
    """Whether it is for `agent` to prepare `reunion`: who organises it, its animateurs, those of the community."""
    return (
        reunion.organisateur_id == agent.pk
        or Participant.objects.present()
        .filter(reunion=reunion, agent=agent, role=Convive.Role.ANIMATEUR)
        .exists()
        or (reunion.communaute is not None and can_animate(agent, reunion.communaute))
    )


def can_prepare(agent: Agent, reunion: Reunion) -> bool:
    """Whether `agent` may change `reunion` now: it is for them, and they may write in its community, if it has one."""
    if not agent.is_active or not prepares(agent, reunion):
        return False
    return reunion.communaute is None or can_write(agent, reunion.communaute)


def require_prepare(agent: Agent, reunion: Reunion) -> None:
    """Raise unless `can_prepare`: with the reason, for a suspended member."""
    if not agent.is_active or not prepares(agent, reunion):
        raise PermissionDenied(
            "Une réunion est modifiée par la personne qui l’organise et par celles qui l’animent."
        )
    if reunion.communaute is not None:
        require_write(agent, reunion.communaute, "Vous n’êtes plus membre de cette communauté.")


def can_plan(agent: Agent, communaute: Communaute | None) -> bool:
    """Whether `agent` may plan a meeting of `communaute`; without one, agents of the State among themselves."""
    if communaute is None:
        return agent.is_active and not agent.partenaire
    return can_animate(agent, communaute)


def may_be_invited(agent: Agent, communaute: Communaute | None) -> bool:
    """Whether an account may be invited by name: outside partners only to labs' meetings."""
    if not agent.is_active:
        return False
    return not agent.partenaire or (communaute is not None and communaute.est_laboratoire)


def get_guest_invitation(token: str) -> Participant:
    """The invitation that a guest's link was made for, or 404: withdrawn, forged, or a week after the meeting."""
    pk = read_guest_token(token)
    found: Participant | None = (
        Participant.objects.present()
        .select_related(
            "reunion__communaute", "reunion__organisateur__service", "reunion__organisateur__territoire"
        )
        .select_related("reunion__serie")
        .filter(pk=pk, agent__isnull=True)
        .exclude(reunion__etat=Reunion.Etat.BROUILLON)
        .first()
    )
    if found is None or found.reunion.fin < timezone.now() - GUEST_AFTER:
        raise Http404(
            "Ce lien d’invitation n’est plus valable : demandez-en un autre à la personne qui organise."
        )
    return found


def calendar_key(cle: str) -> CleAgenda:
    """The calendar key of an active account, with its owner, or 404. The only way into calendars: no session there."""
    found: CleAgenda | None = key_of(CleAgenda, cle)
    if found is None:
        raise Http404("Cette clé d’agenda n’existe pas.")
    return found


def calendar_of(agent: Agent) -> tuple[Agenda, dict[int, str]]:
    """What one's calendar holds, lately past and to come, and what one answered, by meeting. What one declined is out.

    A series that one is invited to is there as its rule, with the meetings that differ, without those that one is not
    invited to or has declined. A series declined as a whole leaves the meetings that one comes to all the same.
    """
    now = timezone.now()
    followed = set(
        Habitue.objects.present()
        .filter(agent=agent)
        .exclude(reponse=Convive.Reponse.REFUSE)
        .values_list("serie", flat=True)
    )
    rows = list(
        Participant.objects.present()
        .filter(
            agent=agent,
            reunion__in=visible_reunions(agent).filter(
                debut__gte=now - CALENDAR_PAST, debut__lte=now + CALENDAR_FUTURE
            ),
        )
        .exclude(reponse=Convive.Reponse.REFUSE)
        .exclude(reunion__etat=Reunion.Etat.BROUILLON)
        .select_related("reunion__serie", "reunion__organisateur")
        .prefetch_related("reunion__points__responsable")
        .order_by("reunion__debut", "reunion")[:CALENDAR_MOST]
    )
    agenda = Agenda()
    series: dict[int, SerieSuivie] = {}
    for row in rows:
        reunion = row.reunion
        if reunion.serie is not None and row.habitue and reunion.serie_id in followed:
            kept = series.setdefault(reunion.serie_id, SerieSuivie(reunion.serie))
            if reunion.modifiee:
                kept.differentes.append(reunion)
        else:
            agenda.reunions.append(reunion)
    comes = Participant.objects.present().filter(agent=agent).exclude(reponse=Convive.Reponse.REFUSE)
    for serie_id, moment in (
        Reunion.objects.filter(serie__in=series)
        .exclude(pk__in=comes.values("reunion"))
        .order_by("occurrence")
        .values_list("serie", "occurrence")
    ):
        if moment is not None:
            series[serie_id].sans.append(moment)
    agenda.series = list(series.values())
    return agenda, {row.reunion_id: row.reponse for row in rows}


def next_reunions(agent: Agent) -> QuerySet[Reunion]:
    """Meetings that `agent` is invited to, has not declined, and that are not over; soonest first."""
    now = timezone.now()
    invited = Participant.objects.present().filter(agent=agent).exclude(reponse=Convive.Reponse.REFUSE)
    return (
        visible_reunions(agent)
        .standing()
        .filter(debut__gte=now - timedelta(hours=2), pk__in=invited.values("reunion"))
        .exclude(etat=Reunion.Etat.TERMINEE)
        .select_related("communaute")
        .order_by("debut", "pk")
    )


def upcoming_reunions(agent: Agent, communaute: Communaute) -> list[Reunion]:
    """Meetings of a community that are not over, soonest first, cancelled ones too. It must be readable."""
    now = timezone.now()
    recent = (
        visible_reunions(agent)
        .filter(communaute=communaute, debut__gte=now - LONGEST)
        .exclude(etat=Reunion.Etat.TERMINEE)
        .select_related("organisateur")
        .order_by("debut", "pk")
    )
    return [reunion for reunion in recent[: MOST_UPCOMING * 2] if not is_over(reunion, now)][:MOST_UPCOMING]


def past_reunions(agent: Agent, communaute: Communaute) -> ReunionQuerySet:
    """Meetings of a community that are over; the caller orders them. It must be readable."""
    return (
        visible_reunions(agent)
        .standing()
        .over(timezone.now())
        .filter(communaute=communaute)
        .select_related("organisateur")
    )


def own_participations(agent: Agent, *, passees: bool) -> "QuerySet[Participant]":
    """The agent's invitations to meetings they may see, to come or past, with the meeting; the caller orders them."""
    now = timezone.now()
    seen = visible_reunions(agent)
    rows: QuerySet[Participant] = Participant.objects.present().filter(agent=agent)
    if passees:
        rows = rows.filter(reunion__in=seen.standing().over(now))
    else:
        rows = rows.filter(
            reunion__in=seen.filter(debut__gte=now - LONGEST).exclude(
                pk__in=Reunion.objects.filter(debut__gte=now - LONGEST).over(now).values("pk")
            )
        )
    return rows.select_related("reunion__communaute", "reunion__serie")


def is_over(reunion: Reunion, now: datetime | None = None) -> bool:
    """Whether a meeting is behind us: ended, or past its planned end without having been opened."""
    if reunion.etat == Reunion.Etat.EN_COURS:
        return False
    return reunion.etat == Reunion.Etat.TERMINEE or reunion.fin < (now or timezone.now())
