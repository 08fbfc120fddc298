"""What a person says of themselves beyond who and where they are."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from annuaire.models import Territoire
from annuaire.profils.langues import LANGUES, names_of


class Aide(models.TextChoices):
    """What somebody offers their colleagues."""

    AVIS = "avis", "Donner un avis"
    RELECTURE = "relecture", "Relire un document"
    FORMATION = "formation", "Former, transmettre"
    VISITE = "visite", "Venir sur place"


class Profil(models.Model):
    """The rest of a person's page. Without a row, nothing of it was said yet.

    `biographie_html` is `Agent.biographie` rendered. The days worked are those of `notifications.Reglage`:
    `montre_jours` says whether colleagues see them.
    """

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="profil"
    )
    langues = ArrayField(models.CharField(max_length=8), verbose_name="langues parlées", default=list)
    territoires = models.ManyToManyField(
        Territoire, verbose_name="territoires couverts", related_name="+", blank=True
    )
    montre_jours = models.BooleanField("montrer mes jours de travail", default=False)
    aides = ArrayField(
        models.CharField(max_length=10, choices=Aide), verbose_name="ce que je propose", default=list
    )
    biographie_html = models.TextField(blank=True, default="", editable=False)

    class Meta:
        verbose_name = "profil"
        verbose_name_plural = "profils"
        constraints = [
            models.CheckConstraint(condition=Q(langues__contained_by=list(LANGUES)), name="profil_langues"),
            models.CheckConstraint(condition=Q(aides__contained_by=Aide.values), name="profil_aides"),
        ]

    def __str__(self) -> str:
        return f"Profil {self.pk}"

    @property
    def noms_langues(self) -> list[str]:
        return names_of(self.langues)

    @property
    def noms_aides(self) -> list[str]:
        return [Aide(aide).label for aide in Aide.values if aide in self.aides]


class Mission(models.Model):
    """A mission held or a case handled, in a line: what one may ask about."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="missions")
    titre = models.CharField("mission ou dossier", max_length=160)
    debut = models.PositiveSmallIntegerField("année, ou première année")
    fin = models.PositiveSmallIntegerField("dernière année", null=True, blank=True)
    precision = models.CharField("précision", max_length=300, blank=True)

    class Meta:
        verbose_name = "mission ou dossier"
        verbose_name_plural = "missions et dossiers"
        ordering = ["-debut", "titre", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(debut__range=(1970, 2100)), name="mission_debut"),
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut"), fin__lte=2100), name="mission_fin"
            ),
            models.CheckConstraint(condition=~Q(titre=""), name="mission_titre"),
        ]

    def __str__(self) -> str:
        return self.titre
