"""The only way from an address to an agent, and who sees the directory."""

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent


def require_directory(agent: Agent) -> None:
    """The directory as a whole is for agents of the State: `PermissionDenied` for a partner of labs."""
    if agent.partenaire:
        raise PermissionDenied(
            "L’annuaire est réservé aux agents de l’État. Vous retrouvez les membres de vos laboratoires "
            "dans l’onglet « Membres » de chacun."
        )


def get_agent(agent: Agent, identifiant: str) -> Agent:
    """A profile that `agent` may open, with service, territory and declared expertises; or 404."""
    found = (
        Agent.objects.visible_to(agent)
        .select_related("service", "territoire")
        .prefetch_related("declarations__expertise")
        .filter(identifiant=identifiant)
        .first()
    )
    if found is None:
        raise Http404("Cette personne n’a pas de compte ouvert ici.")
    return found


def get_session(agent: Agent, pk: int) -> UserSession:
    """One of the agent's own open sessions, or 404."""
    found = UserSession.objects.filter(user=agent, pk=pk).first()
    if found is None:
        raise Http404("Cette session est déjà fermée.")
    return found


def require_own_channel(agent: Agent, pk: int) -> None:
    """For the channel `agent.N`, where a person is told what concerns only them: `PermissionDenied` for others."""
    if agent.pk != pk:
        raise PermissionDenied("Ce canal est celui d’une autre personne.")
