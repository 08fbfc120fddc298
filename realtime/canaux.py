"""Channel names, and who may listen to each: a subscription passes through the owner app's `access.py`."""

import re
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from communautes.access import can_write, readable_communautes
from forum.access import can_answer, get_sujet
from realtime.access import get_salon

# 18 digits fit the database's identifiers; more would be an error there.
NAME = re.compile(r"(salon|sujet|communaute|agent)\.([1-9][0-9]{0,17})", re.ASCII)


# The kinds of channels in which people write.
WRITTEN = frozenset({"salon", "sujet"})


class Canal(NamedTuple):
    """A channel such as `salon.42`."""

    genre: str
    pk: int

    def __str__(self) -> str:
        return f"{self.genre}.{self.pk}"


def parse_canal(name: object) -> Canal | None:
    """The channel that `name` names, or None if there can be no such channel."""
    match = NAME.fullmatch(name) if isinstance(name, str) else None
    return Canal(match[1], int(match[2])) if match else None


def last_number_for(agent: Agent, canal: Canal) -> int | None:
    """Check that `agent` may listen to `canal`, and give the number of its last message if it counts them.

    Raises `Http404` or `PermissionDenied`, as the page of the same thing does.
    """
    if canal.genre == "salon":
        return get_salon(agent, canal.pk).dernier_numero
    if canal.genre == "sujet":
        return get_sujet(agent, canal.pk).dernier_numero
    if canal.genre == "communaute":
        if not readable_communautes(agent).filter(pk=canal.pk).exists():
            raise Http404("Cette communauté n’existe pas, ou ne vous est pas ouverte.")
    elif canal.pk != agent.pk:
        raise PermissionDenied("Ce canal est celui d’une autre personne.")
    return None


def can_write_in(agent: Agent, canal: Canal) -> bool:
    """Whether a message of `agent` would be taken there now: a salon, or a sujet that is open."""
    try:
        if canal.genre == "salon":
            return can_write(agent, get_salon(agent, canal.pk).communaute)
        return canal.genre == "sujet" and can_answer(agent, get_sujet(agent, canal.pk))
    except (Http404, PermissionDenied):
        return False


def refused_among(agent_id: int, canaux: frozenset[Canal]) -> set[Canal]:
    """Those of `canaux` that the agent may no longer listen to: all of them when the account is closed."""
    agent = Agent.objects.active().filter(pk=agent_id).first()
    if agent is None:
        return set(canaux)
    return {canal for canal in canaux if not _allowed(agent, canal)}


def _allowed(agent: Agent, canal: Canal) -> bool:
    try:
        last_number_for(agent, canal)
    except (Http404, PermissionDenied):
        return False
    return True
