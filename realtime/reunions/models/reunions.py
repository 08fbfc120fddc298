"""Meetings, their agenda and their documents."""

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from annuaire.models import Agent
from communautes.fichiers.models import Document
from communautes.models import Communaute
from realtime.models import Salon
from realtime.reunions.models.commun import Rendezvous, new_uid, rendezvous_constraints
from realtime.reunions.models.convives import Participant
from realtime.reunions.models.series import Serie

LONGEST = timedelta(hours=12)  # of a meeting; the database refuses more
POINT_MINUTES_MAX = 480


class ReunionQuerySet(models.QuerySet["Reunion"]):
    def visible_to(self, agent: Agent) -> "ReunionQuerySet":
        """Meetings whose page `agent` may open: those of communities they may read, drafts only for those who prepare
        them; and those that they were invited to from outside of the community, or organise among a few agents."""
        invited = Participant.objects.present().filter(agent=agent)
        mine = Q(pk__in=invited.values("reunion"))
        prepares = Q(organisateur=agent) | Q(
            pk__in=invited.filter(role=Participant.Role.ANIMATEUR).values("reunion")
        )
        animates = Q(
            communaute__in=Communaute.objects.filter(
                adhesions__agent=agent, adhesions__role="animateur"
            ).values("pk")
        )
        in_community = Q(communaute__in=Communaute.objects.readable_by(agent).values("pk")) & (
            ~Q(etat=Reunion.Etat.BROUILLON) | prepares | animates
        )
        # Somebody whose membership ends is no more invited `EXTERIEUR` (actions.convives.follow_membership).
        from_outside = Q(
            pk__in=invited.filter(origine=Participant.Origine.EXTERIEUR).values("reunion"),
            communaute__isnull=False,
        ) & ~Q(etat=Reunion.Etat.BROUILLON)
        among_few = Q(communaute__isnull=True) & (
            Q(organisateur=agent) | (mine & (~Q(etat=Reunion.Etat.BROUILLON) | prepares))
        )
        return self.filter(in_community | from_outside | among_few)

    def of(self, agent: Agent) -> "ReunionQuerySet":
        """Meetings that `agent` organises or is invited to; the caller adds `visible_to`."""
        invited = Participant.objects.present().filter(agent=agent)
        return self.filter(Q(organisateur=agent) | Q(pk__in=invited.values("reunion")))

    def standing(self) -> "ReunionQuerySet":
        """Neither drafts nor cancelled ones."""
        return self.exclude(etat__in=(Reunion.Etat.BROUILLON, Reunion.Etat.ANNULEE))

    def over(self, now: datetime) -> "ReunionQuerySet":
        """Ended, or whose planned end is past."""
        minute = models.Value(timedelta(minutes=1), output_field=models.DurationField())
        return self.filter(
            Q(etat=Reunion.Etat.TERMINEE)
            | (Q(debut__lt=now - F("duree_minutes") * minute) & ~Q(etat=Reunion.Etat.EN_COURS))
        )

    def with_place(self) -> "ReunionQuerySet":
        return self.select_related("communaute", "salon", "serie")


