"""Who may listen to a channel, as the app that owns its kind says (`plateforme.socle.canaux`)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from plateforme.socle.canaux import Canal


def last_number_for(agent: Agent, canal: Canal) -> int | None:
    """Check that `agent` may listen to `canal`, and give the number of its last event if it counts them.

    Raises `Http404` or `PermissionDenied`, as the page of the same thing does.
    """
    return canal.options.acces(agent, canal.pk)


def can_write_in(agent: Agent, canal: Canal) -> bool:
    """Whether a message of `agent` would be taken there now."""
    ecriture = canal.options.ecriture
    try:
        return ecriture is not None and ecriture(agent, canal.pk)
    except (Http404, PermissionDenied):
        return False


def refused_among(agent_id: int, canaux: frozenset[Canal]) -> dict[Canal, str]:
    """Those of `canaux` that the agent may no longer listen to, each with the sentence that says why."""
    agent = Agent.objects.active().filter(pk=agent_id).first()
    if agent is None:
        return dict.fromkeys(canaux, "Ce compte est fermé.")
    refused = {}
    for canal in canaux:
        try:
            last_number_for(agent, canal)
        except (Http404, PermissionDenied) as error:
            refused[canal] = str(error)
    return refused
