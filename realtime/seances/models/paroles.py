"""Who speaks, who cannot hear, who was there."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from annuaire.models import Agent
from realtime.reunions.models import Participant, PointOrdreDuJour
from realtime.seances.models.seances import Seance

AIDE_MAX = 200
ORGANISATION_MAX = 120


class TourDeParole(models.Model):
    """A hand raised, then what became of it."""

    class Etat(models.TextChoices):
        DEMANDE = "demande", "Main levée"
        EN_COURS = "en_cours", "A la parole"
        FINI = "fini", "A parlé"
        RETIRE = "retire", "Main baissée"

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="tours")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    point = models.ForeignKey(PointOrdreDuJour, null=True, on_delete=models.CASCADE, related_name="+")
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.DEMANDE)
    demande_le = models.DateTimeField()
    debut = models.DateTimeField(null=True)
    fin = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["TourDeParole"]] = models.Manager()

    class Meta:
        verbose_name = "tour de parole"
        verbose_name_plural = "tours de parole"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "agent"], condition=Q(etat="demande"), name="tour_une_main"
            ),
            models.UniqueConstraint(fields=["seance"], condition=Q(etat="en_cours"), name="tour_une_parole"),
            models.CheckConstraint(
                condition=Q(etat__in=["demande", "retire"], debut__isnull=True, fin__isnull=True)
                | Q(etat="en_cours", debut__isnull=False, fin__isnull=True)
                | Q(etat="fini", debut__isnull=False, fin__gte=F("debut")),
                name="tour_dates",
            ),
        ]


class Aide(models.Model):
    """« Je suis à distance et je n’entends rien » : said to those who run the meeting, until it is answered."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="aides")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    texte = models.CharField("ce qui ne va pas", max_length=AIDE_MAX)
    cree_le = models.DateTimeField()
    reponse = models.CharField("réponse", max_length=AIDE_MAX, blank=True)
    repondu_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    close_le = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Aide"]] = models.Manager()

    class Meta:
        verbose_name = "appel à l’aide"
        verbose_name_plural = "appels à l’aide"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "agent"], condition=Q(close_le__isnull=True), name="aide_une_a_la_fois"
            )
        ]


class Assistance(models.Model):
    """Whether somebody attends: from their presence on the page, then as it was corrected by hand.

    An agent, invited or not; or somebody outside, who has no page and is noted by hand.
    """

    class Correction(models.TextChoices):
        PRESENT = "present", "Présent ou présente"
        EXCUSE = "excuse", "Absence excusée"
        ABSENT = "absent", "Absence"

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="assistances")
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    exterieur = models.ForeignKey(Participant, null=True, on_delete=models.CASCADE, related_name="+")
    # Of somebody outside: whom they come for, as the minutes say it.
    organisation = models.CharField(
        "organisation", max_length=ORGANISATION_MAX, blank=True, default="", db_default=""
    )
    arrivee_le = models.DateTimeField(null=True)
    vu_le = models.DateTimeField(null=True)
    correction = models.CharField(max_length=7, choices=Correction, blank=True)
    corrige_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[models.Manager["Assistance"]] = models.Manager()

    class Meta:
        verbose_name = "présence"
        verbose_name_plural = "présences"
        constraints = [
            models.UniqueConstraint(fields=["seance", "agent"], name="assistance_agent"),
            models.UniqueConstraint(fields=["seance", "exterieur"], name="assistance_exterieur"),
            models.CheckConstraint(
                condition=Q(agent__isnull=False, exterieur__isnull=True)
                | Q(agent__isnull=True, exterieur__isnull=False),
                name="assistance_une_personne",
            ),
            models.CheckConstraint(
                condition=Q(arrivee_le__isnull=True, vu_le__isnull=True) | Q(vu_le__gte=F("arrivee_le")),
                name="assistance_dates",
            ),
        ]
