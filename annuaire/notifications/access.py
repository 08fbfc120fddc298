"""What notifications a person may see: their own."""

from django.http import Http404

from annuaire.models import Agent
from annuaire.notifications.models import Notification, NotificationQuerySet

# The header says "99+" beyond: no need to count further.
MOST_COUNTED = 100


def own_notifications(agent: Agent) -> NotificationQuerySet:
    return Notification.objects.filter(destinataire=agent)


def get_notification(agent: Agent, pk: int) -> Notification:
    """One of the agent's own notifications, or 404."""
    try:
        return own_notifications(agent).get(pk=pk)
    except Notification.DoesNotExist:
        raise Http404("Cette notification n’existe pas.") from None


def count_unread(agent: Agent) -> int:
    """Unread notifications, counted up to `MOST_COUNTED`."""
    return own_notifications(agent).unread()[:MOST_COUNTED].count()
