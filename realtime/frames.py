"""What the server says through the WebSocket: the same frames live, in catch-up and in the first page."""

from typing import Any

from annuaire.models import Agent
from plateforme.socle.templatetags.socle import couleur_agent
from realtime.models import MessageSalon


def person_frame(agent: Agent) -> dict[str, Any]:
    """A person as browsers show them beside a message or in the list of those present."""
    return {
        "id": agent.pk,
        "nom": agent.nom_complet,
        "initiales": agent.initiales,
        "rattachement": agent.rattachement,
        "url": agent.get_absolute_url(),
        "couleur": couleur_agent(agent),
    }


def message_frame(message: MessageSalon) -> dict[str, Any]:
    """A salon message as browsers get it. `auteur` must be loaded; `html` is safe (rendered by the house)."""
    return {
        "type": "salon.message",
        "salon": message.salon_id,
        "numero": message.numero,
        "client_id": str(message.client_id),
        "auteur": person_frame(message.auteur),
        "html": message.html,
        "date": message.cree_le.isoformat(),
    }
