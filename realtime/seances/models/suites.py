"""What a meeting decides, and what is to be done after it: rows of the register, linked to the meeting and the point."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from communautes.suites.models import DECISION_MAX, LIBELLE_MAX, Decision, Tache
from realtime.reunions.models import PointOrdreDuJour
from realtime.seances.models.seances import Seance


class SuiteReunion(models.Model):
    """A decision, or an action, noted in a meeting.

    A decision is in the register from the start, proposed until it is confirmed there; that of a meeting between a few,
    which has no register, is in `texte` here, for those who may open the meeting. An action is only words until it is
    confirmed: then it is a task, which its owner is told of.
    """

    class Etat(models.TextChoices):
        PROPOSEE = "proposee", "Proposée"
        CONFIRMEE = "confirmee", "Confirmée"
        ECARTEE = "ecartee", "Écartée"

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="suites")
    point = models.ForeignKey(PointOrdreDuJour, null=True, on_delete=models.CASCADE, related_name="+")
    decision = models.OneToOneField(
        Decision, null=True, on_delete=models.CASCADE, related_name="suite_reunion"
    )
    tache = models.OneToOneField(Tache, null=True, on_delete=models.SET_NULL, related_name="suite_reunion")
    # Of a decision without register.
    texte = models.TextField("décision", max_length=DECISION_MAX, blank=True, default="", db_default="")
    html = models.TextField(editable=False, blank=True, default="", db_default="")
    version_rendu = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Of an action.
    libelle = models.CharField("action", max_length=LIBELLE_MAX, blank=True)
    responsable = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    echeance = models.DateField("échéance", null=True)
    etat = models.CharField("état", max_length=9, choices=Etat, default=Etat.PROPOSEE)
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField()

    objects: ClassVar[models.Manager["SuiteReunion"]] = models.Manager()

    class Meta:
        verbose_name = "suite d’une réunion"
        verbose_name_plural = "suites d’une réunion"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    decision__isnull=False, tache__isnull=True, libelle="", echeance__isnull=True, texte=""
                )
                | (
                    Q(decision__isnull=True, tache__isnull=True, libelle="", echeance__isnull=True)
                    & ~Q(texte="")
                )
                | (Q(decision__isnull=True, texte="") & ~Q(libelle="")),
                name="suite_reunion_genre",
            ),
            models.CheckConstraint(
                condition=Q(tache__isnull=True) | Q(etat="confirmee"), name="suite_reunion_tache"
            ),
        ]

    @property
    def est_decision(self) -> bool:
        return self.decision_id is not None or bool(self.texte)

    @property
    def decidee(self) -> bool:
        """Whether a decision is confirmed, wherever it is kept."""
        return self.decision.confirmee if self.decision is not None else self.etat == self.Etat.CONFIRMEE

    @property
    def nom_decision(self) -> str:
        if self.decision is not None:
            return self.decision.nom
        return "Décision" if self.decidee else "Décision proposée"

    @property
    def texte_decision(self) -> str:
        return self.decision.texte if self.decision is not None else self.texte

    @property
    def html_decision(self) -> str:
        return self.decision.html if self.decision is not None else self.html


class ActionReportee(models.Model):
    """A task of an earlier meeting that was still to be done when this one was opened: followed here."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="reports")
    tache = models.ForeignKey(Tache, on_delete=models.CASCADE, related_name="reports")

    objects: ClassVar[models.Manager["ActionReportee"]] = models.Manager()

    class Meta:
        verbose_name = "action reportée"
        verbose_name_plural = "actions reportées"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["seance", "tache"], name="action_reportee_une_fois")]
