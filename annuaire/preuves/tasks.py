"""What is counted while nobody waits."""

from procrastinate.contrib.django import app

from annuaire.preuves.frequences import rebuild


@app.periodic(cron="7 3 * * *")
@app.task(name="preuves.count_words", queueing_lock="preuves.count_words")
def count_words(timestamp: int = 0) -> None:
    """Count again how rare each word is, for the directory's search."""
    rebuild()
