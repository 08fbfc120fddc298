"""What the pages of what a salon decided are set in."""

from typing import Any

from django.urls import reverse

from annuaire.models import Agent
from realtime.models import Salon
from realtime.presentation import name_salons


def register_layout(agent: Agent, salon: Salon) -> dict[str, Any]:
    """What the pages of a salon's decisions are set in; see `Registres.layout`. One query."""
    name_salons(agent, [salon])
    return {
        "cadre": "devenirs/_registre.html",
        "lieu_nom": salon.titre,
        "lieu_url": salon.get_absolute_url(),
        "registre_url": reverse("devenirs:decisions", args=[salon.pk]),
    }
