"""Notifications by e-mail."""

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.notifications.models import Notification
from plateforme.socle.courriels import queue_email


@app.task(name="notifications.email_notification", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def email_notification(notification_id: int) -> None:
    """Mail one notification, unless it was read on the site meanwhile or the account was closed."""
    notification = (
        Notification.objects.unread()
        .filter(pk=notification_id, destinataire__is_active=True)
        .select_related("destinataire", "acteur__service", "acteur__territoire")
        .first()
    )
    if notification is None:
        return
    queue_email(
        "notification",
        notification.destinataire.email,
        {"notification": notification, "lien": settings.SITE_URL + notification.url},
    )
