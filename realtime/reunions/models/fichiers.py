"""Files that a meeting between agents is prepared with: it has no community whose documents it could link."""

from typing import Any

from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse

from plateforme.socle.fichiers.joints import FichierJoint, hidden_path, remove_bytes_on_commit
from realtime.reunions.models.reunions import PointOrdreDuJour, Reunion


def meeting_file_path(fichier: "FichierReunion", filename: str) -> str:
    """Where a file's bytes lie: a name nobody can guess, nor choose."""
    return hidden_path("reunions")


class FichierReunion(FichierJoint):
    """The bytes, shared by the meetings that follow one another: gone with the last of its `PieceReunion`.

    Its address holds its random identifier, which is no permission: see `access.get_file`.
    """

    fichier = models.FileField(upload_to=meeting_file_path, max_length=120)

    class Meta:
        verbose_name = "fichier de réunion"
        verbose_name_plural = "fichiers de réunion"

    def get_absolute_url(self) -> str:
        return reverse("reunions:fichier", args=[self.pk])


class PieceReunion(models.Model):
    """That a file is there for a meeting, or for one point of it."""

    reunion = models.ForeignKey(Reunion, on_delete=models.CASCADE, related_name="pieces")
    point = models.ForeignKey(
        PointOrdreDuJour, null=True, blank=True, on_delete=models.CASCADE, related_name="pieces_jointes"
    )
    document = models.ForeignKey(FichierReunion, on_delete=models.CASCADE, related_name="pieces")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "pièce d’une réunion"
        verbose_name_plural = "pièces d’une réunion"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reunion", "point", "document"],
                name="piece_reunion_une_fois",
                nulls_distinct=False,
            )
        ]

    @property
    def adresse_retrait(self) -> str:
        return reverse("reunions:retirer-fichier", args=[self.pk])


@receiver(post_delete, sender=PieceReunion, dispatch_uid="reunions.forget_file")
def forget_file(sender: type[PieceReunion], instance: PieceReunion, **kwargs: Any) -> None:
    """Whatever removes the last piece (a point, a meeting), its file goes too."""
    # Held: of the last two taken off at once, the second sees that the first is gone.
    held = FichierReunion.objects.select_for_update().filter(pk=instance.document_id).first()
    if held is not None and not PieceReunion.objects.filter(document=held).exists():
        held.delete()


@receiver(post_delete, sender=FichierReunion, dispatch_uid="reunions.forget_bytes")
def forget_bytes(sender: type[FichierReunion], instance: FichierReunion, **kwargs: Any) -> None:
    """The bytes go once the removal of their row is certain."""
    remove_bytes_on_commit(instance.fichier)
