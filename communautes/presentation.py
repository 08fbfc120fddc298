"""What every page of a community shows around its content."""

import time
from functools import cache
from typing import Any

from annuaire.models import Agent
from communautes.access import Situation, situation_of
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation, Suspension

FACES = 6
TERRITORIES = 8
# Faces and territories change seldom, and nothing depends on them: the banner shows new ones within a minute.
COSMETIC = 60  # seconds
# What the banner shows of the community itself.
BANNER = ("pk", "nom", "slug", "genre", "visibilite", "resume", "couleur", "nb_membres")


def community_context(
    agent: Agent, communaute: Communaute, onglet: str, situation: Situation | None = None
) -> dict[str, Any]:
    """The banner and the tabs of `communaute` for `agent`; `onglet`: the current tab.

    One query, or none when the `situation` is known; one more for a suspension, an invitation or a pending request. What the banner draws (faces, territories, the salon's address) is in
    functions that templates call when the banner is not kept already: `cle_banniere` is all it depends on.
    """
    situation = situation or situation_of(agent, communaute)
    readable = situation.peut_lire(agent, communaute)
    adhesion = (
        Adhesion(
            pk=situation.adhesion,
            communaute=communaute,
            agent=agent,
            role=situation.role,
            niveau=situation.niveau,
            cree_le=situation.depuis,
            rappels_charte=situation.rappels_charte,
        )
        if situation.membre
        else None
    )
    demande, invitation, suspension = situation.demande, situation.invitation, situation.suspension
    return {
        "communaute": communaute,
        "onglet": onglet,
        "adhesion": adhesion,
        "peut_lire": readable,
        "peut_ecrire": situation.peut_ecrire,
        "suspension": Suspension.objects.get(pk=suspension) if adhesion and suspension else None,
        "peut_animer": situation.peut_animer,
        "nb_signalements": situation.signalements,
        "demande": DemandeAdhesion.objects.get(pk=demande) if not adhesion and demande else None,
        "invitation": Invitation.objects.get(pk=invitation) if not adhesion and invitation else None,
        "visages": cache(lambda: _faces(communaute) if readable else []),
        "territoires": cache(lambda: list(communaute.territoires.order_by("nom")[:TERRITORIES])),
        "salon_de_la_communaute": cache(
            lambda: (
                communaute.salons.public().filter(archive_le__isnull=True).order_by("pk").first()
                if adhesion is not None
                else None
            )
        ),
        "cle_banniere": (
            *(getattr(communaute, name) for name in BANNER),
            onglet, situation.role, readable, situation.signalements, invitation, demande, agent.partenaire, int(time.time() // COSMETIC),
        ),
    }  # fmt: skip


def _faces(communaute: Communaute) -> list[Agent]:
    rows = Adhesion.objects.filter(communaute=communaute).select_related("agent").order_by("pk")[:FACES]
    return [row.agent for row in rows]