class Reunion(Rendezvous):
    """A meeting: of a community, or of a few agents when `communaute` is null.

    One of a series (`serie`) has that series' `uid`; `occurrence` is when the rhythm puts it, whatever it was moved to,
    and `modifiee` says that calendars hold it apart from the others (RFC 5545's RECURRENCE-ID).
    """

    class Etat(models.TextChoices):
        BROUILLON = "brouillon", "En préparation"
        PLANIFIEE = "planifiee", "Planifiée"
        EN_COURS = "en_cours", "En cours"
        TERMINEE = "terminee", "Terminée"
        ANNULEE = "annulee", "Annulée"

    communaute = models.ForeignKey(
        Communaute, null=True, blank=True, on_delete=models.CASCADE, related_name="reunions"
    )
    salon = models.ForeignKey(
        Salon, null=True, blank=True, on_delete=models.SET_NULL, related_name="reunions"
    )
    organisateur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    serie = models.ForeignKey(
        Serie, null=True, blank=True, on_delete=models.CASCADE, related_name="reunions", editable=False
    )
    occurrence = models.DateTimeField(null=True, blank=True, editable=False)
    # The earlier meeting whose unfinished actions open this one; null in a series: the one before.
    suite_de = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="suivantes",
        editable=False,
        db_index=False,
    )
    modifiee = models.BooleanField(default=False, db_default=False, editable=False)
    uid = models.CharField(max_length=120, default=new_uid, editable=False)
    debut = models.DateTimeField("début", db_index=True)
    etat = models.CharField(
        "état", max_length=9, choices=Etat, default=Etat.PLANIFIEE, db_default=Etat.PLANIFIEE
    )
    motif_annulation = models.CharField("motif de l’annulation", max_length=300, blank=True, db_default="")
    annulee_le = models.DateTimeField(null=True, blank=True, editable=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ReunionQuerySet.as_manager()

    class Meta:
        verbose_name = "réunion"
        verbose_name_plural = "réunions"
        ordering = ["debut"]
        indexes = [
            models.Index(fields=["communaute", "debut"], name="reunion_communaute"),
            models.Index(fields=["suite_de"], name="reunion_suite_de", condition=Q(suite_de__isnull=False)),
        ]
        constraints = [
            *rendezvous_constraints("reunion"),
            models.CheckConstraint(
                condition=Q(serie__isnull=True, occurrence__isnull=True)
                | Q(serie__isnull=False, occurrence__isnull=False),
                name="reunion_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(etat="annulee", annulee_le__isnull=False)
                | (~Q(etat="annulee") & Q(annulee_le__isnull=True)),
                name="reunion_annulation",
            ),
            models.UniqueConstraint(fields=["uid"], condition=Q(serie__isnull=True), name="reunion_uid"),
            models.UniqueConstraint(fields=["serie", "occurrence"], name="reunion_une_par_occurrence"),
        ]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("reunions:reunion", args=[self.pk])

    @property
    def fin(self) -> datetime:
        return self.debut + timedelta(minutes=self.duree_minutes)

    @property
    def debut_sur_place(self) -> datetime:
        """The start by the meeting's own clock."""
        return self.sur_place(self.debut)

    @property
    def fin_sur_place(self) -> datetime:
        return self.sur_place(self.fin)

    def sur_place(self, moment: datetime) -> datetime:
        """A moment by the meeting's own clock: what is written for all of them, whoever writes or reads."""
        return moment.astimezone(ZoneInfo(self.fuseau))

    @property
    def annulee(self) -> bool:
        return self.etat == self.Etat.ANNULEE

    @property
    def en_preparation(self) -> bool:
        return self.etat == self.Etat.BROUILLON


class PointOrdreDuJour(models.Model):
    """A point of the agenda. Proposed by a participant, it waits until those who prepare the meeting keep it."""

    class Etat(models.TextChoices):
        RETENU = "retenu", "Retenu"
        PROPOSE = "propose", "Proposé"

    reunion = models.ForeignKey(Reunion, on_delete=models.CASCADE, related_name="points")
    rang = models.PositiveSmallIntegerField()
    titre = models.CharField("point", max_length=200)
    responsable = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="responsable"
    )
    minutes = models.PositiveSmallIntegerField("durée (minutes)", null=True, blank=True)
    description = models.TextField("précisions", blank=True, max_length=4000)
    description_html = models.TextField(editable=False, blank=True)
    version_rendu = models.PositiveSmallIntegerField(default=0, editable=False)
    etat = models.CharField("état", max_length=7, choices=Etat, default=Etat.RETENU)
    propose_par = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # In a series: comes back in each meeting that is made.
    recurrent = models.BooleanField("revient à chaque réunion", default=False)
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "point de l’ordre du jour"
        verbose_name_plural = "points de l’ordre du jour"
        ordering = ["rang"]
        constraints = [
            # Checked at the end of the transaction: points change places.
            models.UniqueConstraint(
                fields=["reunion", "rang"], name="point_rang", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, POINT_MINUTES_MAX)),
                name="point_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def retenu(self) -> bool:
        return self.etat == self.Etat.RETENU


class DocumentReunion(models.Model):
    """A document of the community that a meeting, or one point of it, is prepared with."""

    reunion = models.ForeignKey(Reunion, on_delete=models.CASCADE, related_name="documents")
    point = models.ForeignKey(
        PointOrdreDuJour, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    ajoute_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "document préparatoire"
        verbose_name_plural = "documents préparatoires"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reunion", "point", "document"],
                name="document_reunion_une_fois",
                nulls_distinct=False,
            )
        ]

    @property
    def adresse_retrait(self) -> str:
        return reverse("reunions:retirer-document", args=[self.pk])
