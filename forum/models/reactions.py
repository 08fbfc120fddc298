"""What people answer without a word: thanks, agreement, the same need; and the community's FAQ."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute
from forum.models.messages import Message
from forum.models.sujets import Sujet


class Reaction(models.Model):
    """One person's reaction to one message; each kind once."""

    class Genre(models.TextChoices):
        MERCI = "merci", "Merci"
        UTILE = "utile", "Utile"
        ACCORD = "accord", "D’accord"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    genre = models.CharField(max_length=6, choices=Genre)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "agent", "genre"], name="reaction_unique"),
            models.CheckConstraint(
                condition=Q(genre__in=["merci", "utile", "accord"]), name="reaction_genre"
            ),
        ]


class MemeBesoin(models.Model):
    """Somebody with the same question: counted, and told of the answer."""

    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="memes_besoins")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sujet", "agent"], name="meme_besoin_unique")]


class EntreeFaq(models.Model):
    """An answer that a member proposed for the community's FAQ page, and what became of it."""

    class Etat(models.TextChoices):
        PROPOSEE = "proposee", "Proposée"
        PUBLIEE = "publiee", "Publiée"
        REFUSEE = "refusee", "Refusée"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="faq")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="entree_faq")
    question = models.CharField("question", max_length=200)
    etat = models.CharField(max_length=8, choices=Etat, default=Etat.PROPOSEE)
    propose_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    decide_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField(default=0)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "entrée de la foire aux questions"
        verbose_name_plural = "foire aux questions"
        indexes = [models.Index(fields=["communaute", "etat", "position", "id"], name="faq_liste")]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return f"{reverse('forum:faq', args=[self.communaute.slug])}#faq-{self.pk}"
