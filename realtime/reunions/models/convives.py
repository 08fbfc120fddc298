"""Who is invited to a meeting, or to all those of a series."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from annuaire.models import Agent


class ConviveQuerySet(models.QuerySet[Any]):
    def present(self) -> "ConviveQuerySet":
        """Those who are invited now: an invitation withdrawn is kept until the person's calendar knows of it."""
        return self.filter(retire_le__isnull=True)


class Convive(models.Model):
    """Somebody invited: an agent, or for labs a person outside known by an e-mail address.

    `envoyee` is the `sequence` that this person's calendar was last sent: where it is behind, the worker writes to
    them. An invitation withdrawn (`retire_le`) with something in a calendar is to be cancelled there.
    """

    class Role(models.TextChoices):
        ANIMATEUR = "animateur", "Animation"
        SECRETAIRE = "secretaire", "Secrétariat"
        PARTICIPANT = "participant", "Participation"
        INVITE = "invite", "À titre facultatif"

    class Origine(models.TextChoices):
        """How they came to be invited."""

        PERSONNE = "personne", "Nommément"
        ANIMATION = "animation", "Avec l’animation de la communauté"
        COMMUNAUTE = "communaute", "Avec toute la communauté"
        EXTERIEUR = "exterieur", "De l’extérieur de la communauté"

    class Reponse(models.TextChoices):
        SANS = "sans", "Sans réponse"
        ACCEPTE = "accepte", "Oui"
        PEUT_ETRE = "peut_etre", "Peut-être"
        REFUSE = "refuse", "Non"

    agent = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    courriel = models.EmailField("adresse électronique", blank=True)
    nom = models.CharField("nom", max_length=120, blank=True)
    role = models.CharField("rôle", max_length=11, choices=Role, default=Role.PARTICIPANT)
    origine = models.CharField(max_length=10, choices=Origine, default=Origine.PERSONNE)
    reponse = models.CharField("réponse", max_length=9, choices=Reponse, default=Reponse.SANS)
    commentaire = models.CharField("commentaire", max_length=300, blank=True)
    repondu_le = models.DateTimeField(null=True, blank=True)
    envoyee = models.PositiveIntegerField(null=True, blank=True, editable=False)
    retire_le = models.DateTimeField(null=True, blank=True, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def nom_complet(self) -> str:
        return self.agent.nom_complet if self.agent else self.nom or self.courriel

    @property
    def adresse(self) -> str:
        return self.agent.email if self.agent else self.courriel

    @property
    def facultatif(self) -> bool:
        return self.role == self.Role.INVITE


def convive_constraints(prefix: str, of: str) -> list[Any]:
    return [
        models.CheckConstraint(
            condition=Q(agent__isnull=False, courriel="") | (Q(agent__isnull=True) & ~Q(courriel="")),
            name=f"{prefix}_agent_ou_courriel",
        ),
        models.UniqueConstraint(fields=[of, "agent"], name=f"{prefix}_agent_unique"),
        models.UniqueConstraint(
            models.F(of), Lower("courriel"), condition=Q(agent__isnull=True), name=f"{prefix}_courriel_unique"
        ),
        models.CheckConstraint(
            condition=Q(reponse="sans") | Q(repondu_le__isnull=False), name=f"{prefix}_repondu_le"
        ),
    ]


class Participant(Convive):
    """Somebody invited to one meeting. `habitue`: because they are to all those of the series."""

    reunion = models.ForeignKey("reunions.Reunion", on_delete=models.CASCADE, related_name="participants")
    habitue = models.BooleanField(default=False)

    objects: ClassVar = ConviveQuerySet.as_manager()

    class Meta:
        verbose_name = "participation"
        verbose_name_plural = "participations"
        indexes = [models.Index(fields=["agent", "reunion"], name="participant_agent")]
        constraints = convive_constraints("participant", "reunion")

    def __str__(self) -> str:
        return f"{self.nom_complet} — {self.reunion}"


class Habitue(Convive):
    """Somebody invited to all the meetings of a series: their answer holds for each that is made."""

    serie = models.ForeignKey("reunions.Serie", on_delete=models.CASCADE, related_name="habitues")

    objects: ClassVar = ConviveQuerySet.as_manager()

    class Meta:
        verbose_name = "participation à une série"
        verbose_name_plural = "participations à une série"
        constraints = convive_constraints("habitue", "serie")

    def __str__(self) -> str:
        return f"{self.nom_complet} — {self.serie}"
