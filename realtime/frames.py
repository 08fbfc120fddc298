"""What the server says through the WebSocket: the same frames live, in catch-up and in the first page."""

from typing import Any

from annuaire.models import Agent
from plateforme.socle.templatetags.socle import couleur_agent
from realtime.etats import Etat, ResumeFil
from realtime.fichiers.presentation import file_frame
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


def thread_frame(fil: ResumeFil, *, lecteur: bool = False) -> dict[str, Any]:
    """What a page shows of a thread under its root."""
    frame = {
        "reponses": fil.nombre,
        "derniere": fil.derniere_le.isoformat() if fil.derniere_le is not None else None,
        "personnes": fil.personnes,
        "rang": fil.rang,
    }
    return frame | {"suit": fil.suit, "non_lus": fil.non_lus} if lecteur else frame


def message_frame(
    message: MessageSalon, etat: Etat | None = None, *, lecteur: bool = False
) -> dict[str, Any]:
    """A salon message as browsers get it. `auteur` and `racine` must be loaded; `html` is safe (rendered by the house).

    What never happened to it is left out. `lecteur`: `etat` was read for the one person who gets this frame.
    """
    frame: dict[str, Any] = {
        "type": "salon.message",
        "salon": message.salon_id,
        "numero": message.numero,
        "client_id": str(message.client_id),
        "auteur": person_frame(message.auteur),
        "html": message.html if message.visible else "",
        "date": message.cree_le.isoformat(),
    }
    if message.racine_id is not None:
        frame |= {"racine": message.racine.numero, "au_salon": message.au_salon}
    if etat is not None and etat.fil is not None:
        frame["fil"] = thread_frame(etat.fil, lecteur=lecteur)
    if message.revision:
        frame |= {"revision": message.revision, "version": message.version}
    if message.supprime_le is not None:
        by = "animation" if message.motif else "auteur"
        frame["supprime"] = {"par": by, "le": message.supprime_le.isoformat()}
        return frame
    if message.modifie_le is not None:
        frame["modifie"] = message.modifie_le.isoformat()
    if message.epingle_le is not None:
        frame["epingle"] = message.epingle_le.isoformat()
    if etat is not None and etat.fichiers:
        frame["fichiers"] = [file_frame(fichier) for fichier in etat.fichiers]
    if etat is not None and etat.reactions:
        frame["reactions"] = {
            genre: {"nombre": some.nombre, "noms": some.noms} for genre, some in etat.reactions.items()
        }
    if etat is not None and etat.devenirs:
        frame["devenirs"] = [devenir.contenu() for devenir in etat.devenirs]
    if lecteur:
        frame["miennes"] = sorted(etat.miennes) if etat is not None else []
    return frame


def line_frame(message: MessageSalon, etat: Etat | None = None, *, lecteur: bool = False) -> dict[str, Any]:
    """A line that has changed, whole: what a page shows of it is to be this, unless it knows a later revision."""
    return {**message_frame(message, etat, lecteur=lecteur), "type": "salon.ligne"}
