"""What people did that shows what they know: the evidence behind the expert search."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Semaine(models.Func):
    """`preuves_semaine(timestamptz)`: the number of the week, alone in an array, as an index can hold beside words."""

    function = "preuves_semaine"
    output_field = ArrayField(models.IntegerField())


class Seul(models.Func):
    """A number alone in an array, as an index can hold beside words."""

    template = "ARRAY[%(expressions)s]"
    output_field = ArrayField(models.BigIntegerField())


class Preuve(models.Model):
    """One piece of evidence about one person, written and taken back by the app in which it happened.

    `source` names what it comes from (`message.12`) and `lieu` where that stands (`communaute.3`), which says who
    may see it: `access.register_places`. A source gives a person each kind once; `poids` counts what is counted
    (how many found it useful), else 1. `fil` names what its neighbours belong to (`sujet.3`), empty until it is
    settled again after the column came.

    What is searched is on one row of a source only, the first of its kinds: `vecteur` (words of `texte` at weight A,
    of `titre` B, of the question answered C, expertises as lexemes `§12`, D) and `valeur`, what the source is worth.
    """

    class Genre(models.TextChoices):
        REPONSE = "reponse", "Réponse"
        RETENUE = "retenue", "Réponse retenue"
        UTILE = "utile", "Jugé utile"
        MERCI = "merci", "Remercié"
        RETOUR = "retour", "Retour d’expérience"
        FAQ = "faq", "Foire aux questions"
        DOCUMENT = "document", "Document partagé"
        REUNION = "reunion", "Réunion animée"

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preuves")
    genre = models.CharField("genre", max_length=10, choices=Genre)
    source = models.CharField("source", max_length=40)
    lieu = models.CharField("lieu", max_length=40)
    titre = models.CharField("titre", max_length=250)
    url = models.CharField("adresse", max_length=300)
    texte = models.TextField()
    expertises = ArrayField(models.BigIntegerField(), default=list)
    poids = models.PositiveIntegerField(default=1)
    quand = models.DateTimeField("date")
    fil = models.CharField("fil", max_length=40, default="", db_default="")
    vecteur = SearchVectorField(null=True, editable=False)
    valeur = models.FloatField("valeur", null=True, editable=False)

    class Meta:
        verbose_name = "preuve"
        verbose_name_plural = "preuves"
        constraints = [
            models.UniqueConstraint(fields=["source", "genre", "agent"], name="preuve_unique"),
            models.CheckConstraint(condition=models.Q(poids__gte=1), name="preuve_poids"),
        ]
        indexes = [
            # The week, for words that are everywhere: those of the latest pieces are found without reading the others.
            # The person, for what somebody wrote with these words.
            GinIndex(
                "vecteur",
                Semaine("quand"),
                Seul("agent"),
                name="preuve_mots",
                condition=models.Q(vecteur__isnull=False),
            ),
            models.Index(fields=["agent", "-quand", "-id"], name="preuve_agent"),
            # Somebody's latest pieces, without reading the rows.
            models.Index(
                fields=["agent", "-quand"],
                include=["valeur", "fil", "source", "lieu"],
                name="preuve_activite",
                condition=models.Q(vecteur__isnull=False),
            ),
            models.Index(fields=["-quand"], name="preuve_quand", condition=models.Q(vecteur__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display()} : {self.titre}"


class Masquage(models.Model):
    """What a person does not want others to see nor find of their contributions. Outlives the evidence itself:
    a message taken away and put back stays hidden."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "source"], name="masquage_unique")]


class Frequence(models.Model):
    """How many pieces of evidence and how many profiles hold a lexeme; the row of the empty word, how many there are.

    Rows of a lexeme like `§s1398`: how many pieces a week saw.

    Counted each night (`frequences.rebuild`) from what every agent of the State may read, and from nothing else: what
    some may not read must not change how words weigh. A lexeme that is not there is as rare as can be.
    """

    mot = models.TextField(primary_key=True)
    preuves = models.PositiveIntegerField()
    profils = models.PositiveIntegerField()
