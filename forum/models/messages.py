"""Messages of sujets, their versions, and the files that go with them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute
from forum.models.renvois import titles_of
from forum.models.sujets import FrenchVector, Sujet
from plateforme.socle.fichiers.joints import FichierJoint, hidden_path
from plateforme.socle.texte import has_titles, hide_titles

# One mends one's own slips in peace: the page does not say « modifié » before that.
GRACE = timedelta(minutes=5)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible(self) -> "MessageQuerySet":
        """Neither deleted nor hidden."""
        return self.filter(supprime_le__isnull=True, masque_le__isnull=True)


class Message(models.Model):
    """One message of a sujet. The HTML is rendered once, when the text is written.

    A deleted or hidden message keeps its row, its number and its text: the page shows that something was
    there, and a moderator can put it back.
    """

    class Origine(models.TextChoices):
        SITE = "site", "Sur le site"
        COURRIEL = "courriel", "Par courriel"

    sujet = models.ForeignKey(Sujet, on_delete=models.CASCADE, related_name="messages")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="messages")
    numero = models.PositiveIntegerField("numéro")
    texte = models.TextField("message")
    # With the titles of what it cites, whatever became of them: shown through `html` only.
    html_stocke = models.TextField(editable=False, db_column="html")
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    cree_le = models.DateTimeField("date")
    origine = models.CharField(
        max_length=10, choices=Origine, default=Origine.SITE, db_default="site", editable=False
    )
    # The message it answers, when the person said so (quote, e-mail); indexed by nothing, followed one way.
    repond_a = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Rises by one with each change of the text; whoever edits says which one they started from.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    modifie_le = models.DateTimeField(null=True, blank=True, editable=False)
    modifie_par = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Any member who may write may edit it.
    wiki = models.BooleanField(default=False, db_default=False)
    supprime_le = models.DateTimeField(null=True, blank=True, editable=False)
    supprime_par = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    masque_le = models.DateTimeField(null=True, blank=True, editable=False)
    masque_par = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # It was the accepted answer when it was withdrawn: chosen again when put back.
    etait_retenue = models.BooleanField(default=False, db_default=False, editable=False)
    # Why a moderator deleted or hid it, told to its author.
    motif_moderation = models.CharField(max_length=500, blank=True, default="", db_default="")
    # Counted in the same transaction as the rows of `Reaction`.
    nb_merci = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    nb_utile = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    nb_accord = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # The marks of the rows of `SuiteMessage`, kept in their transaction (`forum.suites`): the page of a sujet reads
    # no other table, and what is kept of the message's HTML changes with them. JSON, empty for nearly all.
    suites = models.TextField(default="", db_default="", editable=False)
    recherche = models.GeneratedField(
        expression=FrenchVector("texte"), output_field=SearchVectorField(), db_persist=True
    )

    objects: ClassVar = MessageQuerySet.as_manager()
    # Addresses whose titles may be shown; None until it was asked.
    titres: frozenset[str] | None = None

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        constraints = [models.UniqueConstraint(fields=["sujet", "numero"], name="message_numero")]
        indexes = [
            GinIndex(fields=["recherche"], name="message_recherche"),
            models.Index(fields=["auteur", "-id"], name="message_auteur"),
            models.Index(
                fields=["sujet", "numero"],
                name="message_retire",
                condition=Q(supprime_le__isnull=False) | Q(masque_le__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sujet} nº {self.numero}"

    def get_absolute_url(self) -> str:
        """The message's lasting address: it finds the sujet and the page where the message is now."""
        return reverse("forum:message", args=[self.pk])

    @property
    def html(self) -> str:
        """The text as it may be shown now: without the titles that its readers may no longer know.

        One query when it cites something of ours, unless `show_titles` has made it for several at once.
        """
        stored: str = self.html_stocke
        if not has_titles(stored):
            return stored
        if self.titres is None:
            show_titles([self])
        return hide_titles(stored, self.titres or (), settings.SITE_URL)

    @property
    def visible(self) -> bool:
        return self.supprime_le is None and self.masque_le is None

    @property
    def est_modifie(self) -> bool:
        """Changed enough to be said: by somebody else, or once it had been there for a while."""
        if self.modifie_le is None:
            return False
        return self.modifie_par_id != self.auteur_id or self.modifie_le - self.cree_le > GRACE


def show_titles(messages: Iterable[Message]) -> None:
    """Ask once for all of them what `html` may show. One query, none when none of them cites anything."""
    citing = [message for message in messages if has_titles(message.html_stocke)]
    found = titles_of([message.pk for message in citing]) if citing else {}
    for message in citing:
        message.titres = found.get(message.pk, frozenset())


class VersionMessage(models.Model):
    """A text that a message had. Written when it is replaced; the current text is in the message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField("version")
    texte = models.TextField()
    auteur = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField("date")
    # An animateur emptied it because it held what must not be kept; the row says that it was.
    effacee_le = models.DateTimeField(null=True, blank=True, editable=False)
    effacee_par = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    motif_effacement = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "numero"], name="version_message_unique"),
            models.CheckConstraint(
                condition=Q(effacee_le__isnull=True) | Q(texte=""), name="version_effacee_vide"
            ),
        ]


def piece_path(piece: "PieceJointe", filename: str) -> str:
    """Where a piece's bytes lie: a name nobody can guess, nor choose."""
    return hidden_path("pieces")


class PieceJointe(FichierJoint):
    """A file put in a message by drag, paste or choice; sent while one writes, bound when one publishes.

    Until then only whoever sent it sees it, and the house-keeping removes it after some days. Its address
    holds its random identifier, which is no permission: every view passes through `access.get_piece`.
    """

    communaute = models.ForeignKey(Communaute, on_delete=models.CASCADE, related_name="pieces_jointes")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="pieces"
    )
    fichier = models.FileField(upload_to=piece_path, max_length=120)

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        indexes = [
            models.Index(fields=["cree_le"], name="piece_orpheline", condition=Q(message__isnull=True))
        ]

    def get_absolute_url(self) -> str:
        return reverse("forum:piece", args=[self.pk])


class Brouillon(models.Model):
    """What a person is writing, kept on the server as they type.

    `cle` names the form: `communaute.3` (a new sujet), `sujet.7` (an answer), `message.12` (an edit), or a form of a
    higher floor (`forum.reprises`).
    `contenu` maps the form's field names to what is in them. `version` rises with each save.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="brouillons")
    cle = models.CharField(max_length=60)
    contenu = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    modifie_le = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "cle"], name="brouillon_unique")]
        indexes = [models.Index(fields=["agent", "-modifie_le"], name="brouillon_liste")]
