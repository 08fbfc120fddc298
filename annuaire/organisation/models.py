"""The organisation chart, as it was imported: services of the directory, and what they are made of."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from annuaire.models import Service

CODE_MAX, NOM_MAX, ADRESSE_MAX, HORAIRES_MAX = 60, 200, 300, 500


class Entite(models.Model):
    """One box of the chart: a service of the directory, or a part of one (« Bureau de la police de l’eau »).

    `code` is its name in the file that it comes from, by which an import finds it again. That no box is above itself, however
    far, is held by a trigger (migration 0001), once the import is whole.
    """

    code = models.CharField("code", max_length=CODE_MAX, unique=True)
    nom = models.CharField("nom", max_length=NOM_MAX)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="enfants", verbose_name="rattachée à"
    )
    service = models.OneToOneField(
        Service, null=True, on_delete=models.CASCADE, related_name="entite", verbose_name="service"
    )
    # Its rank in the file among those that are under the same one.
    ordre = models.PositiveIntegerField(default=0)
    adresse = models.CharField("adresse", max_length=ADRESSE_MAX, blank=True, default="")
    code_postal = models.CharField("code postal", max_length=5, blank=True, default="")
    ville = models.CharField("ville", max_length=80, blank=True, default="")
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True, default="")
    courriel = models.EmailField("courriel", max_length=254, blank=True, default="")
    site = models.URLField("site", max_length=300, blank=True, default="")
    horaires = models.CharField("horaires", max_length=HORAIRES_MAX, blank=True, default="")
    importe_le = models.DateTimeField("importée le")

    objects: ClassVar[models.Manager["Entite"]] = models.Manager()

    class Meta:
        verbose_name = "entité de l’organigramme"
        verbose_name_plural = "entités de l’organigramme"
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="entite_position",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")), name="entite_pas_sous_elle"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(nom=""), name="entite_nommee"),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        """Of a service, its page; a part of one has none of its own."""
        return reverse("organisation:service", args=[self.service_id]) if self.service_id else ""

    @property
    def position(self) -> str:
        """« 44.518,3.501 », for a `geo:` address; empty when it is not known."""
        if self.latitude is None or self.longitude is None:
            return ""
        return f"{self.latitude.normalize():f},{self.longitude.normalize():f}"

    @property
    def lignes_adresse(self) -> list[str]:
        """The address as it goes on an envelope."""
        town = f"{self.code_postal} {self.ville}".strip()
        return [part for part in (*self.adresse.split("|"), town) if part.strip()]

    @property
    def lignes_horaires(self) -> list[str]:
        return [part.strip() for part in self.horaires.split("|") if part.strip()]

    @property
    def appel(self) -> str:
        """The telephone as a `tel:` address takes it."""
        return "".join(char for char in self.telephone if char.isdigit() or char == "+")
