"""Sujets, their messages, and what each person has read and follows."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from annuaire.models import Agent, Expertise
from communautes.models import Communaute


class FrenchVector(Func):
    """`fr_vecteur(text)`: the house's French full-text vector (migration socle 0001)."""

    function = "fr_vecteur"
    output_field = SearchVectorField()


class SujetQuerySet(models.QuerySet["Sujet"]):
    def visible_to(self, agent: Agent) -> "SujetQuerySet":
        return self.filter(communaute__in=Communaute.objects.readable_by(agent))

    def with_author(self) -> "SujetQuerySet":
        return self.select_related("auteur__service", "auteur__territoire", "communaute")

    def with_read_mark(self, agent: Agent) -> "SujetQuerySet":
        """Adds `lu`: the number of the last message that `agent` has read, or None."""
        read = LectureSujet.objects.filter(agent=agent, sujet=models.OuterRef("pk")).values("dernier_numero")
        return self.annotate(lu=models.Subquery(read))

    def unread_by(self, agent: Agent) -> "SujetQuerySet":
        """Sujets with a message that `agent` has not read."""
        return self.with_read_mark(agent).filter(Q(lu__isnull=True) | Q(lu__lt=F("dernier_numero")))


class Sujet(models.Model):
    """A thread of a community's forum. Message 1 is its opening."""

    class Genre(models.TextChoices):
        QUESTION = "question", "Question"
        DISCUSSION = "discussion", "Discussion"
        RETOUR = "retour", "Retour d’expérience"
        ANNONCE = "annonce", "Annonce"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="sujets")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="sujets")
    genre = models.CharField("genre", max_length=10, choices=Genre, default=Genre.QUESTION)
    titre = models.CharField("titre", max_length=160)
    expertises = models.ManyToManyField(Expertise, related_name="sujets", blank=True)
    cree_le = models.DateTimeField("date")
    # Kept in the transaction that adds a message: its number comes from here, without a hole.
    dernier_numero = models.PositiveIntegerField(default=0, editable=False)
    dernier_message_le = models.DateTimeField(editable=False)
    message_accepte = models.ForeignKey(
        "Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    recherche = models.GeneratedField(
        expression=FrenchVector("titre"), output_field=SearchVectorField(), db_persist=True
    )

    objects: ClassVar = SujetQuerySet.as_manager()

    class Meta:
        verbose_name = "sujet"
        verbose_name_plural = "sujets"
        indexes = [
            models.Index(fields=["communaute", "-dernier_message_le", "-id"], name="sujet_liste"),
            GinIndex(fields=["recherche"], name="sujet_recherche"),
        ]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("forum:sujet", args=[self.pk])

    @property
    def nb_reponses(self) -> int:
        return max(self.dernier_numero - 1, 0)


class Message(models.Model):
    """One message of a sujet. The HTML is rendered once, when the text is written."""

    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="messages")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="messages")
    numero = models.PositiveIntegerField("numéro")
    texte = models.TextField("message")
    html = models.TextField(editable=False)
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    cree_le = models.DateTimeField("date")
    recherche = models.GeneratedField(
        expression=FrenchVector("texte"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        constraints = [models.UniqueConstraint(fields=["sujet", "numero"], name="message_numero")]
        indexes = [
            GinIndex(fields=["recherche"], name="message_recherche"),
            models.Index(fields=["auteur", "-id"], name="message_auteur"),
        ]

    def __str__(self) -> str:
        return f"{self.sujet} nº {self.numero}"

    def get_absolute_url(self) -> str:
        return f"{self.sujet.get_absolute_url()}#message-{self.numero}"


class LectureSujet(models.Model):
    """How far a person has read a sujet."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="lectures")
    dernier_numero = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "sujet"], name="lecture_sujet_unique")]


class Abonnement(models.Model):
    """Who is told of new messages of a sujet: whoever wrote in it, until they say no."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="abonnements")
    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="abonnements")
    actif = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "sujet"], name="abonnement_unique")]
