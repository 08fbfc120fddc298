"""What goes out and comes in beside the pages: feeds read by other programs, answers sent by e-mail."""

from django.db import models

from annuaire.models import Agent
from forum.models.messages import Message


class CleFlux(models.Model):
    """The personal key in the addresses of one's feeds; only its SHA-256 is kept. One per person."""

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="+")
    empreinte = models.CharField(max_length=64, unique=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    utilisee_le = models.DateTimeField(null=True, blank=True)


class CourrielRecu(models.Model):
    """An e-mail received on a reply address, and what became of it: the same one never counts twice."""

    class Issue(models.TextChoices):
        PUBLIE = "publie", "Publié"
        REFUSE = "refuse", "Refusé"
        IGNORE = "ignore", "Ignoré"

    # Message-ID, or a digest of the bytes when there is none.
    identifiant = models.CharField(max_length=255, unique=True)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    issue = models.CharField(max_length=8, choices=Issue)
    # A short code such as `auto_reponse`, never what the person wrote.
    raison = models.CharField(max_length=40, blank=True)
    recu_le = models.DateTimeField("date", auto_now_add=True, db_index=True)
