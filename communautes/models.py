"""Communities and labs: who is in them, in what role, and who may come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from annuaire.models import Agent, Expertise, Territoire

# A newcomer's first messages are written with the charter in sight.
RAPPELS_CHARTE = 3


class CommunauteQuerySet(models.QuerySet["Communaute"]):
    def visible_to(self, agent: Agent) -> "CommunauteQuerySet":
        """Those whose existence `agent` may know of: not the private ones of others; for a partner of labs,
        only those they are in or invited to."""
        mine = models.Q(pk__in=Adhesion.objects.filter(agent=agent).values("communaute"))
        invited = models.Q(pk__in=Invitation.objects.pending().filter(agent=agent).values("communaute"))
        if agent.partenaire:
            return self.filter(mine | invited)
        return self.filter(mine | invited | ~models.Q(visibilite=Communaute.Visibilite.PRIVEE))

    def readable_by(self, agent: Agent) -> "CommunauteQuerySet":
        """Those whose content `agent` may read: their own, and the open ones for agents of the State."""
        mine = models.Q(pk__in=Adhesion.objects.filter(agent=agent).values("communaute"))
        if agent.partenaire:
            return self.filter(mine)
        return self.filter(mine | models.Q(visibilite=Communaute.Visibilite.OUVERTE))

    def of_member(self, agent: Agent) -> "CommunauteQuerySet":
        return self.filter(adhesions__agent=agent)


class Communaute(models.Model):
    """A community of agents, or a lab with outside partners."""

    class Genre(models.TextChoices):
        COMMUNAUTE = "communaute", "Communauté professionnelle"
        LABORATOIRE = "laboratoire", "Laboratoire d’innovation"

    class Visibilite(models.TextChoices):
        OUVERTE = "ouverte", "Ouverte"
        SUR_DEMANDE = "sur_demande", "Sur demande"
        PRIVEE = "privee", "Privée"

    class Couleur(models.TextChoices):
        GLYCINE = "purple-glycine", "Glycine"
        EMERAUDE = "green-emeraude", "Émeraude"
        TOURNESOL = "yellow-tournesol", "Tournesol"
        ARCHIPEL = "green-archipel", "Archipel"
        OPERA = "brown-opera", "Opéra"
        MENTHE = "green-menthe", "Menthe"
        TILLEUL = "green-tilleul-verveine", "Tilleul"
        TERRE_BATTUE = "orange-terre-battue", "Terre battue"
        MACARON = "pink-macaron", "Macaron"
        CAFE_CREME = "brown-cafe-creme", "Café crème"

    nom = models.CharField("nom", max_length=120, unique=True)
    slug = models.SlugField("adresse", max_length=80, unique=True)
    genre = models.CharField("genre", max_length=12, choices=Genre, default=Genre.COMMUNAUTE)
    visibilite = models.CharField("visibilité", max_length=12, choices=Visibilite, default=Visibilite.OUVERTE)
    resume = models.CharField("résumé", max_length=200)
    presentation = models.TextField("présentation", blank=True)
    presentation_html = models.TextField(editable=False, blank=True)
    # What one may expect of each other here, shown to whoever starts writing; empty: the site's own charter.
    charte = models.TextField("charte", blank=True, default="", db_default="", max_length=4000)
    charte_html = models.TextField(editable=False, blank=True, default="", db_default="")
    # Sujets without a message for so many months are archived by the worker; 0: never.
    archivage_mois = models.PositiveSmallIntegerField(
        "archiver les sujets sans message depuis (mois)", default=0, db_default=0
    )
    couleur = models.CharField("couleur", max_length=24, choices=Couleur, default=Couleur.GLYCINE)
    territoires = models.ManyToManyField(Territoire, related_name="communautes", blank=True)
    expertises = models.ManyToManyField(Expertise, related_name="communautes", blank=True)
    nb_membres = models.PositiveIntegerField(default=0, editable=False)
    cree_le = models.DateTimeField("création", auto_now_add=True)

    membres = models.ManyToManyField(Agent, through="Adhesion", related_name="communautes")

    objects: ClassVar = CommunauteQuerySet.as_manager()

    class Meta:
        verbose_name = "communauté"
        verbose_name_plural = "communautés"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("communautes:communaute", args=[self.slug])

    @property
    def est_laboratoire(self) -> bool:
        return self.genre == self.Genre.LABORATOIRE


class Adhesion(models.Model):
    """One person's membership of one community."""

    class Role(models.TextChoices):
        MEMBRE = "membre", "Membre"
        ANIMATEUR = "animateur", "Animation"

    class Niveau(models.TextChoices):
        """How much of this community one wants to hear; a sujet's own level (`forum.Abonnement`) prevails."""

        SUIVRE = "suivre", "Suivre : chaque nouveau sujet"
        NORMAL = "normal", "Normal : ce qui me concerne"
        SOURDINE = "sourdine", "Sourdine : seulement quand on me cite"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="adhesions")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="adhesions")
    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.MEMBRE)
    cree_le = models.DateTimeField("depuis le", auto_now_add=True)
    niveau = models.CharField(
        "notifications", max_length=8, choices=Niveau, default=Niveau.NORMAL, db_default="normal"
    )
    # How many more times the charter is recalled above the editor: one less with each message, 0 once put aside.
    rappels_charte = models.PositiveSmallIntegerField(default=RAPPELS_CHARTE, db_default=0, editable=False)

    class Meta:
        verbose_name = "adhésion"
        verbose_name_plural = "adhésions"
        constraints = [models.UniqueConstraint(fields=["communaute", "agent"], name="adhesion_unique")]

    def __str__(self) -> str:
        return f"{self.agent} — {self.communaute}"


