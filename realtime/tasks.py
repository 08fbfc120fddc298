"""What is told of salons, by the worker."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from realtime.actions import tell_of_salon_message
from realtime.conservation import remove_expired
from realtime.fichiers.actions import remove_orphans
from realtime.lignes import erase_deleted_lines
from realtime.models import MessageSalon


@app.task(name="realtime.distribute_salon_message", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_salon_message(message_id: int) -> None:
    """Tell those whom a salon message mentions."""
    message = MessageSalon.objects.select_related("salon__communaute", "auteur").filter(pk=message_id).first()
    if message is not None:
        tell_of_salon_message(message)


@app.periodic(cron="47 4 * * *")
@app.task(name="realtime.erase_deleted_lines", queueing_lock="realtime.erase_deleted_lines")
def erase_lines(timestamp: int = 0) -> None:
    """Forget the texts of lines deleted long ago, and their files, a batch at a time."""
    while erase_deleted_lines():
        pass


@app.periodic(cron="19 * * * *")
@app.task(name="realtime.remove_orphan_files", queueing_lock="realtime.remove_orphan_files")
def remove_orphan_files(timestamp: int = 0) -> None:
    """Remove the files that were sent and that no line took."""
    while remove_orphans():
        pass


@app.periodic(cron="47 3 * * *")
@app.task(name="realtime.remove_expired", queueing_lock="realtime.remove_expired")
def remove_expired_lines(timestamp: int = 0) -> None:
    """Remove the lines that their salons keep no longer."""
    while remove_expired():
        pass
