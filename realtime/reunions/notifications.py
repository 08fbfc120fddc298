"""Who may still see what was told of meetings."""

from collections.abc import Sequence

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import Source, by_number
from realtime.reunions.access import visible_reunions, visible_series
from realtime.reunions.access_sondages import visible_sondages


class SourceReunions(Source):
    """A meeting is for those who may open its page."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those of meetings that `agent` may still see. One query."""
        rows = by_number(notifications)
        seen = visible_reunions(agent).filter(pk__in=rows)
        return {row.pk for pk in seen.values_list("pk", flat=True) for row in rows[pk]}


class SourceSeries(Source):
    """A series is for those who may open its page."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those of series that `agent` may still see. One query."""
        rows = by_number(notifications)
        seen = visible_series(agent).filter(pk__in=rows)
        return {row.pk for pk in seen.values_list("pk", flat=True) for row in rows[pk]}


class SourceDates(Source):
    """A search for a date is for those who may open its page."""

    def visible(self, agent: Agent, notifications: Sequence[Notification]) -> set[int]:
        """Those of searches that `agent` may still see. One query."""
        rows = by_number(notifications)
        seen = visible_sondages(agent).filter(pk__in=rows)
        return {row.pk for pk in seen.values_list("pk", flat=True) for row in rows[pk]}
