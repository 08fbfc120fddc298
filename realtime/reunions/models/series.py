"""Meetings that come again."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.models import Salon
from realtime.reunions.models.commun import Rendezvous, new_uid, rendezvous_constraints

NOMBRE_MAX = 200


class Serie(Rendezvous):
    """The rhythm of meetings that come again; each of them is a `Reunion`, made by the worker when it comes near.

    A subset of RFC 5545's rules: each week or fortnight on some weekdays, or each month on the first, second,
    third, fourth or last of a weekday; until a day, or so many times.
    """

    class Frequence(models.TextChoices):
        HEBDOMADAIRE = "hebdo", "Chaque semaine"
        QUINZAINE = "quinzaine", "Toutes les deux semaines"
        MENSUELLE = "mensuelle", "Chaque mois"

    class Rang(models.IntegerChoices):
        PREMIER = 1, "premier"
        DEUXIEME = 2, "deuxième"
        TROISIEME = 3, "troisième"
        QUATRIEME = 4, "quatrième"
        DERNIER = -1, "dernier"

    communaute = models.ForeignKey(Communaute, null=True, on_delete=models.CASCADE, related_name="series")
    salon = models.ForeignKey(Salon, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    organisateur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=120, unique=True, default=new_uid, editable=False)
    # The first one. The others have its time of the day in `fuseau`, whatever the season.
    debut = models.DateTimeField("première réunion")
    frequence = models.CharField("rythme", max_length=9, choices=Frequence)
    # Monday is 0. One only when monthly.
    jours = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jours", size=7)
    rang = models.SmallIntegerField("semaine du mois", choices=Rang, null=True, blank=True)
    jusqu_au = models.DateField("jusqu’au", null=True, blank=True)
    nombre = models.PositiveSmallIntegerField("nombre de réunions", null=True, blank=True)
    # Occurrences that will never be: taken out one by one.
    exceptions = ArrayField(models.DateTimeField(), default=list, blank=True, editable=False)
    arretee_le = models.DateTimeField(null=True, blank=True, editable=False)
    # Occurrences that start before are made already.
    preparee_jusqu_au = models.DateTimeField(null=True, editable=False)
    cree_le = models.DateTimeField("création", auto_now_add=True)

    objects: ClassVar[models.Manager["Serie"]] = models.Manager()

    class Meta:
        verbose_name = "série de réunions"
        verbose_name_plural = "séries de réunions"
        indexes = [
            models.Index(
                fields=["preparee_jusqu_au"], name="serie_a_preparer", condition=Q(arretee_le__isnull=True)
            ),
        ]
        constraints = [
            *rendezvous_constraints("serie"),
            models.CheckConstraint(
                condition=Q(jours__len__range=(1, 7), jours__contained_by=list(range(7))), name="serie_jours"
            ),
            models.CheckConstraint(
                condition=(Q(frequence="mensuelle", rang__in=[1, 2, 3, 4, -1], jours__len=1))
                | (~Q(frequence="mensuelle") & Q(rang__isnull=True)),
                name="serie_rang",
            ),
            models.CheckConstraint(
                condition=(Q(jusqu_au__isnull=True) | Q(nombre__isnull=True))
                & (Q(nombre__isnull=True) | Q(nombre__range=(2, NOMBRE_MAX))),
                name="serie_fin",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("reunions:serie", args=[self.pk])
