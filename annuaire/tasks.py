"""What the directory keeps for a time only."""

from procrastinate.contrib.django import app

from annuaire.actions import forget_unanswered as forget


@app.periodic(cron="23 3 * * *")
@app.task(name="annuaire.forget_unanswered", queueing_lock="annuaire.forget_unanswered")
def forget_unanswered(timestamp: int = 0) -> None:
    """Each night: the searches without answer of more than thirteen months are forgotten."""
    forget()
