"""What is forgotten by itself."""

from django.utils import timezone
from procrastinate.contrib.django import app

from forum.publications.actions import forget_unanswered


@app.periodic(cron="49 5 * * *")
@app.task(name="publications.forget", queueing_lock="publications.forget")
def forget(timestamp: int = 0) -> None:
    """Each morning, proposals that nobody answered."""
    forget_unanswered(timezone.now())
