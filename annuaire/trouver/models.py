"""What people look for again and again."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from annuaire.trouver.criteres import Criteres, parse

NOM_MAX = 80


class RechercheEnregistree(models.Model):
    """A search that somebody keeps, and is told of when somebody new answers it.

    `criteres` are the parameters of its address (`Criteres.address`), `empreinte` what tells two of them apart.
    `connus`: ids of the people already found, who are not told again; nobody else reads them.
    """

    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recherches_enregistrees"
    )
    nom = models.CharField("nom", max_length=NOM_MAX)
    criteres = models.TextField(editable=False)
    empreinte = models.CharField(max_length=64, editable=False)
    prevenir = models.BooleanField("notifications", default=True)
    connus = ArrayField(models.BigIntegerField(), default=list, editable=False)
    cree_le = models.DateTimeField("enregistrée le", auto_now_add=True)
    verifiee_le = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "empreinte"], name="recherche_enregistree_unique"),
            models.CheckConstraint(condition=~models.Q(nom=""), name="recherche_enregistree_nom"),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def parsed(self) -> Criteres:
        return parse(self.criteres)
