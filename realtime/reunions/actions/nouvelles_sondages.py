"""Telling those whom a date is looked for with. For the worker; harmless when repeated: a notification's key is unique
per person, and a row remembers what somebody without account was last written."""

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

import structlog
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.courriels import host
from annuaire.notifications.models import Notification
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.actions.expeditions import BATCH, Envoi, send_each, wants_mail
from realtime.reunions.actions.sondages import remind_late
from realtime.reunions.adresses import dates_link
from realtime.reunions.courriels import build_mail
from realtime.reunions.horaires import say_duration, say_moment
from realtime.reunions.models import SondageDates, Sonde

logger = structlog.get_logger(__name__)

# So long before it closes, those who did not answer are reminded.
AVANCE = timedelta(hours=24)
# One asked so lately, or reminded so lately, is not reminded again.
RECENT = timedelta(hours=12)


@transaction.atomic
def tell_of_dates(sondage: SondageDates, agent_id: int | None = None) -> None:
    """Tell those asked, who were not told yet; `agent_id`: this one alone."""
    if sondage.ouvert:
        people = _asked(sondage)
        _tell(
            sondage,
            people if agent_id is None else people.filter(pk=agent_id),
            cle=f"dates.{sondage.pk}.nouveau",
            titre=f"Quand se voit-on ? {sondage.organisateur.nom_complet} cherche une date : {sondage.titre}",
            acteur=sondage.organisateur,
        )


@transaction.atomic
def tell_of_slots(sondage: SondageDates, auteur: Agent | None) -> None:
    """Tell all those asked that other moments are proposed."""
    if sondage.ouvert:
        _tell(
            sondage,
            _asked(sondage),
            cle=f"dates.{sondage.pk}.creneaux.{sondage.sequence}",
            titre=f"De nouveaux créneaux sont proposés : {sondage.titre}",
            acteur=auteur,
        )


@transaction.atomic
def tell_the_added(sondage: SondageDates, agents: Collection[int], numero: int) -> None:
    """Tell people who were added to those asked. `numero`: which addition it is."""
    if sondage.ouvert:
        _tell(
            sondage,
            _asked(sondage, agent__in=agents),
            cle=f"dates.{sondage.pk}.ajout.{numero}",
            titre=f"Quand se voit-on ? {sondage.organisateur.nom_complet} cherche une date : {sondage.titre}",
            acteur=sondage.organisateur,
        )


@transaction.atomic
def tell_reopened(sondage: SondageDates, auteur: Agent | None) -> None:
    """Tell all those asked that answers are taken again."""
    if sondage.takes_answers():
        _tell(
            sondage,
            _asked(sondage),
            cle=f"dates.{sondage.pk}.rouvert.{sondage.sequence}",
            titre=f"On peut de nouveau répondre : quand se voit-on pour « {sondage.titre} » ?",
            acteur=auteur,
        )


@transaction.atomic
def tell_of_dates_cancelled(sondage: SondageDates, auteur: Agent | None) -> None:
    """Tell all those asked that no date is looked for any more."""
    _tell(
        sondage,
        _asked(sondage),
        cle=f"dates.{sondage.pk}.annule",
        titre=f"On ne cherche plus de date : {sondage.titre}",
        acteur=auteur,
    )


@transaction.atomic
def tell_the_late(sondage: SondageDates, numero: int) -> None:
    """Remind those who have not answered. `numero`: which reminder it is."""
    if sondage.takes_answers():
        _tell(
            sondage,
            _asked(sondage, repondu_le__isnull=True).exclude(pk=sondage.organisateur_id),
            cle=f"dates.{sondage.pk}.relance.{numero}",
            titre=f"Votre réponse est attendue : quand se voit-on pour « {sondage.titre} » ?",
            acteur=None,
            genre=Notification.Genre.RAPPEL,
        )


def follow_closings() -> int:
    """Remind the late ones a day before a closing date, and tell who asks that one has passed; returns how many."""
    now = timezone.now()
    looked_for = SondageDates.objects.filter(etat=SondageDates.Etat.OUVERT)
    soon = looked_for.filter(cloture_le__gt=now, cloture_le__lte=now + AVANCE, cree_le__lt=now - RECENT)
    done = 0
    for sondage in soon.filter(Q(relance_le__isnull=True) | Q(relance_le__lt=now - AVANCE)).order_by("pk")[
        :BATCH
    ]:
        done += _each(sondage, _remind)
    for sondage in looked_for.filter(cloture_le__lte=now, cloture_dite=False).order_by("pk")[:BATCH]:
        done += _each(sondage, _tell_closed)
    return done


def _each(sondage: SondageDates, do: Callable[[SondageDates], bool]) -> bool:
    """One that fails is tried again at the next call, and holds up no other."""
    try:
        return do(sondage)
    except Exception:
        logger.exception("dates_follow_up_failed", sondage=sondage.pk)
        return False


