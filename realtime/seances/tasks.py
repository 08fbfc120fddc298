"""What is told of meetings that are held, by the worker."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.models import Agent
from realtime.seances import actions
from realtime.seances.models import EditionCompteRendu, Seance

_RETRY = RetryStrategy(max_attempts=3, exponential_wait=3)


class MailNotTaken(Exception):
    """Some e-mails are to be tried again."""


@app.task(name="seances.distribute_opening", retry=_RETRY)
def distribute_opening(reunion_id: int, auteur_id: int) -> None:
    """Tell those invited that the meeting is open."""
    seance = Seance.objects.select_related("reunion").filter(pk=reunion_id).first()
    if seance is not None:
        actions.tell_of_opening(seance, Agent.objects.filter(pk=auteur_id).first())


@app.task(name="seances.end_discussion", retry=_RETRY)
def end_discussion(reunion_id: int) -> None:
    """Close the salon of a meeting that is over."""
    seance = Seance.objects.filter(pk=reunion_id).first()
    if seance is not None:
        actions.close_chat(seance)


@app.task(name="seances.distribute_minutes", retry=_RETRY)
def distribute_minutes(edition_id: int) -> None:
    """Tell those who took part that the minutes are validated, and the sujet where they were published."""
    edition = (
        EditionCompteRendu.objects.select_related(
            "compte_rendu__communaute",
            "compte_rendu__seance__reunion__communaute",
            "compte_rendu__seance__sujet__communaute",
            "validee_par",
        )
        .filter(pk=edition_id)
        .first()
    )
    if edition is not None:
        actions.tell_of_minutes(edition)
        actions.tell_sujet_of_correction(edition)
        if edition.aux_exterieurs:
            send_minutes.defer(edition_id=edition.pk)


@app.task(name="seances.send_minutes", retry=_RETRY)
def send_minutes(edition_id: int) -> None:
    """Send validated minutes to those invited without an account. One that fails is tried again, without the others."""
    edition = (
        EditionCompteRendu.objects.select_related(
            "compte_rendu__communaute", "compte_rendu__seance__reunion__organisateur", "validee_par"
        )
        .filter(pk=edition_id)
        .first()
    )
    if edition is not None and actions.send_minutes_outside(edition):
        raise MailNotTaken
