"""Decisions as rows of a table, wherever they were taken; the caller sees to which of them may be read."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from annuaire.models import Agent
from communautes.suites.models import Decision
from communautes.suites.origines import Lien, origins_of_decisions

# Rows read at a time.
BATCH = 500
ENTETE = (
    "Numéro", "État", "Prise le", "Décision", "Proposée par", "Notée le", "Confirmée par", "Confirmée le",
    "Annulée par", "Annulée le", "Motif", "Origine", "Adresse",
)  # fmt: skip


def rows_after(
    agent: Agent, decisions: "QuerySet[Decision]", last: int
) -> tuple[Sequence[Sequence[Any]], int | None]:
    """The next rows of `decisions`, which `agent` may read, beyond id `last`; with the id to go on from, None at the end.
    For `plateforme.socle.tableur`. A few queries."""
    found = list(decisions.filter(pk__gt=last).order_by("pk")[:BATCH])
    origins = origins_of_decisions(agent, [row.pk for row in found])
    rows = [_row(row, origins.get(row.pk)) for row in found]
    return rows, found[-1].pk if len(found) == BATCH else None


def _row(row: Decision, origine: Lien | None) -> list[Any]:
    return [
        row.reference, row.get_etat_display(), row.prise_le, row.texte, row.auteur.nom_complet, row.cree_le,
        _name(row.confirmee_par), row.confirmee_le, _name(row.annulee_par), row.annulee_le, row.motif_annulation,
        address(origine.url) if origine is not None and origine.url else "", address(row.get_absolute_url()),
    ]  # fmt: skip


def address(url: str) -> str:
    """Whole, as a table taken away needs it."""
    return str(settings.SITE_URL) + url


def _name(agent: Agent | None) -> str:
    return agent.nom_complet if agent is not None else ""