def _remind(sondage: SondageDates) -> bool:
    try:
        remind_late(sondage)
    except ActionRefusee:
        # Everybody answered: not looked at again.
        SondageDates.objects.filter(pk=sondage.pk).update(relance_le=timezone.now())
        return False
    return True


@transaction.atomic
def _tell_closed(sondage: SondageDates) -> bool:
    told = SondageDates.objects.filter(pk=sondage.pk, cloture_dite=False).update(cloture_dite=True)
    if told:
        _tell(
            sondage,
            Agent.objects.active().filter(pk=sondage.organisateur_id),
            cle=f"dates.{sondage.pk}.clos.{sondage.sequence}",
            titre=f"Les réponses sont closes, choisissez une date : {sondage.titre}",
            acteur=None,
        )
    return bool(told)


def write_to_outsiders(sondage: SondageDates) -> Envoi:
    """Write those without account what they have not been written yet, `BATCH` at most.

    Each in a transaction that holds their row until the mail server has taken the e-mail: of two workers, one writes.
    """
    if sondage.etat == SondageDates.Etat.RETENU:
        # The meeting's own invitation says it.
        return Envoi()
    behind = Sonde.objects.present().filter(sondage=sondage, agent__isnull=True)
    behind = behind.filter(Q(envoyee__isnull=True) | Q(envoyee__lt=F("sondage__sequence")))
    if not sondage.ouvert:
        behind = behind.filter(envoyee__isnull=False)
    pks = list(behind.order_by("pk").values_list("pk", flat=True)[: BATCH + 1])
    return send_each(pks, _write_one)


@transaction.atomic
def _write_one(pk: int, connection: BaseEmailBackend) -> None:
    row = (
        Sonde.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("sondage__organisateur__service", "sondage__organisateur__territoire")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        return
    sondage = row.sondage
    if row.retire_le is not None or (row.envoyee is not None and row.envoyee >= sondage.sequence):
        return
    mail = build_dates_mail(row)
    mail.connection = connection
    mail.send()
    Sonde.objects.filter(pk=pk).update(envoyee=sondage.sequence)


@transaction.atomic
def write_withdrawn(pk: int) -> None:
    """Write to somebody who was taken off that these dates are proposed to them no more; once, nothing when they were
    asked again meanwhile. An agent who wants no mail of meetings gets none."""
    row = (
        Sonde.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("sondage__organisateur", "agent")
        .filter(pk=pk, retire_le__isnull=False, envoyee__isnull=False)
        .first()
    )
    if row is None:
        return
    if row.agent is None or wants_mail(row.agent):
        build_dates_mail(row).send()
    Sonde.objects.filter(pk=pk).update(envoyee=None)


def build_dates_mail(row: Sonde) -> EmailMultiAlternatives:
    """What somebody without account is written: the moments that are proposed, and the address where they answer; to
    anybody taken off the list, that nothing is expected of them."""
    sondage: SondageDates = row.sondage
    off = row.retire_le is not None
    slots = sondage.creneaux.filter(debut__gt=timezone.now())
    context = {
        "sondage": sondage,
        "annule": off or not sondage.ouvert,
        "retire": off,
        "attendue": row.envoyee is not None and row.repondu_le is None,
        "nouveaux": row.repondu_le is not None,
        "creneaux": [say_moment(slot.debut, sondage.fuseau, year=True) for slot in slots],
        "fuseau": sondage.get_fuseau_display(),
        "duree": say_duration(sondage.duree_minutes),
        "cloture": say_moment(sondage.cloture_le, sondage.fuseau) if sondage.cloture_le else "",
        "page": "" if off else dates_link(row),
    }
    gone = "Vous n’êtes plus sollicité(e) pour cette date" if off else "On ne cherche plus de date"
    return build_mail(
        "dates",
        context,
        de=sondage.organisateur,
        a=row.adresse,
        sujet=f"{gone} : {sondage.titre}" if context["annule"] else f"Quand se voit-on ? {sondage.titre}",
        message_id=f"<dates.{sondage.pk}.{sondage.sequence}.{row.pk}{'.retrait' if off else ''}@{host()}>",
    )


def _asked(sondage: SondageDates, **rows: object) -> "QuerySet[Agent]":
    found = Sonde.objects.present().filter(sondage=sondage, **rows)
    return Agent.objects.active().filter(pk__in=found.values("agent"))


def _tell(
    sondage: SondageDates,
    people: Iterable[Agent],
    *,
    cle: str,
    titre: str,
    acteur: Agent | None,
    genre: str = Notification.Genre.REUNION,
) -> None:
    notify(
        people,
        Annonce(
            genre=Notification.Genre(genre),
            cle=cle,
            titre=titre,
            url=sondage.get_absolute_url(),
            acteur=acteur,
            fil=f"dates.{sondage.pk}",
            intitule=sondage.titre,
        ),
    )
