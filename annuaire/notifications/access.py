"""What notifications a person may see: their own."""

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from annuaire.models import Agent
from annuaire.notifications.models import Appareil, Notification, NotificationQuerySet
from plateforme.socle.requetes import fetch

# The header says "99+" beyond: no need to count further.
MOST_COUNTED = 100
# A row for each unread notification of `%(agent)s`, for queries that count them with other things.
UNREAD = (
    "SELECT 1 FROM notifications_notification WHERE destinataire_id = %(agent)s AND lue_le IS NULL"  # noqa: S608  (a constant)
    f" LIMIT {MOST_COUNTED}"
)
_COUNT = f"SELECT count(*) FROM ({UNREAD}) AS non_lues"  # noqa: S608  (a constant)


def own_notifications(agent: Agent) -> NotificationQuerySet:
    return Notification.objects.filter(destinataire=agent)


def get_notification(agent: Agent, pk: int) -> Notification:
    """One of the agent's own notifications, or 404."""
    try:
        return own_notifications(agent).get(pk=pk)
    except Notification.DoesNotExist:
        raise Http404("Cette notification n’existe pas.") from None


def count_unread(agent: Agent) -> int:
    """Unread notifications, counted up to `MOST_COUNTED`. On every page: a planned query."""
    return int(fetch(_COUNT, {"agent": agent.pk})[0][0])


def get_appareil(agent: Agent, pk: int) -> Appareil:
    """One of the agent's own browsers, or 404."""
    found = Appareil.objects.filter(agent=agent, pk=pk).first()
    if found is None:
        raise Http404("Cet appareil ne reçoit déjà plus de notifications.")
    return found


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that a form, or the address of its page, names as `retour`; else `otherwise`."""
    wanted = request.POST.get("retour") or request.GET.get("retour", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return otherwise
