"""What notifications of profiles lead to: who may still see it."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from annuaire.profils.models import (
    DemandeRecommandation,
    PropositionExpertise,
    Recommandation,
    SignalementRecommandation,
)


class SourceRecommandations(Source):
    """Received: as long as it stands. Taken away by the moderation: for its author."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """One query."""
        rows = by_number(notifications)
        kept = set()
        for found in Recommandation.objects.filter(pk__in=rows):
            stands = found.retiree_le is None
            for row in rows[found.pk]:
                if row.cle.endswith(".retiree"):
                    seen = not stands and found.auteur_id == agent.pk
                else:
                    seen = stands and found.agent_id == agent.pk
                kept |= {row.pk} if seen else set()
        return kept


class SourceDemandes(Source):
    """A request is for whom it was made of, while it waits."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        rows = by_number(notifications)
        waiting = DemandeRecommandation.objects.filter(pk__in=rows, destinataire=agent)
        return {row.pk for pk in waiting.values_list("pk", flat=True) for row in rows[pk]}


class SourceSignalements(Source):
    """A report is for the platform's team, while nobody has dealt with it."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        if not agent.is_staff:
            return set()
        rows = by_number(notifications)
        waiting = SignalementRecommandation.objects.filter(recommandation__in=rows)
        return {row.pk for pk in waiting.values_list("recommandation", flat=True) for row in rows[pk]}


class SourcePropositions(Source):
    """A proposed expertise is for the platform's team while it waits; its answer, for who proposed it."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """One query."""
        rows = by_number(notifications)
        kept = set()
        for found in PropositionExpertise.objects.filter(pk__in=rows):
            waits = found.etat == PropositionExpertise.Etat.ATTENTE
            for row in rows[found.pk]:
                answer = row.cle.endswith(".reponse")
                if (found.auteur_id == agent.pk and not waits) if answer else (agent.is_staff and waits):
                    kept.add(row.pk)
        return kept
