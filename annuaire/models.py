"""Agents, their services, territories and expertises."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower, Right
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from annuaire.identifiants import ANIMATEURS


class Territoire(models.Model):
    """A région, a département or the whole country. Codes: `FR`, `R76` (région 76), `48` (département)."""

    class Genre(models.TextChoices):
        NATIONAL = "national", "National"
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Département"

    code = models.CharField("code", max_length=4, primary_key=True)
    genre = models.CharField("genre", max_length=12, choices=Genre)
    nom = models.CharField("nom", max_length=80)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="enfants"
    )
    zone = models.CharField("zone", max_length=8)
    nom_chef_lieu = models.CharField("chef-lieu", max_length=80, blank=True)

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


class TypeService(models.Model):
    """A kind of service: DDT, préfecture, DREAL…"""

    sigle = models.CharField("sigle", max_length=20, unique=True)
    nom = models.CharField("nom", max_length=200)
    niveau = models.CharField("niveau", max_length=20)
    tutelle = models.CharField("tutelle", max_length=60, blank=True)

    class Meta:
        verbose_name = "type de service"
        verbose_name_plural = "types de service"
        ordering = ["sigle"]

    def __str__(self) -> str:
        return self.sigle


class Service(models.Model):
    """One service of the State in one territory: the DDT of Lozère."""

    type = models.ForeignKey(TypeService, on_delete=models.PROTECT, related_name="services")
    territoire = models.ForeignKey(Territoire, on_delete=models.PROTECT, related_name="services")
    nom = models.CharField(
        "nom", max_length=200, help_text="Nom court, tel qu’il s’affiche : « DDT de la Lozère »."
    )
    ville = models.CharField("ville", max_length=80, blank=True)

    class Meta:
        verbose_name = "service"
        verbose_name_plural = "services"
        ordering = ["nom"]
        constraints = [models.UniqueConstraint(fields=["type", "territoire"], name="service_unique")]

    def __str__(self) -> str:
        return self.nom


class Expertise(models.Model):
    """An entry of the shared vocabulary of expertises."""

    libelle = models.CharField("libellé", max_length=120, unique=True)
    slug = models.SlugField("adresse", max_length=120, unique=True)
    domaine = models.CharField("domaine", max_length=80, db_index=True)
    synonymes = ArrayField(models.CharField(max_length=120), verbose_name="synonymes et sigles", default=list)

    class Meta:
        verbose_name = "expertise"
        verbose_name_plural = "expertises"
        ordering = ["libelle"]

    def __str__(self) -> str:
        return self.libelle


class Appellation(models.Model):
    """One name of an expertise, its label or a synonym, made ready to be looked for in a question.

    Written by the database alone (migration 0012), with the expertise: composing them at each search took longer than
    the search of a person.
    """

    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="appellations")
    mot = models.CharField("nom", max_length=120)
    # Without accents, in lower case; then word by word, as a LIKE of a question between spaces.
    nu = models.TextField()
    motif = models.TextField()
    vecteur = SearchVectorField()

    class Meta:
        verbose_name = "appellation"
        verbose_name_plural = "appellations"
        constraints = [models.UniqueConstraint(fields=["expertise", "mot"], name="appellation_unique")]

    def __str__(self) -> str:
        return self.mot


class WithoutAccents(models.Func):
    """`sans_accent(text)`: in lower case and without accents (migration socle 0001)."""

    function = "sans_accent"
    output_field = models.TextField()


class Digits(models.Func):
    """The digits of a text and nothing else."""

    function = "regexp_replace"
    template = "%(function)s(%(expressions)s, '\\D', '', 'g')"
    output_field = models.TextField()


class AgentQuerySet(models.QuerySet["Agent"]):
    def active(self) -> "AgentQuerySet":
        return self.filter(is_active=True)

    def with_place(self) -> "AgentQuerySet":
        """With what a person is always shown with: service and territory, in the same query."""
        return self.select_related("service", "territoire")

    def visible_to(self, agent: "Agent") -> "AgentQuerySet":
        """People whose profile `agent` may open: for a partner of labs, those who share one with them."""
        if agent.partenaire:
            return (
                self.active()
                .filter(models.Q(pk=agent.pk) | models.Q(adhesions__communaute__adhesions__agent=agent))
                .distinct()
            )
        return self.active()


class AgentManager(BaseUserManager["Agent"]):
    def get_queryset(self) -> AgentQuerySet:
        return AgentQuerySet(self.model, using=self._db)

    def active(self) -> AgentQuerySet:
        return self.get_queryset().active()

    def with_place(self) -> AgentQuerySet:
        return self.get_queryset().with_place()

    def visible_to(self, agent: "Agent") -> AgentQuerySet:
        return self.get_queryset().visible_to(agent)

    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Agent":
        """Create an agent with a handle of their own, made from their name."""
        from annuaire.identifiants import free_handle

        agent = self.model(email=email.strip().lower(), **fields)
        if not agent.identifiant:
            agent.identifiant = free_handle(agent.prenom, agent.nom)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Agent":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person with an account: an agent of the State, or an outside partner of a lab."""

    class Disponibilite(models.TextChoices):
        OUI = "oui", "Disponible pour aider"
        LIMITEE = "limitee", "Disponibilité limitée"
        NON = "non", "Pas disponible en ce moment"

    email = models.EmailField("adresse électronique", max_length=254)
    identifiant = models.SlugField(
        "identifiant", max_length=80, unique=True, help_text="Sert aux mentions : @prenom-nom."
    )
    prenom = models.CharField("prénom", max_length=60)
    nom = models.CharField("nom", max_length=60)
    fonction = models.CharField("fonction", max_length=120, blank=True)
    service = models.ForeignKey(
        Service,
        verbose_name="service",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agents",
    )
    organisme = models.CharField("organisme", max_length=160, blank=True, help_text="Pour les partenaires.")
    territoire = models.ForeignKey(
        Territoire,
        verbose_name="territoire",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agents",
    )
    partenaire = models.BooleanField("partenaire extérieur", default=False)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    biographie = models.TextField("présentation", blank=True, max_length=2000)
    disponibilite = models.CharField(
        "disponibilité", max_length=8, choices=Disponibilite, default=Disponibilite.OUI
    )
    # Of a limited availability: the last day of it, if it is known.
    disponibilite_jusqu_au = models.DateField("jusqu’au", null=True, blank=True)
    # Key of the files of their photo (`annuaire.profils.photos`); empty without one.
    photo = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    montre_ecriture = models.BooleanField("montrer que j’écris", default=True, db_default=True)
    is_active = models.BooleanField("compte actif", default=True)
    is_staff = models.BooleanField("accès à l’administration", default=False)
    date_joined = models.DateTimeField("inscription", auto_now_add=True)
    # Written by triggers (migration 0002, `profils` 0005) from this row, the service, the territory, the declared
    # expertises and the missions.
    recherche = SearchVectorField(null=True, editable=False)
    mots = models.TextField(default="", editable=False)

    expertises = models.ManyToManyField(Expertise, through="DeclarationExpertise", related_name="agents")

    objects: ClassVar[AgentManager] = AgentManager()
    # The clock they live by, of who is behind a session (`annuaire.authentification`); None of anybody else.
    horloge: str | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["prenom", "nom"]

    class Meta:
        verbose_name = "agent"
        verbose_name_plural = "agents"
        permissions: ClassVar[list[tuple[str, str]]] = [
            ("exporter_annuaire", "Peut exporter les personnes trouvées dans l’annuaire")
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="agent_email_unique"),
            models.CheckConstraint(
                condition=~models.Q(identifiant=ANIMATEURS), name="agent_identifiant_reserve"
            ),
            models.CheckConstraint(
                condition=models.Q(disponibilite_jusqu_au__isnull=True) | models.Q(disponibilite="limitee"),
                name="agent_disponibilite_jusqu_au",
            ),
        ]
        indexes = [
            GinIndex(fields=["recherche"], name="agent_recherche"),
            GinIndex(fields=["mots"], name="agent_mots", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["nom", "prenom"], name="agent_nom"),
            # For names as they are typed: `LIKE 'estaq%'`.
            models.Index(OpClass(WithoutAccents("nom"), name="text_pattern_ops"), name="agent_nom_debut"),
            # For telephone numbers however they are typed: `annuaire.trouver.telephone`.
            models.Index(Right(Digits("telephone"), 9), name="agent_telephone"),
        ]

    def __str__(self) -> str:
        return self.nom_complet

    def get_absolute_url(self) -> str:
        return reverse("annuaire:profil", args=[self.identifiant])

    def get_full_name(self) -> str:
        return self.nom_complet

    def get_short_name(self) -> str:
        return self.prenom

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom}".strip() or self.email

    @property
    def initiales(self) -> str:
        return (self.prenom[:1] + self.nom[:1]).upper() or "?"

    @property
    def rattachement(self) -> str:
        """Fonction · service (or organisme) · territory: where somebody speaks from."""
        place = self.organisme if self.partenaire else (self.service.nom if self.service else "")
        parts = [self.fonction, place]
        if self.territoire and self.territoire.nom not in place:
            parts.append(self.territoire.nom)
        return " · ".join(part for part in parts if part)

    @property
    def disponibilite_actuelle(self) -> str:
        """`disponibilite` as it is today: a limited one ends by itself."""
        end = self.disponibilite_jusqu_au
        return (
            self.Disponibilite.OUI if end is not None and end < timezone.localdate() else self.disponibilite
        )

    @property
    def disponibilite_dite(self) -> str:
        """« Disponibilité limitée jusqu’au 12 janvier 2027 »."""
        said: str = self.Disponibilite(self.disponibilite_actuelle).label
        if self.disponibilite_actuelle == self.Disponibilite.LIMITEE and self.disponibilite_jusqu_au:
            return f"{said} jusqu’au {date_format(self.disponibilite_jusqu_au, 'j F Y')}"
        return said

    @property
    def profil_incomplet(self) -> bool:
        """True until the person has said what they do and where: the first thing others look for."""
        return not (self.fonction and (self.service_id or self.organisme))


