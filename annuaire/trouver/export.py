"""The people found as a table."""

import html
from collections.abc import Sequence
from typing import Any

from django.utils.html import strip_tags

from annuaire.models import Agent, DeclarationExpertise
from annuaire.trouver.moteur import Trouvailles, results

# People whose reasons are looked for together.
BATCH = 500

ENTETE = (
    "Rang", "Prénom", "Nom", "Fonction", "Service", "Territoire", "Distance (km)", "Disponibilité",
    "Expertises déclarées", "Raisons", "Courriel", "Téléphone",
)  # fmt: skip


def rows_of(agent: Agent, found: Trouvailles) -> list[Sequence[Any]]:
    """One row each, in the order of the page: what every agent of the State reads on their pages, and why they were found,
    as `agent`, who searched, may read it. Some ten queries for each `BATCH` of people."""
    places = {person.pk: (rank, person.distance) for rank, person in enumerate(found.retenues, start=1)}
    rows: list[Sequence[Any]] = []
    for start in range(0, len(found.retenues), BATCH):
        for row in results(agent, found, found.retenues[start : start + BATCH]):
            rank, distance = places[row.agent.pk]
            reasons = " ; ".join(html.unescape(strip_tags(reason)) for reason in row.raisons)
            rows.append(_row(rank, row.agent, distance, reasons))
    return rows


def _row(number: int, agent: Agent, distance: int | None, reasons: str) -> Sequence[Any]:
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
        reasons,
        agent.email,
        agent.telephone,
    )


def _said(row: DeclarationExpertise) -> str:
    return f"{row.expertise.libelle} ({row.get_niveau_display().lower()})"
