"""Who may listen to a channel, as the app that owns its kind says (`plateforme.socle.canaux`)."""

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.canaux import Canal
from realtime.fermetures import COMPTE_FERME, SESSION_TERMINEE, Fermeture


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


def look_again(
    agent_id: int, session_key: str, password: str, canaux: frozenset[Canal]
) -> Fermeture | dict[Canal, str]:
    """What an open line may no longer have: all of it, or some of its channels with the sentence that says why.

    `password` is the hash with which the line was opened.
    """
    agent = Agent.objects.active().filter(pk=agent_id).first()
    if agent is None:
        return COMPTE_FERME
    alive = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).exists()
    if not alive or agent.password != password:
        return SESSION_TERMINEE
    refused = {}
    for canal in canaux:
        try:
            last_number_for(agent, canal)
        except (Http404, PermissionDenied) as error:
            refused[canal] = str(error)
    return refused
