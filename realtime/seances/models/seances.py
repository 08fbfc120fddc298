"""A meeting that is held: where it is, since when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from annuaire.models import Agent
from forum.models import Sujet
from realtime.models import Salon
from realtime.reunions.models import PointOrdreDuJour, Reunion


class Seance(models.Model):
    """A meeting while it is held and after. Its key is the meeting's: it is opened once.

    `version` rises by one with whatever people see change, `etape` only when the meeting moves on: whoever moves it
    says which step they were looking at, so that two at once move it once.
    """

    class Etat(models.TextChoices):
        OUVERTE = "ouverte", "En cours"
        SUSPENDUE = "suspendue", "Suspendue"
        LEVEE = "levee", "Terminée"

    reunion = models.OneToOneField(Reunion, primary_key=True, on_delete=models.CASCADE, related_name="seance")
    etat = models.CharField("état", max_length=9, choices=Etat, default=Etat.OUVERTE)
    version = models.PositiveIntegerField(default=1, editable=False)
    etape = models.PositiveIntegerField(default=1, editable=False)
    point = models.ForeignKey(
        PointOrdreDuJour, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    salon = models.OneToOneField(
        Salon, null=True, blank=True, on_delete=models.SET_NULL, related_name="seance", editable=False
    )
    # Where what it leaves was published.
    sujet = models.ForeignKey(
        Sujet, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # The meeting whose unfinished actions are followed here, and the point of the agenda where they are.
    suite_de = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    suivi = models.ForeignKey(
        PointOrdreDuJour,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    # Hands are put down when the next point is opened.
    mains_par_point = models.BooleanField("mains baissées à chaque point", default=False)
    ouverte_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    ouverte_le = models.DateTimeField()
    suspendue_le = models.DateTimeField(null=True, blank=True, editable=False)
    levee_le = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["Seance"]] = models.Manager()

    class Meta:
        verbose_name = "réunion tenue"
        verbose_name_plural = "réunions tenues"
        constraints = [
            models.CheckConstraint(
                condition=Q(etat="ouverte", suspendue_le__isnull=True, levee_le__isnull=True)
                | Q(etat="suspendue", suspendue_le__isnull=False, levee_le__isnull=True)
                | Q(etat="levee", suspendue_le__isnull=True, levee_le__isnull=False),
                name="seance_etat",
            ),
            models.CheckConstraint(condition=Q(version__gte=F("etape")), name="seance_version"),
            models.CheckConstraint(
                condition=Q(suite_de__isnull=True) | ~Q(suite_de=F("reunion")),
                name="seance_suite_d_une_autre",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reunion} — {self.get_etat_display()}"

    @property
    def ouverte(self) -> bool:
        return self.etat == self.Etat.OUVERTE

    @property
    def levee(self) -> bool:
        return self.etat == self.Etat.LEVEE


class Passage(models.Model):
    """A time spent on a point, from its opening to the next, or to a pause. One runs at a time."""

    seance = models.ForeignKey(Seance, on_delete=models.CASCADE, related_name="passages")
    point = models.ForeignKey(PointOrdreDuJour, on_delete=models.CASCADE, related_name="passages")
    debut = models.DateTimeField()
    fin = models.DateTimeField(null=True)
    # The salon's last number when the point was opened: what is written after it is about this point.
    apres_message = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["Passage"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seance"], condition=Q(fin__isnull=True), name="passage_un_a_la_fois"
            ),
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")), name="passage_dans_l_ordre"
            ),
        ]
