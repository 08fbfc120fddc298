"""What the worker does of sollicitations: reminds, proposes to end, ends, sees to those who left, erases.

A few rows at a time, each held; what another worker holds is left to it. All is harmless when repeated.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format

from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.fils import erase_thread
from annuaire.notifications.genres import Genre
from annuaire.notifications.horaires import allowed, next_allowed
from annuaire.notifications.preferences import preferences_of
from annuaire.sollicitations.actions.commun import locked_thread
from annuaire.sollicitations.actions.fins import end_without_follow_up
from annuaire.sollicitations.actions.reponses import mark_left
from annuaire.sollicitations.etats import OUVERTES, Etat
from annuaire.sollicitations.models import Destinataire, FichierSollicitation, MessageFil, Sollicitation
from annuaire.sollicitations.rappels import absences, back_on, next_reminder, resting

BATCH = 100
# When one looks again at who says not until when they are away.
DEMAIN = timedelta(days=1)
# Days of a month of retention: a few more or less change nothing.
MOIS = 30.5


@transaction.atomic
def remind(now: datetime) -> bool:
    """Remind those whose time has come; returns whether there may be more. Who is away, or rests, is reminded later; nobody
    more than `rappels` times."""
    most = settings.SOLLICITATIONS["rappels"]
    rows = list(
        Destinataire.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(prochain_rappel__lte=now)
        .select_related("agent__territoire", "sollicitation__demandeur")
        .order_by("prochain_rappel", "pk")[:BATCH]
    )
    preferences = preferences_of([row.agent for row in rows])
    away = absences([row.agent for row in rows], now)
    silent = resting([row.agent for row in rows], now)
    for row in rows:
        calendrier = preferences[row.agent_id].calendrier
        back = back_on(row.agent, away.get(row.agent_id), now)
        if not row.attend or row.rappels >= most or not row.agent.is_active:
            row.prochain_rappel = None
        elif back is not None:
            row.prochain_rappel = next_allowed(calendrier, back)
        elif row.agent_id in silent:
            row.prochain_rappel = next_allowed(calendrier, now + DEMAIN)
        elif not allowed(calendrier, now):
            row.prochain_rappel = next_allowed(calendrier, now)
        else:
            row.rappels += 1
            later = next_reminder(row.sollicitation, calendrier, now, None)
            row.prochain_rappel = later if row.rappels < most else None
            _recall(row)
        row.save(update_fields=["rappels", "prochain_rappel"])
    return len(rows) == BATCH


def _recall(row: Destinataire) -> None:
    asked = row.sollicitation
    until = f", pour le {date_format(asked.pour_le, 'j F')}" if asked.pour_le is not None else ""
    notify(
        [row.agent],
        Annonce(
            genre=Genre.RAPPEL,
            cle=f"sollicitation.{row.pk}.rappel.{row.rappels}",
            titre=f"{asked.demandeur.nom_complet} attend votre réponse{until} : «\u00a0{asked.objet}\u00a0»",
            url=row.get_absolute_url(),
            fil=row.fil,
            intitule=asked.objet,
        ),
    )


@transaction.atomic
def propose_end(now: datetime) -> bool:
    """Ask those whose sollicitation has been silent for long whether they still wait; returns whether there may be more."""
    since = now - timedelta(days=settings.SOLLICITATIONS["silence_j"])
    rows = list(_silent(since).filter(relance_le__isnull=True, demandeur__is_active=True)[:BATCH])
    for row in rows:
        row.relance_le = now
        row.save(update_fields=["relance_le"])
        notify(
            [row.demandeur],
            Annonce(
                genre=Genre.SOLLICITATION,
                cle=f"sollicitation-suite.{row.pk}.proposee.{now.date()}",
                titre=f"Attendez-vous encore une réponse ? «\u00a0{row.objet}\u00a0»",
                url=row.get_absolute_url(),
                extrait="Sans nouvelle de votre part, elle sera classée sans suite dans quelques semaines.",
                fil=f"sollicitation-suite.{row.pk}",
            ),
        )
    return len(rows) == BATCH


@transaction.atomic
def end_silent(now: datetime) -> bool:
    """End what was proposed to be ended and stayed silent as long again, and what those who left had asked; returns
    whether there may be more."""
    since = now - timedelta(days=settings.SOLLICITATIONS["silence_j"])
    rows = list(_silent(since).filter(relance_le__lt=since)[:BATCH])
    left = Sollicitation.objects.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(
        etat=Etat.ENVOYEE, demandeur__is_active=False
    )
    rows += list(left.select_related("demandeur").exclude(pk__in=[row.pk for row in rows])[:BATCH])
    for row in rows:
        end_without_follow_up(row, now)
        notify(
            [row.demandeur],
            Annonce(
                genre=Genre.SOLLICITATION,
                cle=f"sollicitation-suite.{row.pk}.sans_suite",
                titre=f"Classée sans suite, faute de nouvelles : «\u00a0{row.objet}\u00a0»",
                url=row.get_absolute_url(),
                fil=f"sollicitation-suite.{row.pk}",
            ),
        )
    return len(rows) >= BATCH


def _silent(since: datetime) -> "QuerySet[Sollicitation]":
    return (
        Sollicitation.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(etat=Etat.ENVOYEE, activite_le__lt=since)
        .select_related("demandeur")
        .order_by("activite_le", "pk")
    )


def see_to_those_who_left() -> None:
    """What was asked of people whose account is closed is declined for them: who asked is told, and may ask others."""
    rows = (
        Destinataire.objects.filter(
            etat__in=list(OUVERTES), agent__is_active=False, sollicitation__etat=Etat.ENVOYEE
        )
        .select_related("sollicitation")
        .order_by("pk")[:BATCH]
    )
    for row in rows:
        with transaction.atomic():
            current = locked_thread(row)
            if current.etat in OUVERTES and current.sollicitation.en_cours:
                mark_left(current)


@transaction.atomic
def erase(now: datetime) -> bool:
    """Remove the words and files of what ended long ago: need, threads, notifications; returns whether there may be more.
    Who asked whom, when and what became of it stays, for counts."""
    since = now - timedelta(days=MOIS * settings.SOLLICITATIONS["conservation_mois"])
    rows = list(
        Sollicitation.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(finie_le__lt=since, effacee_le__isnull=True)
        .order_by("finie_le", "pk")[:BATCH]
    )
    ended = [row.pk for row in rows]
    threads = list(Destinataire.objects.filter(sollicitation__in=ended).values_list("pk", flat=True))
    FichierSollicitation.objects.filter(sollicitation__in=ended).delete()
    MessageFil.objects.filter(fil__in=threads).delete()
    erase_thread([f"sollicitation.{pk}" for pk in threads])
    erase_thread([f"sollicitation-suite.{pk}" for pk in ended])
    for row in rows:
        row.objet = row.besoin = row.besoin_html = row.contexte = row.contexte_html = ""
        row.effacee_le = now
        row.save()
    return len(rows) == BATCH
