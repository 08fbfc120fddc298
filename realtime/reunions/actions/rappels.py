"""Recalling meetings to those invited, the day before and a quarter of an hour before. For the worker."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from realtime.reunions.horaires import say_moment
from realtime.reunions.models import Convive, PreferenceReunions, Rappel, Reunion

logger = structlog.get_logger(__name__)

# How long before the start each is told; a meeting planned later than that is not recalled.
AVANCE = {Rappel.Genre.VEILLE: timedelta(hours=24), Rappel.Genre.QUART: timedelta(minutes=15)}
# A worker that was stopped catches up so far: later, it would be no use.
RETARD = {Rappel.Genre.VEILLE: timedelta(hours=8), Rappel.Genre.QUART: timedelta(minutes=12)}
BATCH = 50


def recall_due(now: datetime | None = None) -> int:
    """Recall each meeting whose time it is; returns how many. Of two workers, one does each.

    One that fails is tried again at the next call, and holds up no other.
    """
    now = now or timezone.now()
    done = 0
    for genre in Rappel.Genre:
        latest = now + AVANCE[genre]
        due = (
            Reunion.objects.standing()
            .filter(debut__lte=latest, debut__gt=latest - RETARD[genre], etat=Reunion.Etat.PLANIFIEE)
            .exclude(cree_le__gt=now - timedelta(minutes=30))
            .exclude(
                Exists(Rappel.objects.filter(reunion=OuterRef("pk"), genre=genre, debut=OuterRef("debut")))
            )
        )
        for reunion in due.select_related("communaute").order_by("debut", "pk")[:BATCH]:
            try:
                done += _recall(reunion, genre)
            except Exception:
                logger.exception("meeting_reminder_failed", reunion=reunion.pk)
    return done


@transaction.atomic
def _recall(reunion: Reunion, genre: str) -> bool:
    _, new = Rappel.objects.get_or_create(reunion=reunion, genre=genre, debut=reunion.debut)
    if not new:
        return False
    rows = reunion.participants.present().exclude(reponse=Convive.Reponse.REFUSE)
    chosen = "rappel_veille" if genre == Rappel.Genre.VEILLE else "rappel_quart"
    silent = PreferenceReunions.objects.filter(**{chosen: False}).values("agent")
    people = Agent.objects.active().filter(pk__in=rows.values("agent")).exclude(pk__in=silent)
    when = "Demain" if genre == Rappel.Genre.VEILLE else "Dans 15 minutes"
    notify(
        people,
        Annonce(
            genre=Notification.Genre.RAPPEL,
            # A meeting moved is recalled again.
            cle=f"reunion.{reunion.pk}.{genre}.{int(reunion.debut.timestamp())}",
            titre=f"{when} : « {reunion.titre} », {say_moment(reunion.debut, reunion.fuseau)}",
            url=reunion.get_absolute_url(),
            fil=f"reunion.{reunion.pk}",
            intitule=reunion.titre,
            # An e-mail that comes after the start helps nobody.
            sans_courriel=genre == Rappel.Genre.QUART,
        ),
    )
    return True
