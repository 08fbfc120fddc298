"""The only way from an address or a frame to a salon."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from communautes.access import can_read, can_write, is_member
from realtime.models import Salon, SalonQuerySet


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


def salon_last_number(agent: Agent, pk: int) -> int:
    """For the channel `salon.N`: the number of its last message, or what `get_salon` raises."""
    return get_salon(agent, pk).dernier_numero


def can_write_in_salon(agent: Agent, pk: int) -> bool:
    """For the channel `salon.N`: members who are not suspended; raises what `get_salon` does."""
    return can_write(agent, get_salon(agent, pk).communaute)


def salon_last_numbers(pks: Collection[int]) -> dict[int, int]:
    """For the heartbeat of channels `salon.N`: last numbers of many salons, one query."""
    return dict(Salon.objects.filter(pk__in=pks).values_list("pk", "dernier_numero"))
