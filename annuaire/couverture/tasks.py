"""What is counted while nobody waits."""

from procrastinate.contrib.django import app

from annuaire.couverture import actions


@app.periodic(cron="* * * * *")
@app.task(name="couverture.recount", queueing_lock="couverture.recount")
def recount(timestamp: int = 0) -> None:
    """Each minute: what changed since the last one."""
    while actions.recount_changed() == actions.BATCH:
        pass


@app.periodic(cron="27 2 * * *")
@app.task(name="couverture.record", queueing_lock="couverture.record")
def record(timestamp: int = 0) -> None:
    """Each night: everything, the record of the month, and how long people take to answer."""
    actions.recount_all()
    actions.record_month()
    actions.measure_delays()
