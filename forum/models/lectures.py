"""What each person has read, follows and keeps."""

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from forum.models.messages import Message
from forum.models.sujets import Sujet


class LectureSujet(models.Model):
    """How far a person has read a sujet.

    `avant_marquage`: how far they had before their last « tout marquer comme lu » (or have read since), while
    it can be undone; null otherwise.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="lectures")
    dernier_numero = models.PositiveIntegerField()
    avant_marquage = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "sujet"], name="lecture_sujet_unique")]


class MarquageLu(models.Model):
    """The last « tout marquer comme lu » of a person, which can be undone: see `LectureSujet.avant_marquage`."""

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="+")
    nombre = models.PositiveIntegerField("sujets marqués", default=0, db_default=0)
    fait_le = models.DateTimeField()


class Abonnement(models.Model):
    """How much a person wants to hear of a sujet; without a row, as their community's level says.

    Whoever writes in a sujet follows it, until they say otherwise.
    """

    class Niveau(models.TextChoices):
        SUIVRE = "suivre", "Suivre"
        NORMAL = "normal", "Normal"
        SOURDINE = "sourdine", "Sourdine"

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="abonnements")
    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="abonnements")
    niveau = models.CharField(max_length=8, choices=Niveau, default=Niveau.SUIVRE, db_default="suivre")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "sujet"], name="abonnement_unique")]


class Mention(models.Model):
    """A person whom a message cites: what « On me cite » lists. Follows the text when it changes."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    # The constraint's index serves the list of a person.
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "message"], name="mention_unique")]


class FavoriQuerySet(models.QuerySet["Favori"]):
    def kept(self) -> "FavoriQuerySet":
        """Those that were not removed."""
        return self.filter(retire_le__isnull=True)


class Favori(models.Model):
    """A message that a person keeps at hand, with an optional reminder.

    `rappele_le`: when the reminder's time was dealt with, whether the person could still read the message or not.
    `retire_le`: when they removed it; the row is kept a day, so that they may change their mind.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="favoris")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="favoris")
    note = models.CharField("note", max_length=200, blank=True)
    rappel_le = models.DateTimeField("me le rappeler le", null=True, blank=True)
    rappele_le = models.DateTimeField(null=True, blank=True, editable=False)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    retire_le = models.DateTimeField(null=True, blank=True, editable=False)

    objects = FavoriQuerySet.as_manager()

    class Meta:
        verbose_name = "favori"
        verbose_name_plural = "favoris"
        constraints = [
            models.UniqueConstraint(fields=["agent", "message"], name="favori_unique"),
            models.CheckConstraint(
                condition=Q(rappele_le__isnull=True) | Q(rappel_le__isnull=False), name="favori_rappele"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "-id"], name="favori_liste"),
            models.Index(
                fields=["rappel_le"],
                name="favori_a_rappeler",
                condition=Q(rappel_le__isnull=False, rappele_le__isnull=True),
            ),
            models.Index(
                fields=["agent", "-retire_le"], name="favori_retire", condition=Q(retire_le__isnull=False)
            ),
        ]

    @property
    def fil(self) -> str:
        """The conversation of what its reminders told."""
        return f"favori.{self.pk}"
