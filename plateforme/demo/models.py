"""The demo's mailbox: what would have been sent."""

from django.db import models


class Courriel(models.Model):
    """An e-mail that the demo kept instead of sending it."""

    destinataire = models.CharField("à", max_length=254, db_index=True)
    objet = models.CharField("objet", max_length=300)
    texte = models.TextField()
    html = models.TextField(blank=True)
    envoye_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.objet
