"""How many people hold each expertise, by territory: what is counted, so that pages only read.

Counted again a minute at most after what it follows from changed (`actions`); nobody's name is in it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from annuaire.models import Expertise, Territoire

# From that level on, one is a référent or une référente of the expertise.
NIVEAU_REFERENT = 3
# Fewer answers than this, or from fewer people: a delay would say how fast somebody answers, a load what they have in hand.
REPONSES_MIN, PERSONNES_MIN = 5, 3


class CouvertureQuerySet(models.QuerySet["Couverture"]):
    def held(self) -> "CouvertureQuerySet":
        """Those with a référent at least."""
        return self.filter(referents__gt=0)


class Couverture(models.Model):
    """The active agents of the State who declare an expertise and work in, or for, a territory. No row: nobody.

    A person counts once in each territory: their own, those that their profile says they serve, the régions of these,
    and the whole country.
    """

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="couvertures")
    territoire = models.ForeignKey(Territoire, on_delete=models.CASCADE, related_name="couvertures")
    nb_notions = models.PositiveIntegerField()
    nb_pratique = models.PositiveIntegerField()
    nb_expertise = models.PositiveIntegerField()
    nb_reference = models.PositiveIntegerField()
    disponibles = models.PositiveIntegerField()
    limites = models.PositiveIntegerField()
    indisponibles = models.PositiveIntegerField()
    # Of the référents, those whose availability is not « non ».
    referents_disponibles = models.PositiveIntegerField()
    personnes = models.GeneratedField(
        expression=F("nb_notions") + F("nb_pratique") + F("nb_expertise") + F("nb_reference"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    referents = models.GeneratedField(
        expression=F("nb_expertise") + F("nb_reference"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )

    objects: ClassVar = CouvertureQuerySet.as_manager()

    class Meta:
        verbose_name = "couverture d’une expertise"
        verbose_name_plural = "couvertures des expertises"
        constraints = [
            models.UniqueConstraint(fields=["expertise", "territoire"], name="couverture_unique"),
            models.CheckConstraint(
                condition=Q(
                    disponibles=F("nb_notions")
                    + F("nb_pratique")
                    + F("nb_expertise")
                    + F("nb_reference")
                    - F("limites")
                    - F("indisponibles")
                ),
                name="couverture_disponibilites",
            ),
            models.CheckConstraint(
                condition=Q(referents_disponibles__lte=F("nb_expertise") + F("nb_reference")),
                name="couverture_referents",
            ),
            models.CheckConstraint(
                condition=Q(nb_notions__gt=0)
                | Q(nb_pratique__gt=0)
                | Q(nb_expertise__gt=0)
                | Q(nb_reference__gt=0),
                name="couverture_quelqu_un",
            ),
        ]
        indexes = [models.Index(fields=["territoire", "referents"], name="couverture_territoire")]

    def __str__(self) -> str:
        return f"{self.expertise_id} · {self.territoire_id}"


class Releve(models.Model):
    """The same at the end of a month, or as it is now for the month that runs: what a trend is drawn from."""

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="+")
    territoire = models.ForeignKey(Territoire, on_delete=models.CASCADE, related_name="+")
    mois = models.DateField("premier jour du mois")
    personnes = models.PositiveIntegerField()
    referents = models.PositiveIntegerField()
    disponibles = models.PositiveIntegerField("référents disponibles")

    class Meta:
        verbose_name = "relevé mensuel"
        verbose_name_plural = "relevés mensuels"
        constraints = [
            models.UniqueConstraint(fields=["expertise", "territoire", "mois"], name="releve_unique"),
            models.CheckConstraint(condition=Q(mois__day=1), name="releve_mois"),
            models.CheckConstraint(
                condition=Q(disponibles__lte=F("referents"), referents__lte=F("personnes")),
                name="releve_nombres",
            ),
        ]
        indexes = [models.Index(fields=["mois"], name="releve_mois_connus")]

    def __str__(self) -> str:
        return f"{self.expertise_id} · {self.territoire_id} · {self.mois:%Y-%m}"


class Delai(models.Model):
    """How long people of a territory take to answer on an expertise, where enough of them do for nobody to be known."""

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="delais")
    territoire = models.ForeignKey(Territoire, on_delete=models.CASCADE, related_name="delais")
    median = models.PositiveIntegerField("délai médian, en secondes")
    reponses = models.PositiveIntegerField()

    class Meta:
        verbose_name = "délai de réponse"
        verbose_name_plural = "délais de réponse"
        constraints = [
            models.UniqueConstraint(fields=["expertise", "territoire"], name="delai_unique"),
            models.CheckConstraint(condition=Q(reponses__gte=REPONSES_MIN), name="delai_anonyme"),
        ]

    def __str__(self) -> str:
        return f"{self.expertise_id} · {self.territoire_id}"


class Changement(models.Model):
    """An expertise whose count is to be made again, noted by the database itself (triggers of migration 0001).

    Not unique: two transactions that note the same one need not wait for each other.
    """

    expertise_id = models.BigIntegerField()
    quand = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "comptage à refaire"
        verbose_name_plural = "comptages à refaire"

    def __str__(self) -> str:
        return str(self.expertise_id)
