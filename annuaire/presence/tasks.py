"""States whose time is over."""

from procrastinate.contrib.django import app

from annuaire.presence.actions import end_states as end_some_states


@app.periodic(cron="* * * * *")
@app.task(name="presence.end_states", queueing_lock="presence.end_states")
def end_states(timestamp: int = 0) -> None:
    """Put away the states whose time is over, a batch at a time."""
    while end_some_states():
        pass
