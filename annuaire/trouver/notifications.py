"""What notifications of kept searches lead to: who may still see it."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from annuaire.trouver.models import RechercheEnregistree


class SourceRecherches(Source):
    """For who keeps the search, as long as they wish to be told of it and may see the directory."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """One query."""
        if agent.partenaire:
            return set()
        rows = by_number(notifications)
        kept = RechercheEnregistree.objects.filter(pk__in=rows, agent=agent, prevenir=True)
        return {row.pk for pk in kept.values_list("pk", flat=True) for row in rows[pk]}
