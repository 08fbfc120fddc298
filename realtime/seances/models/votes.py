"""Votes of a meeting: what is asked, who may answer, and what was answered.

An open vote keeps who chose what. A secret one keeps who has voted, and apart from that only totals: no row, no date,
no order says who chose what. All the totals are written again at each vote, so that not even the database's own marks
of the last transaction say which one rose.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annuaire.models import Agent, Service
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.models.seances import Seance

QUESTION_MAX, CHOIX_MAX, CHOIX_NOMBRE_MAX = 300, 120, 12
POIDS_MAX = 100


class Scrutin(models.Model):
    """A question put to the vote. The electors are those of the moment when it is opened."""

    class Etat(models.TextChoices):
        PREPARE = "prepare", "En préparation"
        OUVERT = "ouvert", "Vote ouvert"
        CLOS = "clos", "Vote clos"
        ABANDONNE = "abandonne", "Vote abandonné"

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="scrutins")
    point = models.ForeignKey(PointOrdreDuJour, null=True, on_delete=models.CASCADE, related_name="+")
    question = models.CharField("question", max_length=QUESTION_MAX)
    etat = models.CharField("état", max_length=9, choices=Etat, default=Etat.PREPARE)
    secret = models.BooleanField("vote secret", default=False)
    multiple = models.BooleanField("plusieurs choix possibles", default=False)
    # One voice for each service, or as many as it weighs (`PoidsService`), shared between those of its agents who vote.
    par_service = models.BooleanField("une voix par service", default=False)
    modifiable = models.BooleanField("chacun peut changer son vote jusqu’à la clôture", default=False)
    # Percents of the electors who must have voted, abstentions included; by service, of the voices of the services.
    quorum = models.PositiveSmallIntegerField("quorum (% des personnes appelées à voter)", default=0)
    # Of a secret vote; those of an open one are counted from the ballots.
    abstentions = models.PositiveIntegerField(default=0, editable=False)
    ouvert_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField()
    ouvert_le = models.DateTimeField(null=True)
    clos_le = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Scrutin"]] = models.Manager()

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ["pk"]
        constraints = [
            # A secret ballot is nobody's: it can be neither changed, nor counted with a service of one person.
            models.CheckConstraint(
                condition=Q(secret=False) | Q(modifiable=False, par_service=False), name="scrutin_secret"
            ),
            models.CheckConstraint(condition=Q(secret=True) | Q(abstentions=0), name="scrutin_abstentions"),
            models.CheckConstraint(condition=Q(quorum__range=(0, 100)), name="scrutin_quorum"),
            models.CheckConstraint(
                condition=Q(etat="prepare", ouvert_le__isnull=True, clos_le__isnull=True)
                | Q(etat="ouvert", ouvert_le__isnull=False, clos_le__isnull=True)
                | Q(etat="clos", ouvert_le__isnull=False, clos_le__isnull=False)
                | Q(etat="abandonne", clos_le__isnull=False),
                name="scrutin_etat",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def ouvert(self) -> bool:
        return self.etat == self.Etat.OUVERT

    @property
    def clos(self) -> bool:
        return self.etat == self.Etat.CLOS


class Choix(models.Model):
    """One of the answers. `voix`: of a secret vote only."""

    scrutin = models.ForeignKey(Scrutin, on_delete=models.CASCADE, related_name="choix")
    rang = models.PositiveSmallIntegerField()
    libelle = models.CharField("réponse", max_length=CHOIX_MAX)
    voix = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager["Choix"]] = models.Manager()

    class Meta:
        verbose_name = "réponse possible"
        verbose_name_plural = "réponses possibles"
        ordering = ["rang"]
        constraints = [models.UniqueConstraint(fields=["scrutin", "rang"], name="choix_rang")]

    def __str__(self) -> str:
        return self.libelle


class PoidsService(models.Model):
    """How many voices a service has in a vote by service. Without a row: one."""

    scrutin = models.ForeignKey(Scrutin, on_delete=models.CASCADE, related_name="poids")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    poids = models.PositiveSmallIntegerField()

    objects: ClassVar[models.Manager["PoidsService"]] = models.Manager()

    class Meta:
        verbose_name = "poids d’un service"
        verbose_name_plural = "poids des services"
        constraints = [
            models.UniqueConstraint(fields=["scrutin", "service"], name="poids_service_unique"),
            models.CheckConstraint(condition=Q(poids__range=(1, POIDS_MAX)), name="poids_service_bornes"),
        ]


class Electeur(models.Model):
    """Somebody called to vote, and whether they did: one row a person is what makes one ballot a person.

    `choix`: the ranks of what they chose, of an open vote; empty for an abstention. Of a secret one, always null.
    """

    scrutin = models.ForeignKey(Scrutin, on_delete=models.CASCADE, related_name="electeurs")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    # Their service when the vote was opened: people move, results do not.
    service = models.ForeignKey(Service, null=True, on_delete=models.SET_NULL, related_name="+")
    secret = models.BooleanField()
    a_vote = models.BooleanField(default=False)
    choix = ArrayField(models.PositiveSmallIntegerField(), null=True, size=CHOIX_NOMBRE_MAX)

    objects: ClassVar[models.Manager["Electeur"]] = models.Manager()

    class Meta:
        verbose_name = "personne appelée à voter"
        verbose_name_plural = "personnes appelées à voter"
        constraints = [
            models.UniqueConstraint(fields=["scrutin", "agent"], name="electeur_unique"),
            models.CheckConstraint(
                condition=Q(secret=True, choix__isnull=True)
                | Q(secret=False, a_vote=False, choix__isnull=True)
                | Q(secret=False, a_vote=True, choix__isnull=False),
                name="electeur_secret",
            ),
        ]
