"""What a sollicitation becomes in the forum, once both agree."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annuaire.sollicitations.models import Destinataire
from communautes.models import Communaute
from forum.models import Sujet


class Publication(models.Model):
    """A sujet proposed by one of the two people of a thread, then opened: its text as both agreed on it.

    `demandeur_nomme`, `sollicite_nomme`: how each agreed to this `version`, named or not; null while they have not. Once
    opened, the sujet holds the words, and these are forgotten here.
    """

    fil = models.OneToOneField(
        Destinataire, primary_key=True, on_delete=models.CASCADE, related_name="publication"
    )
    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="+")
    titre = models.CharField("titre", max_length=160, blank=True)
    texte = models.TextField("texte", blank=True)
    version = models.PositiveIntegerField(default=1)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    demandeur_nomme = models.BooleanField(null=True)
    sollicite_nomme = models.BooleanField(null=True)
    modifiee_le = models.DateTimeField(auto_now=True)
    sujet = models.OneToOneField(Sujet, null=True, on_delete=models.CASCADE, related_name="publication_de")

    class Meta:
        verbose_name = "publication"
        verbose_name_plural = "publications"
        constraints = [
            models.CheckConstraint(
                condition=Q(sujet__isnull=True)
                | Q(demandeur_nomme__isnull=False, sollicite_nomme__isnull=False, texte=""),
                name="publication_accord",
            ),
            models.CheckConstraint(
                condition=Q(sujet__isnull=False) | (~Q(titre="") & ~Q(texte="")), name="publication_texte"
            ),
        ]
        indexes = [
            models.Index(
                fields=["modifiee_le"], name="publication_en_attente", condition=Q(sujet__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.titre or f"Publication {self.pk}"
