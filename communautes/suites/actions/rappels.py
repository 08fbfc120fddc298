"""Recalling tasks: once before their date, once after it."""

from datetime import date, timedelta

import structlog
from django.db import transaction
from django.utils.formats import date_format
from django.utils.text import Truncator

from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.genres import Genre
from communautes.suites.access import visible_taches
from communautes.suites.models import Tache

logger = structlog.get_logger(__name__)

BATCH = 200


@transaction.atomic
def send_reminders(today: date, *, limit: int = BATCH) -> int:
    """Recall the tasks whose day has come to who has them to do; returns how many rows were seen to.

    For the worker, at most `limit` at a time. A row that another worker is seeing to is left to it, and what was
    told and what is next to be told are written together: each reminder is sent exactly once. Whoever may no
    longer see the task is told nothing. One that fails is tried again the next day, and holds up no other.
    """
    rows = list(
        Tache.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(prochain_rappel__lte=today)
        .select_related("responsable")
        .order_by("prochain_rappel", "pk")[:limit]
    )
    for tache in rows:
        echeance = tache.echeance
        assert echeance is not None  # held by the database
        try:
            with transaction.atomic():
                _recall(tache, echeance, today)
        except Exception:
            logger.exception("task_reminder_failed", tache=tache.pk)
            tache.prochain_rappel = today + timedelta(days=1)
        else:
            tache.prochain_rappel = None if echeance < today else echeance + timedelta(days=1)
        tache.save(update_fields=["prochain_rappel"])
    return len(rows)


def _recall(tache: Tache, echeance: date, today: date) -> None:
    responsable, late = tache.responsable, echeance < today
    # An account that was deleted leaves its tasks to nobody.
    if responsable is None or not visible_taches(responsable).filter(pk=tache.pk).exists():
        return
    day = date_format(echeance, "j F Y")
    short = Truncator(tache.libelle).chars(150)
    if late:
        titre = f"L’échéance du {day} est passée : « {short} »"
    elif echeance == today:
        titre = f"Pour aujourd’hui : « {short} »"
    else:
        titre = f"Pour le {day} : « {short} »"
    notify(
        [responsable],
        Annonce(
            genre=Genre.RAPPEL,
            # Another date is another reminder.
            cle=f"tache.{tache.pk}.{'retard' if late else 'rappel'}.{echeance}",
            titre=titre,
            url=tache.get_absolute_url(),
            fil=tache.fil,
            intitule=tache.libelle,
        ),
    )
