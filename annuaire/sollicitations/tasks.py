"""What leaves by itself: words of a sending, reminders, ends."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.sollicitations import actions
from annuaire.sollicitations.models import Sollicitation


@app.task(name="sollicitations.distribute", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute(sollicitation_id: int) -> None:
    """Tell those who are asked."""
    found = Sollicitation.objects.filter(pk=sollicitation_id).first()
    if found is not None:
        actions.tell_of_sending(found)


@app.periodic(cron="*/10 * * * *")
@app.task(name="sollicitations.remind", queueing_lock="sollicitations.remind")
def remind(timestamp: int = 0) -> None:
    """Remind those who have not answered, each in their own hours."""
    while actions.remind(timezone.now()):
        pass


@app.periodic(cron="37 5 * * *")
@app.task(name="sollicitations.follow", queueing_lock="sollicitations.follow")
def follow(timestamp: int = 0) -> None:
    """Each morning: those who left, what is silent, what is kept no longer."""
    now = timezone.now()
    actions.see_to_those_who_left()
    for step in (actions.propose_end, actions.end_silent, actions.erase, actions.remove_orphans):
        while step(now):
            pass
