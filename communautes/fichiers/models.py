"""Documents of a community and their versions."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.socle.fichiers.joints import hidden_path


def storage_path(version: "Version", filename: str) -> str:
    """Where a version's bytes lie: a name nobody can guess, nor choose."""
    return hidden_path("documents")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, agent: Agent) -> "DocumentQuerySet":
        return self.filter(communaute__in=Communaute.objects.readable_by(agent), retire_le__isnull=True)


class Document(models.Model):
    """A file shared with a community. Its bytes are in its versions."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="documents")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="documents")
    nom = models.CharField("nom du fichier", max_length=200)
    description = models.CharField("description", max_length=300, blank=True)
    version_courante = models.OneToOneField(
        "Version", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    cree_le = models.DateTimeField("date")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects: ClassVar = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        indexes = [models.Index(fields=["communaute", "-cree_le", "-id"], name="document_liste")]
        constraints = [
            models.UniqueConstraint(
                fields=["communaute", "nom"],
                condition=models.Q(retire_le__isnull=True),
                name="document_nom_unique",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("fichiers:telecharger", args=[self.pk])

    @property
    def extension(self) -> str:
        return self.nom.rsplit(".", 1)[1].lower() if "." in self.nom else ""


class Version(models.Model):
    """The bytes of a document at one moment. Never changed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField("numéro")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    fichier = models.FileField(upload_to=storage_path, max_length=120)
    taille = models.PositiveBigIntegerField("taille (octets)")
    # What the bytes are, found by reading them; never what the browser said.
    type_mime = models.CharField("type", max_length=120)
    empreinte = models.CharField("SHA-256", max_length=64)
    cree_le = models.DateTimeField("date")

    class Meta:
        verbose_name = "version"
        verbose_name_plural = "versions"
        constraints = [models.UniqueConstraint(fields=["document", "numero"], name="version_numero")]

    def __str__(self) -> str:
        return f"{self.document} v{self.numero}"
