"""What a person says of themselves beyond who and where they are."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from annuaire.models import DeclarationExpertise, Expertise, Territoire
from annuaire.profils.langues import LANGUES, names_of


class Aide(models.TextChoices):
    """What somebody offers their colleagues."""

    AVIS = "avis", "Donner un avis"
    RELECTURE = "relecture", "Relire un document"
    FORMATION = "formation", "Former, transmettre"
    VISITE = "visite", "Venir sur place"


class Profil(models.Model):
    """The rest of a person's page. Without a row, nothing of it was said yet.

    `biographie_html` is `Agent.biographie` rendered. The days worked are those of `notifications.Reglage`:
    `montre_jours` says whether colleagues see them.
    """

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="profil"
    )
    langues = ArrayField(models.CharField(max_length=8), verbose_name="langues parlées", default=list)
    territoires = models.ManyToManyField(
        Territoire, verbose_name="territoires couverts", related_name="+", blank=True
    )
    montre_jours = models.BooleanField("montrer mes jours de travail", default=False)
    aides = ArrayField(
        models.CharField(max_length=10, choices=Aide), verbose_name="ce que je propose", default=list
    )
    biographie_html = models.TextField(blank=True, default="", editable=False)

    class Meta:
        verbose_name = "profil"
        verbose_name_plural = "profils"
        constraints = [
            models.CheckConstraint(condition=Q(langues__contained_by=list(LANGUES)), name="profil_langues"),
            models.CheckConstraint(condition=Q(aides__contained_by=Aide.values), name="profil_aides"),
        ]

    def __str__(self) -> str:
        return f"Profil {self.pk}"

    @property
    def noms_langues(self) -> list[str]:
        return names_of(self.langues)

    @property
    def noms_aides(self) -> list[str]:
        return [Aide(aide).label for aide in Aide.values if aide in self.aides]


class Mission(models.Model):
    """A mission held or a case handled, in a line: what one may ask about."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="missions")
    titre = models.CharField("mission ou dossier", max_length=160)
    debut = models.PositiveSmallIntegerField("année, ou première année")
    fin = models.PositiveSmallIntegerField("dernière année", null=True, blank=True)
    precision = models.CharField("précision", max_length=300, blank=True)

    class Meta:
        verbose_name = "mission ou dossier"
        verbose_name_plural = "missions et dossiers"
        ordering = ["-debut", "titre", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(debut__range=(1970, 2100)), name="mission_debut"),
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut"), fin__lte=2100), name="mission_fin"
            ),
            models.CheckConstraint(condition=~Q(titre=""), name="mission_titre"),
        ]

    def __str__(self) -> str:
        return self.titre


CONTEXTE_MAX = 600


class Recommandation(models.Model):
    """What somebody saw of a colleague's expertise: one for each pair of people and expertise.

    Withdrawn by its author, it is no more. Hidden by the person it is about, or taken away by the moderation with a
    reason, it stays for those who did so.
    """

    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommandations_donnees"
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommandations"
    )
    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="recommandations")
    contexte = models.CharField("ce que vous avez vu", max_length=CONTEXTE_MAX)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    masquee_le = models.DateTimeField(null=True, editable=False)
    retiree_le = models.DateTimeField(null=True, editable=False)
    motif_retrait = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = "recommandation"
        verbose_name_plural = "recommandations"
        constraints = [
            models.UniqueConstraint(fields=["auteur", "agent", "expertise"], name="recommandation_unique"),
            models.CheckConstraint(condition=~Q(auteur=F("agent")), name="recommandation_d_un_autre"),
            models.CheckConstraint(condition=~Q(contexte=""), name="recommandation_contexte"),
        ]
        indexes = [models.Index(fields=["agent", "-cree_le"], name="recommandation_agent")]

    def __str__(self) -> str:
        return f"Recommandation {self.pk}"


class DemandeRecommandation(models.Model):
    """Somebody asks a colleague to recommend them. It is no more once answered or declined."""

    demandeur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommandations_demandees"
    )
    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="+")
    mot = models.CharField("votre mot", max_length=300, blank=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "demande de recommandation"
        verbose_name_plural = "demandes de recommandation"
        constraints = [
            models.UniqueConstraint(
                fields=["demandeur", "destinataire", "expertise"], name="demande_reco_unique"
            ),
            models.CheckConstraint(condition=~Q(demandeur=F("destinataire")), name="demande_reco_d_un_autre"),
        ]

    def __str__(self) -> str:
        return f"Demande de recommandation {self.pk}"


class SignalementRecommandation(models.Model):
    """Somebody finds that a recommendation should not stand. One for each person; gone once it is dealt with."""

    recommandation = models.ForeignKey(Recommandation, on_delete=models.CASCADE, related_name="signalements")
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    motif = models.CharField("motif", max_length=300)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "signalement de recommandation"
        verbose_name_plural = "signalements de recommandation"
        constraints = [
            models.UniqueConstraint(fields=["recommandation", "auteur"], name="signalement_reco_unique")
        ]

    def __str__(self) -> str:
        return f"Signalement {self.pk}"


class PropositionExpertise(models.Model):
    """An expertise that the vocabulary lacks, proposed by somebody who wants to declare it.

    The row stays as the history: what it became, by whom, and the entry that it led to (`expertise`), made for it or
    into which it was merged. `niveau` and `depuis` are what its author declares once it is there.
    """

    class Etat(models.TextChoices):
        ATTENTE = "attente", "En attente"
        CREEE = "creee", "Ajoutée au vocabulaire"
        FUSIONNEE = "fusionnee", "Réunie à une expertise existante"
        REFUSEE = "refusee", "Refusée"

    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="expertises_proposees"
    )
    libelle = models.CharField("expertise", max_length=120)
    domaine = models.CharField("domaine", max_length=80)
    raison = models.CharField("ce qu’elle recouvre", max_length=300, blank=True)
    niveau = models.PositiveSmallIntegerField("niveau", choices=DeclarationExpertise.Niveau)
    depuis = models.PositiveSmallIntegerField("depuis (année)", null=True, blank=True)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.ATTENTE)
    motif = models.CharField(max_length=300, blank=True)
    expertise = models.ForeignKey(
        Expertise, null=True, on_delete=models.SET_NULL, related_name="propositions"
    )
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    traitee_le = models.DateTimeField(null=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "expertise proposée"
        verbose_name_plural = "expertises proposées"
        constraints = [
            models.UniqueConstraint(
                F("auteur"), Lower("libelle"), name="proposition_unique", condition=Q(etat="attente")
            ),
            models.CheckConstraint(
                condition=Q(etat="attente", traitee_le__isnull=True)
                | (~Q(etat="attente") & Q(traitee_le__isnull=False)),
                name="proposition_etat",
            ),
            models.CheckConstraint(condition=~Q(etat="refusee") | ~Q(motif=""), name="proposition_motif"),
            models.CheckConstraint(condition=Q(niveau__range=(1, 4)), name="proposition_niveau"),
        ]
        indexes = [models.Index(fields=["cree_le"], name="proposition_attente", condition=Q(etat="attente"))]

    def __str__(self) -> str:
        return self.libelle


class SuggestionEcartee(models.Model):
    """An expertise that the platform no longer proposes to somebody, at their request."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "expertise"], name="suggestion_ecartee_unique")
        ]
