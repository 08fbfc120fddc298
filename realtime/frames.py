"""What the server says through the WebSocket: the same frames live, in catch-up and in the first page."""

from typing import Any

from realtime.models import MessageSalon


def message_frame(message: MessageSalon) -> dict[str, Any]:
    """A salon message as browsers get it. `auteur` must be loaded; `html` is safe (rendered by the house)."""
    auteur = message.auteur
    return {
        "type": "salon.message",
        "salon": message.salon_id,
        "numero": message.numero,
        "client_id": str(message.client_id),
        "auteur": {
            "id": auteur.pk,
            "nom": auteur.nom_complet,
            "initiales": auteur.initiales,
            "rattachement": auteur.rattachement,
            "url": auteur.get_absolute_url(),
        },
        "html": message.html,
        "date": message.cree_le.isoformat(),
    }
