"""Files of salons: sent while one writes, bound to a line when it is said, gone with it."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse

from plateforme.socle.fichiers.joints import FichierJoint, hidden_path, remove_bytes_on_commit

ALTERNATIVE_MAX = 250
# What a picture takes of the conversation at most, in pixels.
BOITE = (352, 288)


def salon_file_path(fichier: "FichierSalon", filename: str) -> str:
    """Where a file's bytes lie: a name nobody can guess, nor choose."""
    return hidden_path("salons")


class FichierSalon(FichierJoint):
    """A file put in a salon by drag, paste or choice. Until its line is said only whoever sent it sees it.

    Its address holds its random identifier, which is no permission: every view passes through `fichiers.access`.
    """

    salon = models.ForeignKey(
        "realtime.Salon", on_delete=models.CASCADE, related_name="fichiers", db_index=False
    )
    message = models.ForeignKey(
        "realtime.MessageSalon", null=True, blank=True, on_delete=models.CASCADE, related_name="fichiers"
    )
    # Given by the browser: what is sent again after a cut is recognised.
    client_id = models.UUIDField()
    fichier = models.FileField(upload_to=salon_file_path, max_length=120)
    # What a picture shows, for who does not see it.
    alternative = models.CharField(max_length=ALTERNATIVE_MAX, blank=True, default="")
    # Its place among the files of its line.
    rang = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "fichier de salon"
        verbose_name_plural = "fichiers de salon"
        constraints = [models.UniqueConstraint(fields=["agent", "client_id"], name="fichier_salon_une_fois")]
        indexes = [
            # Those of a salon, the latest said first.
            models.Index(fields=["salon", "-message", "-rang"], name="fichier_salon_liste"),
            models.Index(
                fields=["cree_le"], name="fichier_salon_orphelin", condition=Q(message__isnull=True)
            ),
            # What one has sent today.
            models.Index(fields=["agent", "-cree_le"], name="fichier_salon_agent"),
            GinIndex(
                F("salon"),
                OpClass(Func(F("nom"), function="sans_accent", output_field=TextField()), "gin_trgm_ops"),
                name="fichier_salon_nom",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("realtime:fichier", args=[self.salon_id, self.pk])

    @property
    def adresse_image(self) -> str:
        """The address that shows a picture, and nothing else."""
        return reverse("realtime:fichier-image", args=[self.salon_id, self.pk])

    @property
    def boite(self) -> tuple[int, int]:
        """Width and height under which a picture is shown: its room is kept before it comes."""
        large, haut = self.largeur or 1, self.hauteur or 1
        scale = min(1, BOITE[0] / large, BOITE[1] / haut)
        return max(1, round(large * scale)), max(1, round(haut * scale))

    @property
    def description(self) -> str:
        """What is read to who does not see the picture."""
        return self.alternative or f"Image sans description : {self.nom}"


@receiver(post_delete, sender=FichierSalon, dispatch_uid="realtime.forget_bytes")
def forget_bytes(sender: type[FichierSalon], instance: FichierSalon, **kwargs: Any) -> None:
    """Whatever removes the row (a line kept no longer, a salon, the person), its bytes go once that is certain."""
    remove_bytes_on_commit(instance.fichier)
