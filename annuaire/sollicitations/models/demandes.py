"""What is asked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from annuaire.models import Expertise, Territoire
from annuaire.sollicitations.etats import Etat

OBJET_MAX, LONGUEUR_MAX = 160, 6000
# People that a call looks for, at most.
PLACES_MAX = 5


class Urgence(models.TextChoices):
    """How soon an answer is wished for."""

    AUCUNE = "aucune", "Sans urgence"
    QUINZE_JOURS = "quinze", "Sous 15 jours"
    TROIS_JOURS = "trois", "Sous 3 jours"
    AUJOURD_HUI = "jour", "Aujourd’hui"


class Forme(models.TextChoices):
    """What help is wished for."""

    AVIS = "avis", "Un avis écrit"
    APPEL = "appel", "Un appel"
    RELECTURE = "relecture", "Une relecture"
    VISITE = "visite", "Une visite sur place"
    BINOME = "binome", "Un travail en binôme"


class Sollicitation(models.Model):
    """Help asked of chosen colleagues, or of all those of an expertise in a territory (`appel`).

    `expertise`: of a call, the one it looks for; else what the need is about, if that was said. `pressentis`: whom a draft is for; once sent, each has a `Destinataire`. `places`: how many people a call looks for;
    `pourvue_le`, since when they are found. `activite_le`: the last thing that happened. `effacee_le`: when its words were
    removed, long after its end; what is left is who asked whom and what became of it.
    """

    demandeur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sollicitations"
    )
    objet = models.CharField("objet", max_length=OBJET_MAX, blank=True)
    besoin = models.TextField("besoin", max_length=LONGUEUR_MAX, blank=True)
    besoin_html = models.TextField(blank=True, editable=False)
    contexte = models.TextField("contexte", max_length=LONGUEUR_MAX, blank=True)
    contexte_html = models.TextField(blank=True, editable=False)
    urgence = models.CharField("urgence", max_length=8, choices=Urgence, default=Urgence.AUCUNE)
    pour_le = models.DateField("pour le", null=True, blank=True)
    forme = models.CharField("aide souhaitée", max_length=10, choices=Forme, default=Forme.AVIS)
    appel = models.BooleanField("appel", default=False)
    expertise = models.ForeignKey(
        Expertise, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    territoire = models.ForeignKey(
        Territoire, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    places = models.PositiveSmallIntegerField("personnes recherchées", default=1)
    pressentis = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.BROUILLON)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    envoyee_le = models.DateTimeField(null=True, editable=False)
    pourvue_le = models.DateTimeField(null=True, editable=False)
    activite_le = models.DateTimeField(editable=False)
    # When it was last proposed to the asker to end it.
    relance_le = models.DateTimeField(null=True, editable=False)
    finie_le = models.DateTimeField(null=True, editable=False)
    effacee_le = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "sollicitation"
        verbose_name_plural = "sollicitations"
        constraints = [
            models.CheckConstraint(condition=Q(etat__in=Etat.values), name="sollicitation_etat"),
            models.CheckConstraint(
                condition=Q(etat=Etat.BROUILLON, envoyee_le__isnull=True)
                | (~Q(etat=Etat.BROUILLON) & Q(envoyee_le__isnull=False)),
                name="sollicitation_envoyee",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=[Etat.BROUILLON, Etat.ENVOYEE], finie_le__isnull=True)
                | Q(etat__in=[Etat.CLOSE, Etat.SANS_SUITE], finie_le__isnull=False),
                name="sollicitation_finie",
            ),
            models.CheckConstraint(
                condition=Q(effacee_le__isnull=True)
                | Q(finie_le__isnull=False, objet="", besoin="", contexte=""),
                name="sollicitation_effacee",
            ),
            models.CheckConstraint(
                condition=Q(etat=Etat.BROUILLON)
                | Q(effacee_le__isnull=False)
                | (~Q(objet="") & ~Q(besoin="")),
                name="sollicitation_dite",
            ),
            models.CheckConstraint(condition=Q(places__range=(1, PLACES_MAX)), name="sollicitation_places"),
        ]
        indexes = [
            models.Index(fields=["demandeur", "-activite_le", "-id"], name="sollicitation_demandeur"),
            models.Index(
                fields=["activite_le"], name="sollicitation_en_cours", condition=Q(etat=Etat.ENVOYEE)
            ),
            models.Index(
                fields=["finie_le"],
                name="sollicitation_a_effacer",
                condition=Q(finie_le__isnull=False, effacee_le__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.intitule

    def get_absolute_url(self) -> str:
        return reverse("sollicitations:sollicitation", args=[self.pk])

    @property
    def intitule(self) -> str:
        """Its title, as lists show it."""
        if self.effacee_le is not None:
            return "Sollicitation dont le contenu n’est plus conservé"
        return self.objet or "Sans objet pour l’instant"

    @property
    def en_cours(self) -> bool:
        return self.etat == Etat.ENVOYEE

    @property
    def finie(self) -> bool:
        return self.finie_le is not None
