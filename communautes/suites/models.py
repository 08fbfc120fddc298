"""What comes out of exchanges: registers of decisions, and tasks."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, ExtractYear, Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.socle.recherche import FrenchVector

DECISION_MAX = 1000
MOTIF_MAX = 500
LIBELLE_MAX = 300
# Where a task without a date stands in a list by date: after all those that have one.
SANS_ECHEANCE = date(9999, 12, 31)


class Registre(models.Model):
    """Where a place without community numbers what is decided there. The app of that place has a table of its own that
    inherits from this one, and says who reads and writes there (`communautes.suites.registres`)."""

    cree_le = models.DateTimeField("ouvert le", auto_now_add=True)

    class Meta:
        verbose_name = "registre"
        verbose_name_plural = "registres"

    def __str__(self) -> str:
        return f"Registre {self.pk}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def with_people(self) -> "DecisionQuerySet":
        return self.select_related("communaute", "registre", "auteur", "confirmee_par", "annulee_par")


class Decision(models.Model):
    """What a community has decided, or is asked to; or what a few agents have, in a register of their own.

    Its number (2026-012) is given when it is confirmed, in that transaction: without a hole for one register and one
    year. A decision is never deleted: cancelled, it stays in the register with its reason.
    """

    class Etat(models.TextChoices):
        PROPOSEE = "proposee", "Proposée"
        CONFIRMEE = "confirmee", "Confirmée"
        ANNULEE = "annulee", "Annulée"

    communaute = models.ForeignKey(
        Communaute, null=True, on_delete=models.CASCADE, related_name="decisions", db_index=False
    )
    # Of no community: nothing is proposed there, who writes decides with the others.
    registre = models.ForeignKey(
        Registre,
        null=True,
        on_delete=models.CASCADE,
        related_name="decisions",
        editable=False,
        db_index=False,
    )
    annee = models.PositiveSmallIntegerField(null=True, editable=False)
    numero = models.PositiveIntegerField("numéro", null=True, editable=False)
    texte = models.TextField("décision", max_length=DECISION_MAX)
    html = models.TextField(editable=False)
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    prise_le = models.DateField("prise le")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.PROPOSEE)
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="decisions")
    cree_le = models.DateTimeField("notée le")
    # Rises by one with each change of the text; whoever edits says which one they started from.
    version = models.PositiveIntegerField(default=1, editable=False)
    modifiee_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", editable=False, db_index=False
    )
    modifiee_le = models.DateTimeField(null=True, editable=False)
    confirmee_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", editable=False, db_index=False
    )
    confirmee_le = models.DateTimeField(null=True, editable=False)
    annulee_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", editable=False, db_index=False
    )
    annulee_le = models.DateTimeField(null=True, editable=False)
    motif_annulation = models.CharField("motif", max_length=MOTIF_MAX, blank=True, default="")
    recherche = models.GeneratedField(
        expression=FrenchVector("texte"), output_field=SearchVectorField(), db_persist=True
    )

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        verbose_name_plural = "décisions"
        indexes = [
            models.Index(fields=["communaute", "-prise_le", "-id"], name="decision_liste"),
            models.Index(fields=["communaute", "etat", "-prise_le", "-id"], name="decision_etat"),
            # One community's words only, whatever the others have written.
            GinIndex(fields=["communaute", "recherche"], name="decision_recherche"),
            models.Index(
                fields=["registre", "-prise_le", "-id"],
                name="decision_registre",
                condition=Q(registre__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["communaute", "annee", "numero"], name="decision_numero"),
            models.UniqueConstraint(
                fields=["registre", "annee", "numero"],
                name="decision_numero_registre",
                condition=Q(registre__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(communaute__isnull=False, registre__isnull=True)
                | (Q(communaute__isnull=True, registre__isnull=False) & ~Q(etat="proposee")),
                name="decision_un_registre",
            ),
            models.CheckConstraint(
                condition=Q(annee__isnull=True, numero__isnull=True)
                | Q(annee__isnull=False, numero__isnull=False, numero__gte=1),
                name="decision_annee_et_numero",
            ),
            models.CheckConstraint(
                condition=Q(annee__isnull=True) | Q(annee=ExtractYear("prise_le")), name="decision_annee"
            ),
            models.CheckConstraint(
                condition=Q(etat="proposee", numero__isnull=True, confirmee_le__isnull=True)
                | Q(etat="confirmee", numero__isnull=False, confirmee_le__isnull=False)
                | Q(etat="annulee"),
                name="decision_numerotee_si_confirmee",
            ),
            models.CheckConstraint(
                condition=(Q(etat="annulee", annulee_le__isnull=False) & ~Q(motif_annulation=""))
                | (~Q(etat="annulee") & Q(annulee_le__isnull=True, motif_annulation="")),
                name="decision_annulee_avec_motif",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("texte"), DECISION_MAX), name="decision_longueur"
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("suites:decision", args=[self.pk])

    @property
    def reference(self) -> str:
        """« 2026-012 »; empty until it is confirmed."""
        return f"{self.annee}-{self.numero:03d}" if self.numero is not None else ""

    @property
    def nom(self) -> str:
        if self.numero is not None:
            return f"Décision n°\u00a0{self.reference}"
        return "Proposition écartée" if self.etat == self.Etat.ANNULEE else "Décision proposée"

    @property
    def confirmee(self) -> bool:
        return self.etat == self.Etat.CONFIRMEE

    @property
    def annulee(self) -> bool:
        return self.etat == self.Etat.ANNULEE

    @property
    def proposee(self) -> bool:
        return self.etat == self.Etat.PROPOSEE


class CompteurDecisions(models.Model):
    """The last number given to a decision of one register in one year: the row whose lock orders the numbers."""

    communaute = models.ForeignKey(
        Communaute, null=True, on_delete=models.CASCADE, related_name="compteurs_decisions", db_index=False
    )
    registre = models.ForeignKey(
        Registre, null=True, on_delete=models.CASCADE, related_name="compteurs", db_index=False
    )
    annee = models.PositiveSmallIntegerField()
    dernier = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["communaute", "annee"], name="compteur_decisions_unique"),
            models.UniqueConstraint(fields=["registre", "annee"], name="compteur_decisions_registre"),
            models.CheckConstraint(
                condition=Q(communaute__isnull=False, registre__isnull=True)
                | Q(communaute__isnull=True, registre__isnull=False),
                name="compteur_decisions_un",
            ),
        ]


class VersionDecision(models.Model):
    """A text that a decision had. Written when it is replaced; the current text is in the decision."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="versions", db_index=False)
    numero = models.PositiveIntegerField("version")
    texte = models.TextField()
    prise_le = models.DateField()
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    cree_le = models.DateTimeField("date")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "numero"], name="version_decision_unique")]


