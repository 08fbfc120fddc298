"""« Quand se voit-on ? »: slots that are proposed to some people, what each can do, and the meeting that comes of it."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from realtime.models import Salon
from realtime.reunions.models.commun import Rendezvous, rendezvous_constraints
from realtime.reunions.models.convives import Convive, ConviveQuerySet, convive_constraints
from realtime.reunions.models.reunions import Reunion


class SondageDates(Rendezvous):
    """A meeting whose date is looked for. `sequence` grows with each thing that those outside are to be written."""

    class Etat(models.TextChoices):
        OUVERT = "ouvert", "En cours"
        RETENU = "retenu", "Date retenue"
        ANNULE = "annule", "Annulé"

    communaute = models.ForeignKey(
        Communaute, null=True, blank=True, on_delete=models.CASCADE, related_name="sondages_dates"
    )
    salon = models.ForeignKey(Salon, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    organisateur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    precisions = models.CharField("précisions", max_length=1000, blank=True)
    etat = models.CharField("état", max_length=7, choices=Etat, default=Etat.OUVERT, db_default=Etat.OUVERT)
    cloture_le = models.DateTimeField("réponses jusqu’au", null=True, blank=True)
    fini_le = models.DateTimeField(null=True, blank=True, editable=False)
    # When those who had not answered were last reminded, and whether the end was told to who organises.
    relance_le = models.DateTimeField(null=True, blank=True, editable=False)
    cloture_dite = models.BooleanField(default=False, db_default=False, editable=False)
    # What it became.
    reunion = models.OneToOneField(
        Reunion, null=True, blank=True, on_delete=models.SET_NULL, related_name="sondage_dates"
    )
    cree_le = models.DateTimeField("création", auto_now_add=True)

    objects: ClassVar[models.Manager["SondageDates"]] = models.Manager()

    class Meta:
        verbose_name = "sondage de dates"
        verbose_name_plural = "sondages de dates"
        indexes = [
            models.Index(fields=["cloture_le"], name="sondage_dates_ouverts", condition=Q(etat="ouvert")),
        ]
        constraints = [
            *rendezvous_constraints("sondage_dates"),
            models.CheckConstraint(
                condition=Q(etat="ouvert", fini_le__isnull=True)
                | (~Q(etat="ouvert") & Q(fini_le__isnull=False)),
                name="sondage_dates_fini",
            ),
            models.CheckConstraint(
                condition=Q(reunion__isnull=True) | Q(etat="retenu"), name="sondage_dates_reunion"
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("reunions:sondage", args=[self.pk])

    @property
    def ouvert(self) -> bool:
        """Whether a date is still looked for, answers being taken or not."""
        return self.etat == self.Etat.OUVERT

    def takes_answers(self, now: datetime | None = None) -> bool:
        """Whether it may be answered: looked for, and its closing date, if it has one, is to come."""
        return self.ouvert and (self.cloture_le is None or self.cloture_le > (now or timezone.now()))


class Creneau(models.Model):
    """A moment that is proposed."""

    sondage = models.ForeignKey(SondageDates, on_delete=models.CASCADE, related_name="creneaux")
    debut = models.DateTimeField("début")
    retenu = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar[models.Manager["Creneau"]] = models.Manager()

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ["debut"]
        constraints = [
            models.UniqueConstraint(fields=["sondage", "debut"], name="creneau_une_fois"),
            # One date is chosen, whoever chooses at the same time.
            models.UniqueConstraint(fields=["sondage"], condition=Q(retenu=True), name="creneau_un_retenu"),
        ]

    def __str__(self) -> str:
        return f"{self.sondage} – {self.debut:%d/%m/%Y %H:%M}"


class Sonde(Convive):
    """Somebody asked when they can. Of what a `Convive` has, `reponse` says nothing here: `Disponibilite` does."""

    sondage = models.ForeignKey(SondageDates, on_delete=models.CASCADE, related_name="sondes")

    objects: ClassVar = ConviveQuerySet.as_manager()

    class Meta:
        verbose_name = "personne sondée"
        verbose_name_plural = "personnes sondées"
        indexes = [models.Index(fields=["agent", "sondage"], name="sonde_agent")]
        constraints = convive_constraints("sonde", "sondage")

    def __str__(self) -> str:
        return f"{self.nom_complet} – {self.sondage}"


class Disponibilite(models.Model):
    """What one person can do at one moment."""

    class Choix(models.TextChoices):
        OUI = "oui", "Oui"
        SI_BESOIN = "si_besoin", "Si nécessaire"
        NON = "non", "Non"

    sonde = models.ForeignKey(Sonde, on_delete=models.CASCADE, related_name="disponibilites")
    creneau = models.ForeignKey(Creneau, on_delete=models.CASCADE, related_name="disponibilites")
    choix = models.CharField(max_length=9, choices=Choix)

    objects: ClassVar[models.Manager["Disponibilite"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sonde", "creneau"], name="disponibilite_une_fois"),
            models.CheckConstraint(
                condition=Q(choix__in=["oui", "si_besoin", "non"]), name="disponibilite_choix"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sonde} : {self.get_choix_display()}"
