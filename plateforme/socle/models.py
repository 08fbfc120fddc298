"""The journal: who did what, when. Written by actions, never changed."""

from django.conf import settings
from django.db import models


class EntreeJournal(models.Model):
    """One thing that a person did. Kept when the person or the object goes away."""

    quand = models.DateTimeField("date", auto_now_add=True, db_index=True)
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="acteur",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    action = models.CharField("action", max_length=60)
    objet_type = models.CharField("type d’objet", max_length=60)
    objet_id = models.BigIntegerField("identifiant de l’objet")
    details = models.JSONField("détails", default=dict)

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "journal"
        indexes = [models.Index(fields=["objet_type", "objet_id", "quand"], name="journal_objet")]

    def __str__(self) -> str:
        return f"{self.quand:%Y-%m-%d %H:%M} {self.action} {self.objet_type} {self.objet_id}"


class Retrait(models.Model):
    """Access that was taken away, written by the database's triggers (`plateforme.socle.retraits`).

    Kept a day, for a process that was cut off from the database when it was told.
    """

    cible = models.CharField(max_length=80)
    quand = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cible
