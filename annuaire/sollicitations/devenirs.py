"""What a thread becomes elsewhere, as the floors above say it: registered when Django starts."""

from collections.abc import Callable
from typing import NamedTuple

from annuaire.models import Agent
from annuaire.sollicitations.models import Destinataire


class Devenir(NamedTuple):
    """A link on the page of a thread."""

    libelle: str
    url: str


Chercheur = Callable[[Agent, Destinataire], Devenir | None]
_chercheurs: list[Chercheur] = []


def register_outcome(chercheur: Chercheur) -> None:
    """Have pages of threads show what `chercheur(agent, fil)` gives to `agent`, who may open the thread."""
    _chercheurs.append(chercheur)


def outcomes_of(agent: Agent, fil: Destinataire) -> list[Devenir]:
    """What `agent` is shown of it."""
    found = (chercheur(agent, fil) for chercheur in _chercheurs)
    return [devenir for devenir in found if devenir is not None]
