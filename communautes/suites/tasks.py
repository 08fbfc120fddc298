"""Who is told of decisions, and the reminders of tasks, by the worker."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from communautes.suites.actions import send_reminders, tell_of_cancellation, tell_of_decision
from communautes.suites.models import Decision


@app.task(name="suites.distribute_decision", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_decision(decision_id: int) -> None:
    """Tell the community of a decision, unless it was cancelled meanwhile."""
    decision = Decision.objects.all().with_people().filter(pk=decision_id).first()
    if decision is not None:
        tell_of_decision(decision)


@app.task(name="suites.distribute_cancellation", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_cancellation(decision_id: int) -> None:
    """Tell those who know of a decision that it is cancelled."""
    decision = Decision.objects.all().with_people().filter(pk=decision_id).first()
    if decision is not None:
        tell_of_cancellation(decision)


@app.periodic(cron="12 4-20 * * *")
@app.task(name="suites.remind", queueing_lock="suites.remind")
def remind(timestamp: int = 0) -> None:
    """Recall the tasks whose day has come; at each hour of the day, so that a stop loses none."""
    while send_reminders(timezone.localdate()):
        pass
