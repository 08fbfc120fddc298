"""What moderators need: reports, warnings, canned answers."""

from django.db import models
from django.db.models import Q

from annuaire.models import Agent
from communautes.models import Communaute
from forum.models.messages import Message


class Signalement(models.Model):
    """A message that somebody asks moderators to look at. Claimed by one moderator at a time (`pris_par`)."""

    class Motif(models.TextChoices):
        HORS_SUJET = "hors_sujet", "Hors sujet ou au mauvais endroit"
        PROPOS = "propos", "Propos déplacés"
        CONFIDENTIEL = "confidentiel", "Donnée confidentielle ou personnelle"
        ERREUR = "erreur", "Information fausse ou dangereuse"
        PUBLICITE = "publicite", "Publicité"
        AUTRE = "autre", "Autre raison"

    class Etat(models.TextChoices):
        OUVERT = "ouvert", "À traiter"
        RETENU = "retenu", "Suivi d’effet"
        ECARTE = "ecarte", "Sans suite"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="signalements")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="signalements")
    auteur = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    motif = models.CharField(max_length=12, choices=Motif)
    commentaire = models.TextField(max_length=1000, blank=True)
    etat = models.CharField(max_length=8, choices=Etat, default=Etat.OUVERT)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    pris_par = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    pris_le = models.DateTimeField(null=True, blank=True)
    traite_par = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    traite_le = models.DateTimeField(null=True, blank=True)
    reponse = models.CharField("réponse à qui a signalé", max_length=500, blank=True)

    class Meta:
        verbose_name = "signalement"
        verbose_name_plural = "signalements"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "auteur"], condition=Q(etat="ouvert"), name="signalement_un_ouvert"
            )
        ]
        indexes = [models.Index(fields=["communaute", "etat", "id"], name="signalement_file")]


class Avertissement(models.Model):
    """A moderator's word to a member about a message, kept so that the next moderator knows."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="avertissements")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    motif = models.CharField(max_length=500)
    cree_le = models.DateTimeField("date", auto_now_add=True)


class ReponseType(models.Model):
    """A text that moderators of a community send often."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="reponses_types")
    titre = models.CharField(max_length=80)
    texte = models.TextField(max_length=2000)

    class Meta:
        verbose_name = "réponse type"
        verbose_name_plural = "réponses types"
        ordering = ["titre"]
        constraints = [models.UniqueConstraint(fields=["communaute", "titre"], name="reponse_type_unique")]
