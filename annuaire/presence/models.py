"""The state that a person chose to show. Nobody's comings and goings: there is no « vu pour la dernière fois »."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

MESSAGE_MAX = 80


class EtatPresenceQuerySet(models.QuerySet["EtatPresence"]):
    def in_force(self, etat: str, now: datetime) -> "EtatPresenceQuerySet":
        """Those that are in this state at `now`, whether or not the worker has ended those that are over."""
        return self.filter(Q(jusqu_a__isnull=True) | Q(jusqu_a__gt=now), etat=etat)

    def over(self, now: datetime) -> "EtatPresenceQuerySet":
        return self.filter(jusqu_a__lte=now)


class EtatPresence(models.Model):
    """What somebody chose; who never chose anything has no row, and is en ligne.

    A change is told to the live layer by the database itself (migration 0001).
    """

    class Etat(models.TextChoices):
        EN_LIGNE = "en_ligne", "En ligne"
        ABSENT = "absent", "Absent"
        OCCUPE = "occupe", "Occupé"
        INVISIBLE = "invisible", "Invisible"

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="etat_presence"
    )
    etat = models.CharField("état", max_length=9, choices=Etat, default=Etat.EN_LIGNE)
    # From then on, they are en ligne and say nothing: readers see to it, the worker only tidies up.
    jusqu_a = models.DateTimeField("jusqu’à", null=True, blank=True)
    message = models.CharField("message", max_length=MESSAGE_MAX, blank=True, default="")
    automatique = models.BooleanField("absent quand je ne fais rien", default=True, db_default=True)
    montre_lectures = models.BooleanField("montrer ce que j’ai lu", default=True, db_default=True)
    # Rises by one with each choice: who has read a later one keeps it.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar = EtatPresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "état de présence"
        verbose_name_plural = "états de présence"
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=["en_ligne", "absent", "occupe", "invisible"]), name="presence_etat"
            )
        ]
        indexes = [
            models.Index(fields=["jusqu_a"], name="presence_fin", condition=Q(jusqu_a__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} : {self.etat}"

    def in_force(self, now: datetime | None = None) -> bool:
        """Whether what is chosen still holds."""
        return self.jusqu_a is None or self.jusqu_a > (now or timezone.now())