class DeclarationExpertise(models.Model):
    """An expertise that an agent declares."""

    class Niveau(models.IntegerChoices):
        NOTIONS = 1, "Notions"
        PRATIQUE = 2, "Pratique"
        EXPERTISE = 3, "Expertise"
        REFERENCE = 4, "Référence"

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="declarations")
    expertise = models.ForeignKey(Expertise, on_delete=models.CASCADE, related_name="declarations")
    niveau = models.PositiveSmallIntegerField("niveau", choices=Niveau)
    depuis = models.PositiveSmallIntegerField(
        "depuis (année)", null=True, blank=True, validators=[MinValueValidator(1970), MaxValueValidator(2100)]
    )

    class Meta:
        verbose_name = "expertise déclarée"
        verbose_name_plural = "expertises déclarées"
        # Who declares an expertise, at which level: the search reads no row.
        indexes = [
            models.Index(
                fields=["expertise"], include=("agent", "niveau", "depuis"), name="declaration_expertise"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["agent", "expertise"], name="declaration_unique"),
            models.CheckConstraint(condition=models.Q(niveau__range=(1, 4)), name="declaration_niveau"),
            models.CheckConstraint(
                condition=models.Q(depuis__isnull=True) | models.Q(depuis__range=(1970, 2100)),
                name="declaration_depuis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expertise} ({self.get_niveau_display()})"


class RechercheSansReponse(models.Model):
    """A need that the directory did not answer: what was asked, where, that day, and how many times.

    Nobody's: neither who asked nor anybody named in it (`annuaire.besoins`). `territoire` is where it was looked for,
    or else where it was asked from. Kept 13 months.
    """

    question = models.CharField("besoin", max_length=200)
    territoire = models.ForeignKey(
        Territoire, verbose_name="territoire", null=True, on_delete=models.CASCADE, related_name="+"
    )
    jour = models.DateField("jour")
    nombre = models.PositiveIntegerField("nombre de recherches", default=1)

    class Meta:
        verbose_name = "recherche sans réponse"
        verbose_name_plural = "recherches sans réponse"
        constraints = [
            models.UniqueConstraint(
                fields=["jour", "territoire", "question"],
                name="sans_reponse_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~models.Q(question=""), name="sans_reponse_question"),
            models.CheckConstraint(condition=models.Q(nombre__gte=1), name="sans_reponse_nombre"),
        ]

    def __str__(self) -> str:
        return self.question
