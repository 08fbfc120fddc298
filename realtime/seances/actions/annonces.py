"""Telling those invited. For the worker; harmless when repeated."""

from django.db import transaction
from django.urls import reverse

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.models import Notification
from realtime.reunions.models import Convive
from realtime.seances.models import Assistance, Seance


@transaction.atomic
def tell_of_opening(seance: Seance, auteur: Agent | None) -> None:
    """Tell those invited, who have not declined and are not there yet, that the meeting is open."""
    reunion = seance.reunion
    if seance.levee:
        return
    invited = reunion.participants.present().exclude(reponse=Convive.Reponse.REFUSE)
    there = Assistance.objects.filter(seance=seance, agent__isnull=False)
    people = (
        Agent.objects.active().filter(pk__in=invited.values("agent")).exclude(pk__in=there.values("agent"))
    )
    notify(
        people,
        Annonce(
            genre=Notification.Genre.REUNION,
            cle=f"reunion.{reunion.pk}.ouverte",
            fil=f"reunion.{reunion.pk}",
            titre=f"« {reunion.titre} » commence : la réunion est ouverte",
            url=reverse("seances:seance", args=[reunion.pk]),
            acteur=auteur,
            intitule=reunion.titre,
            # Over before an e-mail is read.
            sans_courriel=True,
        ),
    )
