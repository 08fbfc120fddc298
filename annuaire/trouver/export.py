"""The people found as a table."""

from collections.abc import Sequence
from typing import Any

from annuaire.models import Agent, DeclarationExpertise
from annuaire.trouver.moteur import Trouvailles

ENTETE = (
    "Rang", "Prénom", "Nom", "Fonction", "Service", "Territoire", "Distance (km)", "Disponibilité",
    "Expertises déclarées", "Courriel", "Téléphone",
)  # fmt: skip


def rows_of(found: Trouvailles) -> list[Sequence[Any]]:
    """One row each, in the order of the page: what every agent of the State reads on their pages. Three queries."""
    agents = (
        Agent.objects.with_place()
        .prefetch_related("declarations__expertise")
        .in_bulk([person.pk for person in found.retenues])
    )
    return [
        _row(number, agents[person.pk], person.distance)
        for number, person in enumerate(found.retenues, start=1)
        if person.pk in agents
    ]


def _row(number: int, agent: Agent, distance: int | None) -> Sequence[Any]:
    return (
        number,
        agent.prenom,
        agent.nom,
        agent.fonction,
        agent.service.nom if agent.service else "",
        agent.territoire.nom if agent.territoire else "",
        distance,
        agent.disponibilite_dite,
        ", ".join(_said(row) for row in sorted(agent.declarations.all(), key=lambda row: -row.niveau)),
        agent.email,
        agent.telephone,
    )


def _said(row: DeclarationExpertise) -> str:
    return f"{row.expertise.libelle} ({row.get_niveau_display().lower()})"
