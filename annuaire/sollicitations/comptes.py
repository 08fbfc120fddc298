"""What may be said of the help that somebody gave: how often, never to whom nor about what."""

from dataclasses import dataclass

from django.db.models import Count, Q

from annuaire.models import Agent
from annuaire.sollicitations.etats import Reponse
from annuaire.sollicitations.models import Capacite, Destinataire


@dataclass(frozen=True)
class Aides:
    """Sollicitations answered, and those of which who asked said that it helped."""

    repondues: int = 0
    utiles: int = 0


def help_given(reader: Agent, agent: Agent) -> Aides:
    """As the page of `agent` shows it to `reader`; nothing when they chose not to show it, nor to partners. Two queries at
    most."""
    if reader.partenaire and reader != agent:
        return Aides()
    counts = Destinataire.objects.filter(agent=agent, etat=Reponse.REPONDUE).aggregate(
        repondues=Count("pk"), utiles=Count("pk", filter=Q(utile=Destinataire.Utile.OUI))
    )
    shown = not counts["repondues"] or reader == agent or shows_help(agent)
    return Aides(**counts) if shown else Aides()


def shows_help(agent: Agent) -> bool:
    """Whether `agent` lets colleagues see how often they answered."""
    return not Capacite.objects.filter(agent=agent, montre_aides=False).exists()
