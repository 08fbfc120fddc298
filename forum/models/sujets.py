"""Sujets: the threads of a community's forum, their states and their tags."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from annuaire.models import Agent, Expertise
from communautes.models import Communaute
from plateforme.socle.recherche import FrenchVector


class Etiquette(models.Model):
    """A free tag of one community, beside the shared vocabulary of expertises.

    `fusionnee_dans`: a moderator found that both say the same; the old one leads to the one kept.
    """

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="etiquettes")
    nom = models.CharField("nom", max_length=40)
    slug = models.SlugField("adresse", max_length=50)
    fusionnee_dans = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="anciennes"
    )
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "étiquette"
        verbose_name_plural = "étiquettes"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(fields=["communaute", "slug"], name="etiquette_unique"),
            models.CheckConstraint(
                condition=Q(fusionnee_dans__isnull=True) | ~Q(fusionnee_dans=F("pk")),
                name="etiquette_pas_en_elle_meme",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class SujetQuerySet(models.QuerySet["Sujet"]):
    def visible_to(self, agent: Agent) -> "SujetQuerySet":
        """Those that `agent` may find in a list: hidden and merged ones are in none."""
        return self.listed().filter(communaute__in=Communaute.objects.readable_by(agent))

    def listed(self) -> "SujetQuerySet":
        """Neither hidden by a moderator nor merged into another."""
        return self.filter(masque_le__isnull=True, fusionne_dans__isnull=True)

    def unanswered(self) -> "SujetQuerySet":
        """Questions that wait for a first answer: the rows of the index `sujet_sans_reponse`."""
        return self.listed().filter(
            genre=Sujet.Genre.QUESTION,
            nb_messages__lte=1,
            message_accepte__isnull=True,
            resolu_le__isnull=True,
            ferme_le__isnull=True,
            archive_le__isnull=True,
        )

    def with_author(self) -> "SujetQuerySet":
        return self.select_related("auteur__service", "auteur__territoire", "communaute")

    def with_read_mark(self, agent: Agent) -> "SujetQuerySet":
        """Adds `lu`: the number of the last message that `agent` has read, or None."""
        from forum.models.lectures import LectureSujet

        read = LectureSujet.objects.filter(agent=agent, sujet=models.OuterRef("pk")).values("dernier_numero")
        return self.annotate(lu=models.Subquery(read))

    def unread_by(self, agent: Agent) -> "SujetQuerySet":
        """Sujets with a message that `agent` has not read."""
        # Nothing read is number 0: a sujet all of whose messages are deleted is unread for nobody.
        return self.with_read_mark(agent).filter(dernier_visible__gt=Coalesce("lu", 0))


class Sujet(models.Model):
    """A thread of a community's forum. Message 1 is its opening.

    Its states are dates, null when it is not so: they say since when at no cost, and two of them may hold.
    """

    class Genre(models.TextChoices):
        QUESTION = "question", "Question"
        DISCUSSION = "discussion", "Discussion"
        RETOUR = "retour", "Retour d’expérience"
        ANNONCE = "annonce", "Annonce"
        SONDAGE = "sondage", "Sondage"

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="sujets")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="sujets")
    genre = models.CharField("genre", max_length=10, choices=Genre, default=Genre.QUESTION)
    titre = models.CharField("titre", max_length=160)
    expertises = models.ManyToManyField(Expertise, related_name="sujets", blank=True)
    etiquettes = models.ManyToManyField(Etiquette, related_name="sujets", blank=True)
    cree_le = models.DateTimeField("date")
    # Kept in the transaction that adds a message: its number comes from here, without a hole.
    dernier_numero = models.PositiveIntegerField(default=0, editable=False)
    # Number of the last message neither deleted nor hidden: what a person has to have read to be up to date.
    dernier_visible = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Messages neither deleted nor hidden, the opening included.
    nb_messages = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    dernier_message_le = models.DateTimeField(editable=False)
    message_accepte = models.ForeignKey(
        "Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    nb_memes_besoins = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    epingle_le = models.DateTimeField("épinglé le", null=True, blank=True)
    resolu_le = models.DateTimeField("résolu le", null=True, blank=True)
    ferme_le = models.DateTimeField("fermé le", null=True, blank=True)
    archive_le = models.DateTimeField("archivé le", null=True, blank=True)
    masque_le = models.DateTimeField("masqué le", null=True, blank=True)
    fusionne_dans = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="fusionnes",
        editable=False,
        db_index=False,  # nobody asks for it but the page of a merged sujet, which has the row already
    )
    # The kind of place above that it was made of something of (`forum.origines`); empty: somebody opened it.
    origine = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    recherche = models.GeneratedField(
        expression=FrenchVector("titre"), output_field=SearchVectorField(), db_persist=True
    )

    objects: ClassVar = SujetQuerySet.as_manager()

    # All its columns and the numbers of its tags, where the query that read it gave them: the key of its pieces.
    cles: tuple[Any, ...]

    class Meta:
        verbose_name = "sujet"
        verbose_name_plural = "sujets"
        indexes = [
            models.Index(fields=["communaute", "-dernier_message_le", "-id"], name="sujet_liste"),
            models.Index(fields=["auteur", "-dernier_message_le", "-id"], name="sujet_auteur_liste"),
            models.Index(fields=["communaute"], name="sujet_epingle", condition=Q(epingle_le__isnull=False)),
            GinIndex(fields=["recherche"], name="sujet_recherche"),
            # Titles that resemble the one being typed, typing errors forgiven.
            GinIndex(
                OpClass(
                    Func(F("titre"), function="sans_accent", output_field=models.TextField()), "gin_trgm_ops"
                ),
                name="sujet_titre_proche",
            ),
            models.Index(
                fields=["-dernier_message_le", "-id"],
                name="sujet_sans_reponse",
                condition=Q(
                    genre="question",
                    nb_messages__lte=1,
                    message_accepte__isnull=True,
                    resolu_le__isnull=True,
                    ferme_le__isnull=True,
                    archive_le__isnull=True,
                    masque_le__isnull=True,
                    fusionne_dans__isnull=True,
                ),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(dernier_visible__lte=F("dernier_numero")), name="sujet_dernier_visible"
            ),
            models.CheckConstraint(
                condition=Q(fusionne_dans__isnull=True) | ~Q(fusionne_dans=F("pk")),
                name="sujet_pas_en_lui_meme",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def get_absolute_url(self) -> str:
        return reverse("forum:sujet", args=[self.pk])

    @property
    def nb_reponses(self) -> int:
        return max(self.nb_messages - 1, 0)

    @property
    def ouvert(self) -> bool:
        """Whether it still takes messages."""
        return (
            self.ferme_le is None
            and self.archive_le is None
            and self.masque_le is None
            and self.fusionne_dans_id is None
        )

    @property
    def resolu(self) -> bool:
        return self.resolu_le is not None or self.message_accepte_id is not None


class VersionTitre(models.Model):
    """A title that a sujet had, and who gave it."""

    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="versions_titre")
    titre = models.CharField(max_length=160)
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField("date")