class DemandeAdhesion(models.Model):
    """A request to join a community that is entered on request."""

    class Etat(models.TextChoices):
        EN_ATTENTE = "en_attente", "En attente"
        ACCEPTEE = "acceptee", "Acceptée"
        REFUSEE = "refusee", "Refusée"
        RETIREE = "retiree", "Retirée"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="demandes")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="demandes_adhesion")
    motif = models.TextField(
        "pourquoi souhaitez-vous rejoindre cette communauté ?", max_length=1000, blank=True
    )
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.EN_ATTENTE)
    cree_le = models.DateTimeField("date", auto_now_add=True)
    traitee_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    traitee_le = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "demande d’adhésion"
        verbose_name_plural = "demandes d’adhésion"
        constraints = [
            models.UniqueConstraint(
                fields=["communaute", "agent"],
                condition=models.Q(etat="en_attente"),
                name="demande_une_en_attente",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} → {self.communaute}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> "InvitationQuerySet":
        return self.filter(etat=Invitation.Etat.EN_ATTENTE)


class Invitation(models.Model):
    """An animateur's invitation to somebody who has an account."""

    class Etat(models.TextChoices):
        EN_ATTENTE = "en_attente", "En attente"
        ACCEPTEE = "acceptee", "Acceptée"
        DECLINEE = "declinee", "Déclinée"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="invitations")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="invitations")
    invitant = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.EN_ATTENTE)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        constraints = [
            models.UniqueConstraint(
                fields=["communaute", "agent"],
                condition=models.Q(etat="en_attente"),
                name="invitation_une_en_attente",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} ← {self.communaute}"


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def current(self) -> "SuspensionQuerySet":
        return self.filter(levee_le__isnull=True, jusqu_au__gt=timezone.now())


class Suspension(models.Model):
    """A member who may read a community but not write in it, until a date or until it is lifted."""

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="suspensions")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="suspensions")
    motif = models.CharField("motif", max_length=500)
    jusqu_au = models.DateTimeField("jusqu’au")
    par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField("date", auto_now_add=True)
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    levee_par = models.ForeignKey(Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = "suspension"
        verbose_name_plural = "suspensions"
        constraints = [
            models.UniqueConstraint(
                fields=["communaute", "agent"],
                condition=models.Q(levee_le__isnull=True),
                name="suspension_une_a_la_fois",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} — {self.communaute}"

    @property
    def en_cours(self) -> bool:
        return self.levee_le is None and self.jusqu_au > timezone.now()

    @property
    def phrase(self) -> str:
        """What the person is told wherever they try to write."""
        end = timezone.localtime(self.jusqu_au)
        return (
            f"Votre participation est suspendue jusqu’au {date_format(end, 'j F Y')} à {end:%H} h {end:%M}. "
            f"Motif : {self.motif.rstrip('.')}. Vous continuez de lire ; pour en parler, écrivez à l’animation "
            "de la communauté (onglet « À propos »)."
        )
