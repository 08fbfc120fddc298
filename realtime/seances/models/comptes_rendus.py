"""The minutes of a meeting: written, validated under a number, then corrected only in the open."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from communautes.models import Communaute
from forum.models import Message
from realtime.reunions.models import Participant
from realtime.seances.models.seances import Seance

MOTIF_MAX = 500
NOM_MAX = 120


class CompteRendu(models.Model):
    """The minutes of one meeting, as they are being written or as they hold.

    Its number (2026-012) is given when it is first validated, in that transaction: without a hole for one community
    and one year; a meeting between a few has none. Validated, its text is that of the last `EditionCompteRendu`; to
    correct it is to prepare the next edition (`edition`, with its `motif`), which the former ones outlive.
    """

    class Etat(models.TextChoices):
        BROUILLON = "brouillon", "En cours de rédaction"
        SOUMIS = "soumis", "À valider"
        VALIDE = "valide", "Validé"

    seance = models.OneToOneField(
        Seance, primary_key=True, on_delete=models.CASCADE, related_name="compte_rendu"
    )
    # That of the meeting, kept here for the number to be unique.
    communaute = models.ForeignKey(
        Communaute, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    annee = models.PositiveSmallIntegerField(null=True, editable=False)
    numero = models.PositiveIntegerField("numéro", null=True, editable=False)
    etat = models.CharField("état", max_length=9, choices=Etat, default=Etat.BROUILLON)
    edition = models.PositiveSmallIntegerField(default=0, editable=False)
    motif = models.CharField("motif du rectificatif", max_length=MOTIF_MAX, blank=True, default="")
    texte = models.TextField("texte")
    html = models.TextField(editable=False)
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    # What the meeting gave when the text was last composed of it: what was typed since is the difference.
    compose = models.TextField(editable=False)
    # Rises by one with each text; whoever edits says which one they started from.
    version = models.PositiveIntegerField(default=1, editable=False)
    modifie_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    modifie_le = models.DateTimeField()

    objects: ClassVar[models.Manager["CompteRendu"]] = models.Manager()

    class Meta:
        verbose_name = "compte rendu"
        verbose_name_plural = "comptes rendus"
        constraints = [
            models.UniqueConstraint(fields=["communaute", "annee", "numero"], name="compte_rendu_numero"),
            models.CheckConstraint(
                condition=Q(annee__isnull=True, numero__isnull=True)
                | Q(communaute__isnull=False, annee__isnull=False, numero__gte=1),
                name="compte_rendu_annee_et_numero",
            ),
            models.CheckConstraint(
                condition=Q(communaute__isnull=True)
                | Q(numero__isnull=False)
                | (~Q(etat="valide") & Q(edition=0)),
                name="compte_rendu_numerote_si_valide",
            ),
            models.CheckConstraint(
                condition=Q(edition=0, motif="") | (Q(edition__gte=1) & ~Q(motif="")),
                name="compte_rendu_motif",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def valide(self) -> bool:
        return self.etat == self.Etat.VALIDE

    @property
    def reference(self) -> str:
        """« 2026-012 »; empty until it is validated, and for a meeting without community."""
        return f"{self.annee}-{self.numero:03d}" if self.numero is not None else ""

    @property
    def nom(self) -> str:
        return f"CR\u00a0{self.reference}" if self.reference else "Compte rendu"


class CompteurComptesRendus(models.Model):
    """The last number given to minutes of one community in one year: the row whose lock orders the numbers."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="+", db_index=False)
    annee = models.PositiveSmallIntegerField()
    dernier = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["communaute", "annee"], name="compteur_comptes_rendus_unique")
        ]


class EditionCompteRendu(models.Model):
    """Minutes as they were validated: what they say is never changed. `rang` 0 is the first, then come those that correct it.

    `entete`: the meeting as it was then, who attended among others (`comptes_rendus.Entete`).
    """

    compte_rendu = models.ForeignKey(CompteRendu, on_delete=models.CASCADE, related_name="editions")
    rang = models.PositiveSmallIntegerField()
    motif = models.CharField(max_length=MOTIF_MAX, blank=True, default="")
    texte = models.TextField()
    html = models.TextField()
    version_rendu = models.PositiveSmallIntegerField()
    entete = models.JSONField()
    validee_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    validee_le = models.DateTimeField()
    # Whether those invited without an account are sent it: who validates says so.
    aux_exterieurs = models.BooleanField(default=False, db_default=False, editable=False)
    # What the community was told it by: the first message of the sujet, or one that says that it was corrected.
    message = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="edition_compte_rendu"
    )

    objects: ClassVar[models.Manager["EditionCompteRendu"]] = models.Manager()

    class Meta:
        verbose_name = "édition d’un compte rendu"
        verbose_name_plural = "éditions d’un compte rendu"
        ordering = ["rang"]
        constraints = [
            models.UniqueConstraint(fields=["compte_rendu", "rang"], name="edition_rang"),
            models.CheckConstraint(
                condition=Q(rang=0, motif="") | (Q(rang__gte=1) & ~Q(motif="")), name="edition_motif"
            ),
        ]

    @property
    def nom(self) -> str:
        return f"Rectificatif n°\u00a0{self.rang}" if self.rang else "Compte rendu"


class EnvoiCompteRendu(models.Model):
    """Minutes sent to somebody without an account: the row, written with the sending, is what makes it happen once."""

    edition = models.ForeignKey(
        EditionCompteRendu, on_delete=models.CASCADE, related_name="envois", db_index=False
    )
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    cree_le = models.DateTimeField("date", auto_now_add=True)

    objects: ClassVar[models.Manager["EnvoiCompteRendu"]] = models.Manager()

    class Meta:
        verbose_name = "envoi d’un compte rendu"
        verbose_name_plural = "envois d’un compte rendu"
        constraints = [
            models.UniqueConstraint(fields=["edition", "participant"], name="envoi_compte_rendu_une_fois")
        ]


class VersionCompteRendu(models.Model):
    """A text that the minutes had while they were written; the current one too."""

    compte_rendu = models.ForeignKey(CompteRendu, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField()
    texte = models.TextField()
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField()

    objects: ClassVar[models.Manager["VersionCompteRendu"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compte_rendu", "numero"], name="version_compte_rendu_unique")
        ]
