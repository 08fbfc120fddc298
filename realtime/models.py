"""Salons and their messages."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute


class SalonQuerySet(models.QuerySet["Salon"]):
    def of_member(self, agent: Agent) -> "SalonQuerySet":
        """Salons are for members: reading a live conversation without being known would be spying."""
        return self.filter(communaute__adhesions__agent=agent)

    def with_unread(self, agent: Agent) -> "SalonQuerySet":
        """Adds `non_lus`: how many messages came since `agent` last read."""
        read = LectureSalon.objects.filter(agent=agent, salon=models.OuterRef("pk")).values("dernier_numero")
        return self.annotate(
            non_lus=models.F("dernier_numero") - models.functions.Coalesce(models.Subquery(read), 0)
        )


class Salon(models.Model):
    """A live conversation of a community."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="salons")
    nom = models.CharField("nom", max_length=80)
    # The number of the last message, given in the message's own transaction: no hole, one order for all.
    dernier_numero = models.PositiveIntegerField(default=0, editable=False)
    cree_le = models.DateTimeField("création", auto_now_add=True)

    objects: ClassVar = SalonQuerySet.as_manager()

    class Meta:
        verbose_name = "salon"
        verbose_name_plural = "salons"
        constraints = [models.UniqueConstraint(fields=["communaute", "nom"], name="salon_nom_unique")]

    def __str__(self) -> str:
        return f"{self.nom} — {self.communaute}"

    def get_absolute_url(self) -> str:
        return reverse("realtime:salon", args=[self.pk])


class MessageSalon(models.Model):
    """One line of a salon."""

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="messages")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="messages_salon")
    numero = models.PositiveIntegerField("numéro")
    # Given by the browser: a resend after a cut is recognised, whoever answers it.
    client_id = models.UUIDField()
    texte = models.TextField("message")
    html = models.TextField(editable=False)
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    cree_le = models.DateTimeField("date")

    class Meta:
        verbose_name = "message de salon"
        verbose_name_plural = "messages de salon"
        constraints = [
            models.UniqueConstraint(fields=["salon", "numero"], name="message_salon_numero"),
            models.UniqueConstraint(fields=["auteur", "client_id"], name="message_salon_une_fois"),
        ]

    def __str__(self) -> str:
        return f"{self.salon_id} nº {self.numero}"


class LectureSalon(models.Model):
    """How far a person has read a salon."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="lectures")
    dernier_numero = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "salon"], name="lecture_salon_unique")]
