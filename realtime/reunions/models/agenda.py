"""Meetings in people's own calendars, and when they want to hear of them."""

from typing import ClassVar

from django.db import models

from annuaire.models import Agent
from realtime.reunions.models.reunions import Reunion


class CleAgenda(models.Model):
    """The personal key in the address of one's calendar; only its SHA-256 is kept. One per person."""

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="+")
    empreinte = models.CharField(max_length=64, unique=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    utilisee_le = models.DateTimeField(null=True, blank=True)


class PreferenceReunions(models.Model):
    """How one person wants to hear of meetings. Without a row: everything."""

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="+")
    invitations = models.BooleanField("recevoir les invitations par courriel", default=True)
    rappel_veille = models.BooleanField("me rappeler mes réunions la veille", default=True)
    rappel_quart = models.BooleanField("me rappeler mes réunions 15 minutes avant", default=True)


class Changement(models.Model):
    """What changed in a meeting, in words: shown on its page, and to each person since what their calendar holds."""

    reunion = models.ForeignKey(Reunion, on_delete=models.CASCADE, related_name="changements")
    sequence = models.PositiveIntegerField()
    dit = models.CharField("changement", max_length=600)
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "changement"
        verbose_name_plural = "changements"
        ordering = ["-sequence"]
        constraints = [models.UniqueConstraint(fields=["reunion", "sequence"], name="changement_sequence")]

    def __str__(self) -> str:
        return self.dit


class Rappel(models.Model):
    """A meeting was recalled to those invited: the row, written in the same transaction, is what makes it happen once.

    A meeting that is moved is recalled again: `debut` is the start that was told.
    """

    class Genre(models.TextChoices):
        VEILLE = "veille", "La veille"
        QUART = "quart", "15 minutes avant"

    reunion = models.ForeignKey(Reunion, on_delete=models.CASCADE, related_name="+")
    genre = models.CharField(max_length=6, choices=Genre)
    debut = models.DateTimeField()
    cree_le = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Rappel"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reunion", "genre", "debut"], name="rappel_une_fois")]
