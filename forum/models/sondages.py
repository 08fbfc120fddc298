"""Polls: a sujet of kind « sondage » has one."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from annuaire.models import Agent
from forum.models.sujets import Sujet


class Sondage(models.Model):
    """A question with options. Closed when `cloture_le` is past, or by hand when `clos_le` is set."""

    sujet = models.OneToOneField(Sujet, on_delete=models.CASCADE, primary_key=True, related_name="sondage")
    multiple = models.BooleanField("plusieurs choix possibles", default=False)
    # Nobody, not even those who animate, is shown who chose what.
    secret = models.BooleanField("vote secret", default=True)
    changement_permis = models.BooleanField("on peut changer d’avis", default=True)
    cloture_le = models.DateTimeField("clôture", null=True, blank=True)
    clos_le = models.DateTimeField(null=True, blank=True, editable=False)
    nb_votants = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["cloture_le"],
                name="sondage_a_clore",
                condition=Q(clos_le__isnull=True, cloture_le__isnull=False),
            )
        ]

    @property
    def clos(self) -> bool:
        """Whether votes no longer count, at this very moment."""
        return self.clos_le is not None or (self.cloture_le is not None and self.cloture_le <= timezone.now())

    @property
    def fin(self) -> datetime | None:
        """When it ended, or will by itself."""
        return self.clos_le or self.cloture_le


class OptionSondage(models.Model):
    """One thing to choose."""

    sondage = models.ForeignKey(Sondage, on_delete=models.CASCADE, related_name="options")
    texte = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()
    # Counted in the transaction of the vote.
    nb_voix = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["sondage", "position"], name="option_position")]


class Participation(models.Model):
    """Somebody has voted. A secret poll without change of vote keeps no more than this."""

    sondage = models.ForeignKey(Sondage, on_delete=models.CASCADE, related_name="participations")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    cree_le = models.DateTimeField("date", auto_now_add=True)
    # What they chose: while a named poll exists, or as long as a secret one lets people change their vote.
    choix = models.ManyToManyField(OptionSondage, related_name="participations", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sondage", "agent"], name="participation_unique")]
