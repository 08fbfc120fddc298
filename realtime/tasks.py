"""What is told of salons, by the worker."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from realtime.actions import tell_of_salon_message
from realtime.models import MessageSalon


@app.task(name="realtime.distribute_salon_message", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_salon_message(message_id: int) -> None:
    """Tell those whom a salon message mentions."""
    message = MessageSalon.objects.select_related("salon__communaute", "auteur").filter(pk=message_id).first()
    if message is not None:
        tell_of_salon_message(message)
