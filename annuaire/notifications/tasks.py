"""What leaves by itself: e-mails that are due, digests, browser notifications."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.notifications.actions.appareils import push_notifications
from annuaire.notifications.actions.envois import make_due, send_due_mails
from annuaire.notifications.actions.resumes import BATCH, due_agents, send_digests


@app.task(name="notifications.send_due", retry=RetryStrategy(max_attempts=3, exponential_wait=3))
def send_due() -> None:
    """Send the e-mails whose time has come; what is left over is for the next run, at once."""
    if send_due_mails():
        send_due.defer()


@app.task(name="notifications.email_notification", retry=RetryStrategy(max_attempts=3, exponential_wait=3))
def email_notification(notification_id: int) -> None:
    """What versions before `decision` queued, a job for each e-mail: those that wait through an upgrade."""
    if make_due(notification_id):
        send_due.defer()


@app.periodic(cron="*/2 * * * *")
@app.task(name="notifications.sweep", queueing_lock="notifications.sweep")
def sweep(timestamp: int) -> None:
    """E-mails that waited for the end of quiet hours, or for a mail server."""
    if send_due_mails():
        send_due.defer()


@app.task(name="notifications.push")
def push(ids: list[int]) -> None:
    """Show in browsers what people were just told."""
    push_notifications(ids)


@app.periodic(cron="5 * * * *")
@app.task(name="notifications.digests", queueing_lock="notifications.digests")
def digests(timestamp: int) -> None:
    """Each hour, the digests of those whose morning it is; a job a hundred people."""
    due = due_agents(timezone.now())
    for start in range(0, len(due), BATCH):
        send_some_digests.defer(agent_ids=due[start : start + BATCH])


@app.task(name="notifications.send_digests")
def send_some_digests(agent_ids: list[int]) -> None:
    """The digests of some people, each if it has not left."""
    send_digests(agent_ids)
