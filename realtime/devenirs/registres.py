"""The registers of salons of a few agents, or of two: who reads what is decided there, and who may change it.

A decision is read by those who may read the line that it was made of: who is in the salon now, and for one that hides what
was said before one came, from that line on. The line itself may be gone: its number stays.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annuaire.models import Agent, AgentQuerySet
from communautes.suites.models import Decision, DecisionQuerySet, Registre
from communautes.suites.registres import Registres
from realtime.access import member_salons, members_of, speakers_among
from realtime.devenirs.models import DevenirLigne, RegistreSalon
from realtime.devenirs.presentation import register_layout
from realtime.models import MembreSalon, Salon


class RegistresSalons(Registres):
    """Answers for all of them."""

    def readable(self, agent: Agent) -> Q:
        if not agent.is_active:
            return Q(pk__in=[])
        made = DevenirLigne.objects.filter(
            salon__in=member_salons(agent),
            salon__inscriptions__agent=agent,
            numero__gt=F("salon__inscriptions__apres"),
            decision__registre__isnull=False,
        )
        return Q(pk__in=made.values("decision"))

    def readers(self, decision: Decision) -> AgentQuerySet:
        made = DevenirLigne.objects.select_related("salon").filter(decision=decision).first()
        if made is None:
            nobody: AgentQuerySet = Agent.objects.active().none()
            return nobody
        there = MembreSalon.objects.filter(salon=made.salon, agent=OuterRef("pk"), apres__lt=made.numero)
        return members_of(made.salon).filter(Exists(there))

    def may_change(self, agent: Agent, decision: Decision) -> bool:
        """Those who read it and may write in the salon: it is kept by all of them."""
        if (
            decision.registre_id is None
            or not Decision.objects.filter(self.readable(agent), pk=decision.pk).exists()
        ):
            return False
        return agent.pk in speakers_among(salon_of(decision.registre_id), [agent])

    def name(self, registre: Registre) -> str:
        """A conversation between two has none: each calls it by the other."""
        salon = salon_of(registre.pk)
        return salon.nom if salon.genre == Salon.Genre.GROUPE else "Conversation à deux"

    def layout(self, agent: Agent, registre: Registre) -> dict[str, Any]:
        return register_layout(agent, salon_of(registre.pk))


def salon_of(registre: int) -> Salon:
    """The salon that keeps a register, by the register's number."""
    return RegistreSalon.objects.select_related("salon").get(pk=registre).salon


def readable_in(agent: Agent, decisions: DecisionQuerySet) -> "QuerySet[Decision]":
    """Those of `decisions`, of one salon that `agent` is in, that they may read."""
    found: QuerySet[Decision] = decisions.filter(RegistresSalons().readable(agent))
    return found
