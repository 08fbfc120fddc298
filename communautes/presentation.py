"""What every page of a community shows around its content."""

from typing import Any

from annuaire.models import Agent
from communautes.access import adhesion_of, can_read, suspension_of
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation

FACES = 6
TERRITORIES = 8


def community_context(agent: Agent, communaute: Communaute, onglet: str) -> dict[str, Any]:
    """The banner and the tabs of `communaute` for `agent`: at most eight queries. `onglet`: the current tab."""
    adhesion = adhesion_of(agent, communaute)
    readable = adhesion is not None or can_read(agent, communaute)
    outside = adhesion is None
    suspension = None if outside else suspension_of(agent, communaute)
    return {
        "communaute": communaute,
        "onglet": onglet,
        "adhesion": adhesion,
        "peut_lire": readable,
        "peut_ecrire": adhesion is not None and suspension is None,
        "suspension": suspension,
        "peut_animer": adhesion is not None and adhesion.role == Adhesion.Role.ANIMATEUR,
        "demande": DemandeAdhesion.objects.filter(
            communaute=communaute, agent=agent, etat=DemandeAdhesion.Etat.EN_ATTENTE
        ).first()
        if outside
        else None,
        "invitation": Invitation.objects.pending().filter(communaute=communaute, agent=agent).first()
        if outside
        else None,
        "visages": [
            row.agent
            for row in Adhesion.objects.filter(communaute=communaute)
            .select_related("agent")
            .order_by("pk")[:FACES]
        ]
        if readable
        else [],
        "territoires": list(communaute.territoires.order_by("nom")[:TERRITORIES]),
        "salon_de_la_communaute": communaute.salons.order_by("pk").first() if adhesion is not None else None,
    }
