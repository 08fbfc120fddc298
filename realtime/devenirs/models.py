"""What lines of salons have become."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from communautes.suites.models import Decision, Registre, Tache
from forum.models import Sujet
from realtime.models import MessageSalon, Salon
from realtime.seances.models import SuiteReunion


class RegistreSalon(Registre):
    """The register of a salon of a few agents, or of two; opened with its first decision, gone with the salon.

    A salon of a community has that of its community, and a meeting's chat the meeting: a trigger holds it (migration
    0002), and that what is made of a line is in the register of its salon.
    """

    salon = models.OneToOneField(Salon, on_delete=models.CASCADE, related_name="registre")

    objects: ClassVar[models.Manager["RegistreSalon"]] = models.Manager()

    class Meta:
        verbose_name = "registre d’un salon"
        verbose_name_plural = "registres de salons"


class DevenirLigne(models.Model):
    """A sujet, a decision or a task made of a line of a salon. `suite`: what is noted in a meeting, which no register has
    yet, or never will.

    It outlives the line: once that is no longer kept, `message` is null, and `numero` what is left of it.
    """

    class Genre(models.TextChoices):
        SUJET = "sujet", "Sujet"
        DECISION = "decision", "Décision"
        TACHE = "tache", "Tâche"

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="devenirs")
    message = models.ForeignKey(MessageSalon, null=True, on_delete=models.SET_NULL, related_name="devenirs")
    numero = models.PositiveIntegerField("numéro du message")
    genre = models.CharField(max_length=8, choices=Genre)
    sujet = models.OneToOneField(Sujet, null=True, on_delete=models.CASCADE, related_name="devenir_de")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.CASCADE, related_name="devenir_de")
    tache = models.OneToOneField(Tache, null=True, on_delete=models.CASCADE, related_name="devenir_de")
    suite = models.OneToOneField(SuiteReunion, null=True, on_delete=models.CASCADE, related_name="devenir_de")
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    cree_le = models.DateTimeField("depuis le", auto_now_add=True)

    objects: ClassVar[models.Manager["DevenirLigne"]] = models.Manager()

    class Meta:
        verbose_name = "devenir d’un message de salon"
        verbose_name_plural = "devenirs des messages de salons"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    genre="sujet",
                    sujet__isnull=False,
                    decision__isnull=True,
                    tache__isnull=True,
                    suite__isnull=True,
                )
                | Q(
                    genre="decision",
                    sujet__isnull=True,
                    tache__isnull=True,
                    decision__isnull=False,
                    suite__isnull=True,
                )
                | Q(
                    genre="decision",
                    sujet__isnull=True,
                    tache__isnull=True,
                    decision__isnull=True,
                    suite__isnull=False,
                )
                | Q(
                    genre="tache",
                    sujet__isnull=True,
                    decision__isnull=True,
                    tache__isnull=False,
                    suite__isnull=True,
                )
                | Q(
                    genre="tache",
                    sujet__isnull=True,
                    decision__isnull=True,
                    tache__isnull=True,
                    suite__isnull=False,
                ),
                name="devenir_ligne_un_seul",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.salon_id} nº {self.numero} → {self.get_genre_display()}"
