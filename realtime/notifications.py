"""Who may still see what was told of salons."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Contenu, Source, by_number
from realtime.access import member_salons
from realtime.models import MembreSalon, MessageSalon


class SourceSalons(Source):
    """A line of a salon is for those who are in it."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those said in a salon that `agent` is still in. One query."""
        rows = by_number(notifications)
        said = MessageSalon.objects.filter(supprime_le=None, pk__in=rows, salon__in=member_salons(agent))
        return {row.pk for pk in said.values_list("pk", flat=True) for row in rows[pk]}

    def contents(self, agent: Agent, notifications: Sequence[Notification]) -> dict[int, Contenu]:
        """What was said, under a subject that keeps the e-mails of one salon together. One query."""
        rows = by_number(notifications)
        said = MessageSalon.objects.filter(pk__in=rows).select_related("salon__communaute")
        return {
            row.pk: Contenu(
                objet=str(message.salon) if message.salon.nom else row.titre,
                lieu=str(message.salon) if message.salon.nom else "",
                html=message.html,
            )
            for message in said
            for row in rows[message.pk]
        }


class SourceInscriptions(Source):
    """That one was added to a salon, while one is in it."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        rows = by_number(notifications)
        mine = MembreSalon.objects.filter(pk__in=rows, agent=agent, salon__in=member_salons(agent))
        return {row.pk for pk in mine.values_list("pk", flat=True) for row in rows[pk]}
