"""What is told of meetings, by the worker."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annuaire.models import Agent
from annuaire.notifications.preferences import rythme
from communautes.models import Communaute
from realtime.reunions import actions
from realtime.reunions.actions.nouvelles import tell_of_proposal
from realtime.reunions.actions.occurrences import WINDOW
from realtime.reunions.models import Changement, PointOrdreDuJour, Reunion, Serie, SondageDates

_RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


def _reunion(pk: int) -> Reunion | None:
    found: Reunion | None = (
        Reunion.objects.select_related("communaute", "organisateur", "serie").filter(pk=pk).first()
    )
    return found


def _serie(pk: int) -> Serie | None:
    return Serie.objects.select_related("communaute", "organisateur").filter(pk=pk).first()


@app.task(name="reunions.distribute_reunion", retry=_RETRY)
def distribute_reunion(reunion_id: int) -> None:
    """Tell those invited who were not told, then their calendars."""
    reunion = _reunion(reunion_id)
    if reunion is not None:
        actions.tell_of_reunion(reunion)
        _send_soon(reunion_id)


@app.task(name="reunions.distribute_change", retry=_RETRY)
def distribute_change(reunion_id: int, sequence: int) -> None:
    """Tell those invited what changed, then their calendars."""
    reunion = _reunion(reunion_id)
    changement = (
        Changement.objects.select_related("auteur").filter(reunion=reunion_id, sequence=sequence).first()
    )
    if reunion is not None and changement is not None:
        actions.tell_of_change(reunion, changement)
        _send_soon(reunion_id)


@app.task(name="reunions.distribute_cancellation", retry=_RETRY)
def distribute_cancellation(reunion_id: int, auteur_id: int) -> None:
    """Tell those invited that it is off, then their calendars."""
    reunion = _reunion(reunion_id)
    if reunion is not None:
        actions.tell_of_cancellation(reunion, Agent.objects.filter(pk=auteur_id).first())
        _send_soon(reunion_id)


@app.task(name="reunions.send_calendars", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_calendars(reunion_id: int) -> None:
    """Send what calendars lack; what is left over, and who is in their quiet hours, is for later runs."""
    reunion = _reunion(reunion_id)
    if reunion is None:
        return
    envoi = actions.send_calendars(reunion)
    if envoi.reste:
        send_calendars.defer(reunion_id=reunion_id)
    elif envoi.plus_tard is not None:
        send_calendars.configure(schedule_at=envoi.plus_tard).defer(reunion_id=reunion_id)
    if envoi.echecs:
        raise CourrielsRefuses(envoi.echecs)


@app.task(name="reunions.distribute_serie", retry=_RETRY)
def distribute_serie(serie_id: int, habitues: list[int] | None = None) -> None:
    """Tell those invited to a series, then their calendars; `habitues`: these invitations alone are new."""
    serie = _serie(serie_id)
    if serie is not None:
        actions.tell_of_serie(serie, habitues)
        send_serie_calendars.defer(serie_id=serie_id)


@app.task(name="reunions.distribute_serie_change", retry=_RETRY)
def distribute_serie_change(serie_id: int, sequence: int, dit: str, auteur_id: int) -> None:
    """Tell those invited to a series what changed in it, then their calendars."""
    serie = _serie(serie_id)
    if serie is not None:
        actions.tell_of_serie_change(serie, sequence, dit, Agent.objects.filter(pk=auteur_id).first())
        send_serie_calendars.defer(serie_id=serie_id)


@app.task(name="reunions.send_serie_calendars", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_serie_calendars(serie_id: int) -> None:
    """Send what calendars lack of a series; as `send_calendars`."""
    serie = _serie(serie_id)
    if serie is None:
        return
    envoi = actions.send_serie_calendars(serie)
    if envoi.reste:
        send_serie_calendars.defer(serie_id=serie_id)
    elif envoi.plus_tard is not None:
        send_serie_calendars.configure(schedule_at=envoi.plus_tard).defer(serie_id=serie_id)
    if envoi.echecs:
        raise CourrielsRefuses(envoi.echecs)


@app.periodic(cron="20 3 * * *")
@app.task(name="reunions.prepare_series", queueing_lock="reunions.prepare_series")
def prepare_series(timestamp: int) -> None:
    """Each night, the meetings of series that come near; a job for each series."""
    horizon = timezone.now() + WINDOW
    due = Serie.objects.filter(arretee_le__isnull=True, preparee_jusqu_au__lt=horizon)
    for pk in due.values_list("pk", flat=True):
        prepare_serie.defer(serie_id=pk)


@app.task(name="reunions.prepare_serie", retry=_RETRY)
def prepare_serie(serie_id: int) -> None:
    """Make the meetings of a series that come near, a few at a time."""
    serie = _serie(serie_id)
    if serie is not None and actions.prepare_serie(serie):
        prepare_serie.defer(serie_id=serie_id)


class CourrielsRefuses(Exception):
    """The mail server did not take some e-mails: the job is tried again."""


@app.periodic(cron="* * * * *")
@app.task(name="reunions.recall", queueing_lock="reunions.recall")
def recall(timestamp: int) -> None:
    """Recall meetings, the day before and a quarter of an hour before."""
    actions.recall_due()


def _send_soon(reunion_id: int) -> None:
    """Several changes in a row make one e-mail."""
    delai = rythme().delai
    (
        send_calendars.configure(schedule_in={"seconds": int(delai.total_seconds())})
        if delai
        else send_calendars
    ).defer(reunion_id=reunion_id)


@app.task(name="reunions.distribute_proposal", retry=_RETRY)
def distribute_proposal(point_id: int) -> None:
    """Tell those who prepare a meeting of a proposed point."""
    point = (
        PointOrdreDuJour.objects.select_related("reunion__organisateur", "propose_par")
        .filter(pk=point_id)
        .first()
    )
    if point is not None:
        tell_of_proposal(point)


@app.task(name="reunions.follow_membership", retry=_RETRY)
def follow_membership(communaute_id: int, agent_id: int) -> None:
    """Have the meetings to come follow a membership that changed."""
    communaute = Communaute.objects.filter(pk=communaute_id).first()
    agent = Agent.objects.filter(pk=agent_id).first()
    if communaute is not None and agent is not None:
        actions.follow_membership(communaute, agent)


@app.task(name="reunions.distribute_dates", retry=_RETRY)
def distribute_dates(
    sondage_id: int,
    quoi: str = "nouveau",
    auteur_id: int | None = None,
    numero: int = 0,
    agent_id: int | None = None,
) -> None:
    """Tell those whom a date is looked for with: that it is (`nouveau`, to `agent_id` alone if given), of other
    `creneaux`, of a `relance`, that answers are taken again (`rouvert`), or that it is `annule`; then those without
    account."""
    sondage = SondageDates.objects.select_related("communaute", "organisateur").filter(pk=sondage_id).first()
    if sondage is None:
        return
    auteur = Agent.objects.filter(pk=auteur_id).first() if auteur_id is not None else None
    if quoi == "nouveau":
        actions.tell_of_dates(sondage, agent_id)
    elif quoi == "creneaux":
        actions.tell_of_slots(sondage, auteur)
    elif quoi == "relance":
        actions.tell_the_late(sondage, numero)
    elif quoi == "rouvert":
        actions.tell_reopened(sondage, auteur)
    else:
        actions.tell_of_dates_cancelled(sondage, auteur)
    write_dates.defer(sondage_id=sondage_id)


@app.task(name="reunions.distribute_added", retry=_RETRY)
def distribute_added(sondage_id: int, agents: list[int], numero: int) -> None:
    """Tell people who were added to those asked for a date."""
    sondage = SondageDates.objects.select_related("communaute", "organisateur").filter(pk=sondage_id).first()
    if sondage is not None:
        actions.tell_the_added(sondage, agents, numero)
        write_dates.defer(sondage_id=sondage_id)


@app.task(name="reunions.write_withdrawn", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def write_withdrawn(sonde_id: int) -> None:
    """Write to somebody who is asked for a date no more."""
    actions.write_withdrawn(sonde_id)


@app.task(name="reunions.write_dates", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def write_dates(sondage_id: int) -> None:
    """Write to those without account; what is left over is for later runs."""
    sondage = SondageDates.objects.filter(pk=sondage_id).first()
    if sondage is None:
        return
    envoi = actions.write_to_outsiders(sondage)
    if envoi.reste:
        write_dates.defer(sondage_id=sondage_id)
    if envoi.echecs:
        raise CourrielsRefuses(envoi.echecs)


@app.periodic(cron="*/10 * * * *")
@app.task(name="reunions.follow_closings", queueing_lock="reunions.follow_closings")
def follow_closings(timestamp: int) -> None:
    """Remind those who are late to say when they can, and tell who asks that the answers are in."""
    actions.follow_closings()
