"""Who may still see what was told of salons."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from realtime.access import member_salons
from realtime.models import MessageSalon


class SourceSalons(Source):
    """A line of a salon is for the members of its community."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those said in a salon that `agent` is still a member of. One query."""
        rows = by_number(notifications)
        said = MessageSalon.objects.filter(pk__in=rows, salon__in=member_salons(agent))
        return {row.pk for pk in said.values_list("pk", flat=True) for row in rows[pk]}