class TacheQuerySet(models.QuerySet["Tache"]):
    def visible_to(self, agent: Agent) -> "TacheQuerySet":
        """Those of the communities that `agent` may read; those of none, for their author and who has them to do."""
        mine = Q(auteur=agent) | Q(responsable=agent)
        return self.filter(
            Q(communaute__in=Communaute.objects.readable_by(agent)) | Q(communaute__isnull=True) & mine
        )

    def open(self) -> "TacheQuerySet":
        """Still to be done: the rows of the indexes on due dates."""
        return self.filter(OUVERTES)

    def with_people(self) -> "TacheQuerySet":
        return self.select_related("communaute", "auteur", "responsable")


OUVERTES = Q(etat__in=["a_faire", "en_cours"])


class Tache(models.Model):
    """Something to be done: by whom and when, where that is known. Its author is who wrote it down."""

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "À faire"
        EN_COURS = "en_cours", "En cours"
        FAITE = "faite", "Faite"
        ABANDONNEE = "abandonnee", "Abandonnée"

    # None: of a conversation between a few, which belongs to no community.
    communaute = models.ForeignKey(
        Communaute,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="taches",
        verbose_name="communauté",
        db_index=False,
    )
    libelle = models.CharField("libellé", max_length=LIBELLE_MAX)
    responsable = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="taches",
        verbose_name="responsable",
        db_index=False,
    )
    echeance = models.DateField("échéance", null=True, blank=True)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.A_FAIRE)
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="taches_ecrites")
    cree_le = models.DateTimeField("notée le")
    faite_le = models.DateTimeField("faite le", null=True, editable=False)
    # Rises by one with each change; whoever edits says which one they started from.
    version = models.PositiveIntegerField(default=1, editable=False)
    # The day of the next reminder, kept with what it depends on; None: nothing to recall.
    prochain_rappel = models.DateField(null=True, editable=False)
    echeance_tri = models.GeneratedField(
        expression=Coalesce(F("echeance"), Value(SANS_ECHEANCE)),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects: ClassVar = TacheQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche"
        verbose_name_plural = "tâches"
        indexes = [
            models.Index(
                fields=["communaute", "echeance_tri", "id"], name="tache_ouvertes", condition=OUVERTES
            ),
            models.Index(fields=["communaute", "etat", "-id"], name="tache_etat"),
            models.Index(
                fields=["responsable", "echeance_tri", "id"], name="tache_a_moi", condition=OUVERTES
            ),
            models.Index(fields=["responsable", "-id"], name="tache_responsable"),
            models.Index(fields=["auteur", "echeance_tri", "id"], name="tache_confiees", condition=OUVERTES),
            models.Index(
                fields=["prochain_rappel", "id"],
                name="tache_a_rappeler",
                condition=Q(prochain_rappel__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat="faite", faite_le__isnull=False)
                | (~Q(etat="faite") & Q(faite_le__isnull=True)),
                name="tache_faite_le",
            ),
            models.CheckConstraint(
                condition=Q(prochain_rappel__isnull=True) | (OUVERTES & Q(echeance__isnull=False)),
                name="tache_rappel_si_ouverte",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle

    def get_absolute_url(self) -> str:
        return reverse("suites:tache", args=[self.pk])

    @property
    def fil(self) -> str:
        """The conversation of what is told of it."""
        return f"tache.{self.pk}"

    @property
    def ouverte(self) -> bool:
        return self.etat in (self.Etat.A_FAIRE, self.Etat.EN_COURS)

    @property
    def en_retard(self) -> bool:
        return self.ouverte and self.echeance is not None and self.echeance < timezone.localdate()
