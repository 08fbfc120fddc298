"""What notifications of publications lead to: who may still see it."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from annuaire.sollicitations.access import is_party, readable_threads
from forum.publications.models import Publication


class SourcePublications(Source):
    """For the two people of the thread: a proposal, while it stands as it was; an answer, always."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Two queries."""
        rows = by_number(notifications)
        versions = dict(
            Publication.objects.filter(fil__in=rows, sujet__isnull=True).values_list("fil", "version")
        )
        kept = set()
        for fil in readable_threads(agent).filter(pk__in=rows):
            if not is_party(agent, fil):
                continue
            for row in rows[fil.pk]:
                last = row.cle.rpartition(".")[2]
                if not last.isdigit() or versions.get(fil.pk) == int(last):
                    kept.add(row.pk)
        return kept
