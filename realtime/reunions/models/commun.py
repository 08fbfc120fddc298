"""What a meeting and a series of meetings have in common."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils.crypto import get_random_string

from annuaire.notifications.horaires import FUSEAUX, METROPOLE

DUREE_MIN, DUREE_MAX = 5, 720  # minutes
CHOIX_FUSEAUX = list(FUSEAUX.items())


class Visio(models.TextChoices):
    """How one joins from afar. The addresses of the first two are made from the deployment's templates."""

    AUCUNE = "aucune", "Pas de visioconférence"
    WEBCONF = "webconf", "Webconf de l’État"
    VISIO = "visio", "Visio"
    AUTRE = "autre", "Une autre adresse"


def new_uid() -> str:
    """The name of a meeting in calendars: never changes, says nothing, cannot be guessed."""
    host = settings.SITE_URL.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
    return f"{get_random_string(32).lower()}@{host}"


class Rendezvous(models.Model):
    """Place, length and clock of a meeting or of a series.

    `sequence` grows with each change that calendars must hear of; `sequence_horaire` is what it was when the time
    last changed: an answer to an older one is about another time, and is void.
    """

    titre = models.CharField("objet", max_length=160)
    fuseau = models.CharField(
        "heure de référence", max_length=40, choices=CHOIX_FUSEAUX, default=METROPOLE, db_default=METROPOLE
    )
    duree_minutes = models.PositiveSmallIntegerField(
        "durée (minutes)",
        default=60,
        validators=[MinValueValidator(DUREE_MIN), MaxValueValidator(DUREE_MAX)],
    )
    lieu = models.CharField("lieu", max_length=160, blank=True)
    visio = models.CharField(
        "visioconférence", max_length=8, choices=Visio, default=Visio.AUCUNE, db_default=Visio.AUCUNE
    )
    lien_visio = models.CharField(
        "lien de visioconférence", max_length=200, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    # Who is invited beside those named one by one: resolved into rows, and kept up with the memberships.
    toute_la_communaute = models.BooleanField("toute la communauté", default=False, db_default=False)
    toute_l_animation = models.BooleanField(
        "les personnes qui animent la communauté", default=False, db_default=False
    )
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    sequence_horaire = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True


def rendezvous_constraints(prefix: str) -> list[Any]:
    """What the database holds of every meeting and every series."""
    return [
        models.CheckConstraint(
            condition=models.Q(duree_minutes__range=(DUREE_MIN, DUREE_MAX)), name=f"{prefix}_duree"
        ),
        models.CheckConstraint(condition=models.Q(fuseau__in=list(FUSEAUX)), name=f"{prefix}_fuseau"),
        models.CheckConstraint(
            condition=models.Q(visio=Visio.AUCUNE, lien_visio="")
            | (~models.Q(visio=Visio.AUCUNE) & models.Q(lien_visio__startswith="https://")),
            name=f"{prefix}_visio",
        ),
        models.CheckConstraint(
            condition=models.Q(sequence__gte=models.F("sequence_horaire")), name=f"{prefix}_sequence"
        ),
        # A meeting of a few agents has no community to invite.
        models.CheckConstraint(
            condition=models.Q(communaute__isnull=False)
            | models.Q(toute_la_communaute=False, toute_l_animation=False),
            name=f"{prefix}_convives",
        ),
    ]
