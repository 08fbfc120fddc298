"""Work that the person who posts does not wait for."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions import (
    archive_dormant,
    finish_due_sondage,
    tell_due_reminders,
    tell_of_acceptance,
    tell_of_closing,
    tell_of_message,
)
from forum.actions.brouillons import remove_old_drafts
from forum.actions.courriels import forget_old_emails
from forum.actions.edition import tell_of_edit
from forum.actions.favoris import forget_removed_favoris
from forum.actions.pieces import remove_orphans
from forum.actions.preuves import complete_evidence
from forum.actions.rendus import rerender_citing
from forum.courriels_entrants.boite import collect
from forum.models import Message, Sondage


@app.task(name="forum.distribute_message", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_message(message_id: int) -> None:
    """Tell followers and mentioned people of a message, unless it is gone."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=message_id).first()
    if message is not None:
        tell_of_message(message)


@app.task(name="forum.distribute_edit", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_edit(message_id: int, auteur_id: int, identifiants: list[str]) -> None:
    """Tell those whom a change of a message cites for the first time."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=message_id).first()
    auteur = Agent.objects.filter(pk=auteur_id).first()
    if message is not None and auteur is not None:
        tell_of_edit(message, auteur, identifiants)


@app.task(name="forum.distribute_acceptance", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def distribute_acceptance(message_id: int, auteur_id: int) -> None:
    """Tell those who waited for an answer that one was accepted, unless the choice was taken back meanwhile."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=message_id).first()
    auteur = Agent.objects.filter(pk=auteur_id).first()
    if message is not None and auteur is not None:
        tell_of_acceptance(message, auteur)


@app.task(name="forum.rerender_citing", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def rerender_citing_messages(which: dict[str, int | str], after: int = 0) -> None:
    """Render again the texts that cite something, a batch a job: other jobs take their turn between two."""
    last = rerender_citing(which, after)
    if last is not None:
        rerender_citing_messages.defer(which=which, after=last)


@app.periodic(cron="41 4 * * *")
@app.task(name="forum.archive_dormant_sujets", queueing_lock="forum.archive_dormant_sujets")
def archive_dormant_sujets(timestamp: int = 0) -> None:
    """Archive the sujets gone quiet, in the communities that ask for it."""
    for communaute in Communaute.objects.filter(archivage_mois__gt=0):
        while archive_dormant(communaute):
            pass


@app.periodic(cron="* * * * *")
@app.task(name="forum.collect_emails", queueing_lock="forum.collect_emails", lock="forum.collect_emails")
def collect_emails(timestamp: int = 0) -> None:
    """Take the answers that wait in the mailbox; one collection at a time, whatever the number of workers."""
    collect()


@app.periodic(cron="23 4 * * *")
@app.task(name="forum.forget_old_emails", queueing_lock="forum.forget_old_emails")
def forget_emails(timestamp: int = 0) -> None:
    """Remove the traces of answers received by e-mail long ago."""
    forget_old_emails()


@app.task(name="forum.tell_of_closed_sondage", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def tell_of_closed_sondage(sondage_id: int) -> None:
    """Tell those whom a poll concerns that it is closed."""
    sondage = Sondage.objects.select_related("sujet__communaute").filter(pk=sondage_id).first()
    if sondage is not None:
        tell_of_closing(sondage)


@app.periodic(cron="* * * * *")
@app.task(name="forum.finish_due_sondages", queueing_lock="forum.finish_due_sondages")
def finish_due_sondages(timestamp: int = 0) -> None:
    """Settle the polls whose date is past. They have taken no vote since that date, whenever this runs."""
    for sondage in Sondage.objects.filter(clos_le__isnull=True, cloture_le__lte=timezone.now())[:200]:
        finish_due_sondage(sondage)


@app.task(name="forum.tell_reminders")
def tell_reminders() -> None:
    """Tell the reminders whose time has come; what is left over is for the next run, at once."""
    if tell_due_reminders():
        tell_reminders.defer()


@app.periodic(cron="* * * * *")
@app.task(name="forum.sweep_reminders", queueing_lock="forum.sweep_reminders")
def sweep_reminders(timestamp: int = 0) -> None:
    """Each minute. Two workers may do it at once: each reminder is told by one."""
    tell_reminders()


@app.periodic(cron="17 4 * * *")
@app.task(name="forum.forget_removed_favoris", queueing_lock="forum.forget_removed_favoris")
def forget_favoris(timestamp: int = 0) -> None:
    """Delete the bookmarks that can no longer be put back."""
    forget_removed_favoris()


@app.periodic(cron="29 4 * * *")
@app.task(name="forum.clean_up_writing", queueing_lock="forum.clean_up_writing")
def clean_up_writing(timestamp: int = 0) -> None:
    """Remove the drafts left for long, then the files that neither a message nor a draft holds."""
    remove_old_drafts()
    remove_orphans()


@app.periodic(cron="37 2 * * *")
@app.task(name="forum.complete_evidence", queueing_lock="forum.complete_evidence")
def complete_old_evidence(timestamp: int = 0) -> None:
    """Give the evidence of before an upgrade what the search now looks at."""
    complete_evidence()
