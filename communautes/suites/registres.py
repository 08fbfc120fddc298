"""Registers of places that have no community: known to the app of those places alone, which registers when Django starts.

A salon of a few agents has one. Nothing registered, nobody reads what is in any.
"""

from typing import Any

from django.db.models import Q

from annuaire.models import Agent, AgentQuerySet
from communautes.suites.models import Decision, Registre


class Registres:
    """Answers for the registers of one kind of place: here, that there is none."""

    def readable(self, agent: Agent) -> Q:
        """Which decisions of these registers `agent` may read at this moment, as a condition on `Decision`."""
        return Q(pk__in=[])

    def readers(self, decision: Decision) -> AgentQuerySet:
        """Who may read it at this moment."""
        nobody: AgentQuerySet = Agent.objects.active().none()
        return nobody

    def may_change(self, agent: Agent, decision: Decision) -> bool:
        """Whether `agent` may word it otherwise, or cancel it. One or two queries."""
        return False

    def name(self, registre: Registre) -> str:
        """Of the place, whoever reads it."""
        return ""

    def layout(self, agent: Agent, registre: Registre) -> dict[str, Any]:
        """What the pages of a decision are set in, for somebody who may read it: `cadre`, the template that they extend;
        `lieu_nom`; `registre_url`, where its decisions are listed."""
        return {}


_registres = Registres()


def register_registres(registres: Registres) -> None:
    """Answer for all the registers that are of no community."""
    global _registres
    _registres = registres


def registres() -> Registres:
    """What answers for them."""
    return _registres
