"""What every page of a community shows around its content."""

import time
from functools import cache
from typing import Any

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute, DemandeAdhesion, Invitation, Suspension
from plateforme.socle.requetes import fetch

FACES = 6
TERRITORIES = 8
# Faces and territories change seldom, and nothing depends on them: the banner shows new ones within a minute.
COSMETIC = 60  # seconds
# What the banner shows of the community itself.
BANNER = ("pk", "nom", "slug", "genre", "visibilite", "resume", "couleur", "nb_membres")

# All that a page has to know of one person and one community, whatever they are to each other.
_SITUATION = (
    "SELECT a.id, a.role, a.niveau, a.cree_le, a.rappels_charte, s.id, d.id, i.id FROM (VALUES (%(communaute)s, %(agent)s))"
    " AS ici(communaute, agent)"
    " LEFT JOIN communautes_adhesion a ON a.communaute_id = communaute AND a.agent_id = agent"
    " LEFT JOIN communautes_suspension s ON s.communaute_id = communaute AND s.agent_id = agent"
    " AND s.levee_le IS NULL AND s.jusqu_au > now()"
    " LEFT JOIN communautes_demandeadhesion d ON d.communaute_id = communaute AND d.agent_id = agent"
    " AND d.etat = 'en_attente'"
    " LEFT JOIN communautes_invitation i ON i.communaute_id = communaute AND i.agent_id = agent"
    " AND i.etat = 'en_attente'"
)


def community_context(agent: Agent, communaute: Communaute, onglet: str) -> dict[str, Any]:
    """The banner and the tabs of `communaute` for `agent`; `onglet`: the current tab.

    One query, one more for who animates, and one more for a suspension, an invitation or a pending request. What the banner draws (faces,
    territories, the salon's address) is in functions that templates call when the banner is not kept already:
    `cle_banniere` is all it depends on.
    """
    row = fetch(_SITUATION, {"communaute": communaute.pk, "agent": agent.pk})[0]
    adhesion_pk, role, niveau, since, reminders, suspension_pk, demande_pk, invitation_pk = row
    adhesion = (
        Adhesion(
            pk=adhesion_pk,
            communaute=communaute,
            agent=agent,
            role=role,
            niveau=niveau,
            cree_le=since,
            rappels_charte=reminders,
        )
        if adhesion_pk is not None
        else None
    )
    open_to_all = communaute.visibilite == Communaute.Visibilite.OUVERTE and not agent.partenaire
    readable = adhesion is not None or (open_to_all and agent.is_active)
    outside = adhesion is None
    demande = DemandeAdhesion.objects.get(pk=demande_pk) if outside and demande_pk is not None else None
    invitation = Invitation.objects.get(pk=invitation_pk) if outside and invitation_pk is not None else None
    suspension = Suspension.objects.get(pk=suspension_pk) if adhesion and suspension_pk is not None else None
    reports = _open_reports(agent, communaute) if role == Adhesion.Role.ANIMATEUR else 0
    return {
        "communaute": communaute,
        "onglet": onglet,
        "adhesion": adhesion,
        "peut_lire": readable,
        "peut_ecrire": adhesion is not None and suspension is None,
        "suspension": suspension,
        "peut_animer": adhesion is not None and adhesion.role == Adhesion.Role.ANIMATEUR,
        "nb_signalements": reports,
        "demande": demande,
        "invitation": invitation,
        "visages": cache(lambda: _faces(communaute) if readable else []),
        "territoires": cache(lambda: list(communaute.territoires.order_by("nom")[:TERRITORIES])),
        "salon_de_la_communaute": cache(
            lambda: communaute.salons.order_by("pk").first() if adhesion is not None else None
        ),
        "cle_banniere": (
            *(getattr(communaute, name) for name in BANNER),
            onglet, role, readable, reports, invitation_pk, demande_pk, agent.partenaire, int(time.time() // COSMETIC),
        ),
    }  # fmt: skip


def _open_reports(agent: Agent, communaute: Communaute) -> int:
    """How many messages wait for a moderator, one's own left out; counted up to a hundred."""
    waiting = communaute.signalements.filter(etat="ouvert").exclude(message__auteur=agent)
    return len(waiting.values("message").distinct()[:100])


def _faces(communaute: Communaute) -> list[Agent]:
    rows = Adhesion.objects.filter(communaute=communaute).select_related("agent").order_by("pk")[:FACES]
    return [row.agent for row in rows]
