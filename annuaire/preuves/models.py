"""What people did that shows what they know: the evidence behind the expert search."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat

from plateforme.socle.recherche import FrenchVector


class Preuve(models.Model):
    """One piece of evidence about one person, written and taken back by the app in which it happened.

    `source` names what it comes from (`message.12`) and `lieu` where that stands (`communaute.3`), which says who
    may see it: `access.register_places`. A source gives a person each kind once; `poids` counts what is counted
    (how many found it useful), else 1. Its words are those of `titre` and `texte`.
    """

    class Genre(models.TextChoices):
        REPONSE = "reponse", "Réponse"
        RETENUE = "retenue", "Réponse retenue"
        UTILE = "utile", "Jugé utile"
        MERCI = "merci", "Remercié"
        RETOUR = "retour", "Retour d’expérience"
        FAQ = "faq", "Foire aux questions"

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preuves")
    genre = models.CharField("genre", max_length=10, choices=Genre)
    source = models.CharField("source", max_length=40)
    lieu = models.CharField("lieu", max_length=40)
    titre = models.CharField("titre", max_length=250)
    url = models.CharField("adresse", max_length=300)
    texte = models.TextField()
    expertises = ArrayField(models.BigIntegerField(), default=list)
    poids = models.PositiveIntegerField(default=1)
    quand = models.DateTimeField("date")
    recherche = models.GeneratedField(
        expression=FrenchVector(Concat("titre", Value(" "), "texte", output_field=models.TextField())),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "preuve"
        verbose_name_plural = "preuves"
        constraints = [
            models.UniqueConstraint(fields=["source", "genre", "agent"], name="preuve_unique"),
            models.CheckConstraint(condition=models.Q(poids__gte=1), name="preuve_poids"),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="preuve_recherche"),
            GinIndex(fields=["expertises"], name="preuve_expertises"),
            models.Index(fields=["agent", "-quand", "-id"], name="preuve_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} : {self.titre}"


class Masquage(models.Model):
    """What a person does not want others to see nor find of their contributions. Outlives the evidence itself:
    a message taken away and put back stays hidden."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "source"], name="masquage_unique")]
