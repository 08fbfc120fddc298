"""Who may still see what was told of salons and meetings."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from communautes.access import readable_communautes
from realtime.access import member_salons
from realtime.models import MessageSalon, Reunion


class SourceSalons(Source):
    """A line of a salon is for the members of its community."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those said in a salon that `agent` is still a member of. One query."""
        rows = by_number(notifications)
        said = MessageSalon.objects.filter(pk__in=rows, salon__in=member_salons(agent))
        return {row.pk for pk in said.values_list("pk", flat=True) for row in rows[pk]}


class SourceReunions(Source):
    """A meeting is for those who may read its community."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those of communities that `agent` may still read. One query."""
        rows = by_number(notifications)
        planned = Reunion.objects.filter(pk__in=rows, communaute__in=readable_communautes(agent))
        return {row.pk for pk in planned.values_list("pk", flat=True) for row in rows[pk]}
