"""The only way from an address or a frame to a salon or a meeting."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import DurationField, F, QuerySet, Value
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import can_read, is_member
from communautes.models import Communaute
from realtime.models import Reunion, Salon, SalonQuerySet

LONGEST = timedelta(hours=12)  # of a meeting; the database refuses more


def member_salons(agent: Agent) -> SalonQuerySet:
    return Salon.objects.all().of_member(agent)


def get_salon(agent: Agent, pk: int) -> Salon:
    """A salon of one of the agent's communities, or 404 or 403 (an open community that they have not joined).

    A suspended member goes on reading it: `actions.send_message` is what refuses their words.
    """
    salon = Salon.objects.select_related("communaute").filter(pk=pk).first()
    if salon is None or not agent.is_active:
        raise Http404("Ce salon n’existe pas.")
    if not is_member(agent, salon.communaute):
        if can_read(agent, salon.communaute):
            raise PermissionDenied("Rejoignez la communauté pour entrer dans son salon.")
        raise Http404("Ce salon n’existe pas.")
    return salon


def get_reunion(agent: Agent, pk: int) -> Reunion:
    """A meeting of a community whose content `agent` may read, or 404."""
    reunion = (
        Reunion.objects.select_related("communaute", "organisateur__service", "organisateur__territoire")
        .filter(pk=pk)
        .first()
    )
    if reunion is None or not can_read(agent, reunion.communaute):
        raise Http404("Cette réunion n’existe pas.")
    return reunion


def next_reunions(agent: Agent) -> QuerySet[Reunion]:
    """Meetings of the agent's communities that are not over, soonest first."""
    return (
        Reunion.objects.filter(
            communaute__adhesions__agent=agent, debut__gte=timezone.now() - timedelta(hours=2)
        )
        .select_related("communaute")
        .order_by("debut", "pk")
    )


def upcoming_reunions(communaute: Communaute) -> list[Reunion]:
    """Meetings of a community that are not over, soonest first. The caller has checked that it may be read."""
    now = timezone.now()
    recent = _of_community(communaute).filter(debut__gte=now - LONGEST).order_by("debut", "pk")
    return [reunion for reunion in recent if reunion.fin >= now]


def past_reunions(communaute: Communaute) -> QuerySet[Reunion]:
    """Meetings of a community that are over. The caller has checked that it may be read, and orders them."""
    minute = timedelta(minutes=1)
    return _of_community(communaute).filter(
        debut__lt=timezone.now() - F("duree_minutes") * Value(minute, output_field=DurationField())
    )


def _of_community(communaute: Communaute) -> QuerySet[Reunion]:
    return Reunion.objects.filter(communaute=communaute).select_related("organisateur")
