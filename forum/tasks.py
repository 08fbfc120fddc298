"""Work that the person who posts does not wait for."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from forum.actions import tell_of_message
from forum.models import Message


@app.task(name="forum.distribute_message", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_message(message_id: int) -> None:
    """Tell followers and mentioned people of a message, unless it is gone."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=message_id).first()
    if message is not None:
        tell_of_message(message)
