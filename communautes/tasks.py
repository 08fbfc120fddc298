"""What leaves by e-mail about communities."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from plateforme.socle.courriels import send_email


@app.task(name="communautes.mail_explanation", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def mail_explanation(
    notification_id: int, subject: str, text: str, html: str, headers: dict[str, str]
) -> None:
    """Mail what a moderator decided to whom it concerns, unless it is over or no longer theirs to know.

    Checked at each try: a mail server may have been away for hours.
    """
    notification = Notification.objects.select_related("destinataire").filter(pk=notification_id).first()
    if notification is None or not visible(notification.destinataire, [notification]):
        return
    send_email(subject=subject, text=text, html=html, to=notification.destinataire.email, headers=headers)
