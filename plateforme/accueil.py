"""What the home pages gather from all the rooms."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from annuaire.couverture.presentation import home_line
from annuaire.models import Agent
from annuaire.notifications.access import own_notifications
from annuaire.sollicitations.access import waiting_for
from communautes.fichiers.access import visible_documents
from communautes.models import Adhesion, DemandeAdhesion, Invitation
from communautes.suites.listes import own_taches
from forum.access import visible_sujets
from forum.models import Message, Sujet
from realtime.access import member_salons
from realtime.presentation import name_salons
from realtime.reunions.access import next_reunions


@dataclass
class Groupe:
    """The unread sujets of one community."""

    communaute: Any
    sujets: list[Sujet]


UNREAD_SHOWN = 12
TASKS_SHOWN = 4
ASKS_SHOWN = 5
# A question without an accepted answer is proposed to those who may know for as long.
STILL_OPEN = timedelta(days=60)


def home_of(agent: Agent) -> dict[str, Any]:
    """What is new for `agent`, each part bounded; a dozen queries whatever the volume."""
    unread = (
        visible_sujets(agent)
        .unread_by(agent)
        .filter(communaute__adhesions__agent=agent)
        .select_related("communaute", "auteur__service", "auteur__territoire")
        .order_by("-dernier_message_le", "-pk")[: UNREAD_SHOWN + 1]
    )
    sujets = list(unread)
    groups: dict[int, Groupe] = {}
    questions = list(_questions_for(agent))
    for sujet in sujets[:UNREAD_SHOWN]:
        if sujet in questions:
            continue
        groups.setdefault(sujet.communaute_id, Groupe(sujet.communaute, [])).sujets.append(sujet)
    sollicitations = list(waiting_for(agent).order_by("sollicitation__pour_le", "pk")[:ASKS_SHOWN])
    # What waits for an answer is shown by itself.
    unseen = own_notifications(agent).unread().exclude(fil__in=[row.fil for row in sollicitations])
    told = list(unseen.select_related("acteur").order_by("-pk")[:6])
    invitations = list(
        Invitation.objects.pending().filter(agent=agent).select_related("communaute", "invitant")[:5]
    )
    demandes = list(
        DemandeAdhesion.objects.filter(
            etat=DemandeAdhesion.Etat.EN_ATTENTE,
            communaute__adhesions__agent=agent,
            communaute__adhesions__role=Adhesion.Role.ANIMATEUR,
        ).select_related("communaute", "agent__service", "agent__territoire")[:5]
    )
    salons = [
        salon
        for salon in member_salons(agent)
        .with_unread(agent)
        .select_related("communaute")
        .filter(archive_le__isnull=True)
        .order_by(F("communaute__nom").asc(nulls_first=True), "pk")[:30]
        if salon.non_lus > 0
    ][:5]
    name_salons(agent, salons)
    return {
        "notifications_recentes": told,
        "invitations": invitations,
        "demandes": demandes,
        "questions": questions,
        "sollicitations": sollicitations,
        "attendent": len(sollicitations) + len(demandes) + len(invitations) + len(questions),
        "taches": list(
            own_taches(agent).select_related("communaute").order_by("echeance_tri", "pk")[:TASKS_SHOWN]
        ),
        "reunions": list(next_reunions(agent)[:3]),
        "groupes": list(groups.values()),
        "plus_de_non_lus": len(sujets) > UNREAD_SHOWN,
        "salons": salons,
        "documents": list(
            visible_documents(agent)
            .filter(communaute__adhesions__agent=agent, version_courante__isnull=False)
            .select_related("communaute", "auteur", "version_courante")
            .order_by("-cree_le", "-pk")[:4]
        ),
        "nouveaux": list(_newcomers(agent)),
        "couverture": home_line(agent),
        "mes_communautes": Adhesion.objects.filter(agent=agent).count(),
    }


def _questions_for(agent: Agent) -> QuerySet[Sujet]:
    """Open questions of their communities on what they declare, that they have not answered; latest first."""
    return (
        visible_sujets(agent)
        .filter(
            genre=Sujet.Genre.QUESTION,
            message_accepte__isnull=True,
            communaute__adhesions__agent=agent,
            cree_le__gt=timezone.now() - STILL_OPEN,
        )
        .filter(
            Exists(
                Sujet.expertises.through.objects.filter(
                    sujet=OuterRef("pk"), expertise__in=agent.declarations.values("expertise")
                )
            )
        )
        .exclude(Exists(Message.objects.filter(sujet=OuterRef("pk"), auteur=agent)))
        .select_related("communaute", "auteur__service", "auteur__territoire")
        .order_by("-dernier_message_le", "-pk")[:3]
    )


def _newcomers(agent: Agent) -> QuerySet[Agent]:
    """People of the same région who arrived last."""
    region = agent.territoire.parent_id if agent.territoire is not None else None
    if agent.partenaire or region is None:
        return Agent.objects.none()
    return (
        Agent.objects.visible_to(agent)
        .filter(territoire__parent=region, partenaire=False)
        .exclude(pk=agent.pk)
        .with_place()
        .order_by("-pk")[:3]
    )
