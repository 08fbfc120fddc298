"""How much a person takes on."""

from django.conf import settings
from django.db import models
from django.db.models import Q

LIMITE_MAX = 50


class Capacite(models.Model):
    """What somebody chose. Without a row: no limit of their own, and calls reach them. Null: no limit.

    `ouvertes`: sollicitations in hand or to be, at once. `par_mois`: those received over thirty days running.
    """

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="capacite"
    )
    ouvertes = models.PositiveSmallIntegerField("en cours à la fois", null=True, blank=True)
    par_mois = models.PositiveSmallIntegerField("reçues en trente jours", null=True, blank=True)
    appels = models.BooleanField("recevoir les appels", default=True)
    montre_aides = models.BooleanField("montrer combien j’en ai traité", default=True, db_default=True)

    class Meta:
        verbose_name = "capacité"
        verbose_name_plural = "capacités"
        constraints = [
            models.CheckConstraint(
                condition=Q(ouvertes__isnull=True) | Q(ouvertes__range=(1, LIMITE_MAX)),
                name="capacite_ouvertes",
            ),
            models.CheckConstraint(
                condition=Q(par_mois__isnull=True) | Q(par_mois__range=(1, LIMITE_MAX)),
                name="capacite_par_mois",
            ),
        ]

    def __str__(self) -> str:
        return f"Capacité {self.pk}"
