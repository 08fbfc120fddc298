"""Files of a sollicitation, and of what is said in its threads."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse

from annuaire.sollicitations.models.demandes import Sollicitation
from annuaire.sollicitations.models.fils import Destinataire, MessageFil
from plateforme.socle.fichiers.joints import FichierJoint, hidden_path, remove_bytes_on_commit


def file_path(fichier: "FichierSollicitation", filename: str) -> str:
    """Where a file's bytes lie: a name nobody can guess, nor choose."""
    return hidden_path("sollicitations")


class FichierSollicitation(FichierJoint):
    """A file that goes with the need (`fil` null), for all who are asked; or with a message of one thread.

    While `fil` is given and `message` is not, its message is being written: nobody reads it.
    """

    sollicitation = models.ForeignKey(Sollicitation, on_delete=models.CASCADE, related_name="fichiers")
    fil = models.ForeignKey(Destinataire, null=True, on_delete=models.CASCADE, related_name="fichiers")
    message = models.ForeignKey(MessageFil, null=True, on_delete=models.CASCADE, related_name="fichiers")
    fichier = models.FileField(upload_to=file_path, max_length=120)

    class Meta:
        verbose_name = "fichier de sollicitation"
        verbose_name_plural = "fichiers de sollicitation"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=True) | Q(fil__isnull=False), name="fichier_sollicitation_fil"
            )
        ]
        indexes = [
            models.Index(
                fields=["cree_le"],
                name="fichier_sollicitation_seul",
                condition=Q(fil__isnull=False, message__isnull=True),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("sollicitations:fichier", args=[self.pk])


@receiver(post_delete, sender=FichierSollicitation, dispatch_uid="sollicitations.forget_bytes")
def forget_bytes(sender: type[FichierSollicitation], instance: FichierSollicitation, **kwargs: Any) -> None:
    """Whatever removes the row, its bytes go once that is certain."""
    remove_bytes_on_commit(instance.fichier)
