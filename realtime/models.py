"""Salons and their messages."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, functions
from django.db.models.expressions import RawSQL
from django.urls import reverse

from annuaire.models import Agent, WithoutAccents
from communautes.models import Adhesion, Communaute
from forum.models import Reaction
from plateforme.socle.recherche import FrenchVector

MOTIF_MAX = 300
# Unread lines of one salon are counted so far: a badge says « 99+ », and what nobody reads costs no more each day.
MANY = 100
# By the index `message_salon_flux`.
_UNREAD = (
    "SELECT count(*) FROM (SELECT 1 FROM realtime_messagesalon ligne WHERE ligne.salon_id = realtime_salon.id"
    " AND ligne.au_salon AND ligne.numero > greatest(realtime_salon.efface_jusqu_a,"
    " (SELECT lu.dernier_numero FROM realtime_lecturesalon lu"
    " WHERE lu.salon_id = realtime_salon.id AND lu.agent_id = %s),"
    " (SELECT membre.apres FROM realtime_membresalon membre"
    " WHERE membre.salon_id = realtime_salon.id AND membre.agent_id = %s)) LIMIT %s) AS nouvelles"
)


class SalonQuerySet(models.QuerySet["Salon"]):
    def of_member(self, agent: Agent) -> "SalonQuerySet":
        """Salons are for members: reading a live conversation without being known would be spying.

        Those of a community are for all its members, or for some of them by name; those of no community for the agents
        of the State who are in them.
        """
        communautes = Adhesion.objects.filter(agent=agent).values("communaute")
        named = models.Q(pk__in=MembreSalon.objects.filter(agent=agent).values("salon"))
        here = models.Q(communaute__in=communautes)
        if not agent.partenaire:
            here |= models.Q(communaute__isnull=True)
        return self.filter(
            models.Q(genre=Salon.Genre.COMMUNAUTE, communaute__in=communautes)
            | (~models.Q(genre=Salon.Genre.COMMUNAUTE) & named & here)
        )

    def public(self) -> "SalonQuerySet":
        """Those that all the members of their community know of."""
        return self.filter(genre=Salon.Genre.COMMUNAUTE)

    def with_unread(self, agent: Agent) -> "SalonQuerySet":
        """Adds `non_lus`: how many lines came among those of the salon since `agent` last read, or was added, and are
        still there; `MANY` at most. Replies that stay in their thread are not among them: each thread says its own."""
        return self.annotate(
            non_lus=RawSQL(  # noqa: S611  (constants)
                _UNREAD, [agent.pk, agent.pk, MANY], output_field=models.IntegerField()
            )
        )

    def named(self, words: str) -> "SalonQuerySet":
        """Those whose name, community or people hold `words`; accents and case do not count."""
        sought = WithoutAccents(models.Value(words))
        there = MembreSalon.objects.filter(salon=models.OuterRef("pk"), salon__communaute__isnull=True)
        person = WithoutAccents(functions.Concat("agent__prenom", models.Value(" "), "agent__nom"))
        return self.alias(
            nom_nu=WithoutAccents("nom"), communaute_nue=WithoutAccents("communaute__nom")
        ).filter(
            models.Q(nom_nu__contains=sought)
            | models.Q(communaute_nue__contains=sought)
            | models.Exists(there.alias(nom_nu=person).filter(nom_nu__contains=sought))
        )

    def latest_first(self) -> "SalonQuerySet":
        """By their last message, those where nobody spoke at the end."""
        last = MessageSalon.objects.filter(
            salon=models.OuterRef("pk"), numero=models.OuterRef("dernier_numero")
        ).values("cree_le")
        return self.annotate(derniere_le=models.Subquery(last)).order_by(
            F("derniere_le").desc(nulls_last=True), "communaute__nom", "nom", "pk"
        )


class Salon(models.Model):
    """A live conversation: of a community, of some of its members, of a few agents, or of two."""

    class Genre(models.TextChoices):
        COMMUNAUTE = "communaute", "Ouvert à toute la communauté"
        RESTREINT = "restreint", "Réservé à quelques membres"
        GROUPE = "groupe", "Entre agents"
        DIRECT = "direct", "À deux"

    genre = models.CharField(
        "genre", max_length=10, choices=Genre, default=Genre.COMMUNAUTE, db_default="communaute"
    )
    communaute = models.ForeignKey(
        Communaute, null=True, blank=True, on_delete=models.CASCADE, related_name="salons"
    )
    # Of two people: that of the other, for each of them.
    nom = models.CharField("nom", max_length=80, blank=True)
    # The two people, lowest number first (« 3.17 »): what makes two openings at once one salon.
    paire = models.CharField(max_length=40, null=True, editable=False)  # noqa: DJ001  (unique: many have none)
    # Whether those who come later read what was said before; told when the salon is opened, never changed.
    historique_entier = models.BooleanField(
        "les personnes ajoutées lisent ce qui a été dit avant elles", default=True, db_default=True
    )
    # Of a meeting between a few agents: who is in it, and its end, follow the meeting (`realtime.discussions`).
    de_reunion = models.BooleanField(default=False, db_default=False, editable=False)
    archive_le = models.DateTimeField("archivé le", null=True, blank=True, editable=False)
    # The number of the last message, given in the message's own transaction: no hole, one order for all.
    dernier_numero = models.PositiveIntegerField(default=0, editable=False)
    # Rises by one with each change of a line that was already said, in the change's own transaction: no hole either.
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Lines older than so many days are removed by the worker; 0: never.
    conservation_jours = models.PositiveSmallIntegerField(
        "conserver les messages (jours)", default=0, db_default=0
    )
    # The number of the last line that was removed so: those before it are no more.
    efface_jusqu_a = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    cree_le = models.DateTimeField("création", auto_now_add=True)

    objects: ClassVar = SalonQuerySet.as_manager()

    class Meta:
        verbose_name = "salon"
        verbose_name_plural = "salons"
        constraints = [
            models.UniqueConstraint(
                fields=["communaute", "nom"],
                condition=models.Q(genre="communaute"),
                name="salon_nom_unique",
            ),
            models.UniqueConstraint(fields=["paire"], name="salon_une_paire"),
            models.CheckConstraint(
                condition=models.Q(genre="direct", paire__isnull=False)
                | (~models.Q(genre="direct") & models.Q(paire__isnull=True)),
                name="salon_paire_a_deux",
            ),
            models.CheckConstraint(
                condition=models.Q(genre__in=["communaute", "restreint"], communaute__isnull=False)
                | models.Q(genre__in=["groupe", "direct"], communaute__isnull=True),
                name="salon_lieu",
            ),
            models.CheckConstraint(
                condition=models.Q(de_reunion=False) | models.Q(genre="groupe"), name="salon_de_reunion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} — {self.communaute}" if self.communaute_id else self.nom or f"Salon {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("realtime:salon", args=[self.pk])

    @property
    def nominatif(self) -> bool:
        """Its members are those named, and not all those of a community."""
        return self.genre != self.Genre.COMMUNAUTE

    @property
    def prive(self) -> bool:
        """Of no community, and of no meeting: each message is addressed to those who are there."""
        return self.genre in (self.Genre.GROUPE, self.Genre.DIRECT) and not self.de_reunion


class MembreSalon(models.Model):
    """Somebody named in a salon that is not for a whole community.

    Leaving the community removes the row, by a trigger (migration 0004); its removal closes the live channel.
    """

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="inscriptions")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    # They read what comes after this number.
    apres = models.PositiveIntegerField(default=0, editable=False)
    ajoute_par = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    cree_le = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "membre d’un salon"
        verbose_name_plural = "membres d’un salon"
        constraints = [models.UniqueConstraint(fields=["salon", "agent"], name="membre_salon_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} dans {self.salon_id}"


class SourdineSalon(models.Model):
    """Somebody who wants no news of a salon to come looking for them."""

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="sourdines")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    cree_le = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "salon en sourdine"
        verbose_name_plural = "salons en sourdine"
        constraints = [models.UniqueConstraint(fields=["agent", "salon"], name="sourdine_salon_unique")]


class MessageSalon(models.Model):
    """One line of a salon. Deleted, it keeps its row and its number; its text goes after a time."""

    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="messages")
    auteur = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="messages_salon")
    numero = models.PositiveIntegerField("numéro")
    # What this answers in a thread. A line of the same salon that answers nothing itself: a trigger holds it (migration
    # 0013), and that it never changes.
    racine = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="reponses", editable=False, db_index=False
    )
    # Shown among the lines of the salon: all but the replies that stay in their thread.
    au_salon = models.BooleanField(default=True, db_default=True, editable=False)
    # Of a root: how many replies can be read, and when the last one was said. Kept with each reply, in its transaction.
    nb_reponses = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    derniere_reponse_le = models.DateTimeField(null=True, editable=False)
    # Given by the browser: a resend after a cut is recognised, whoever answers it.
    client_id = models.UUIDField()
    texte = models.TextField("message")
    html = models.TextField(editable=False)
    version_rendu = models.PositiveSmallIntegerField(editable=False)
    # Counted with the rows of `FichierSalon`: the lines without any ask nothing. A line has words, or files.
    nb_fichiers = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    cree_le = models.DateTimeField("date")
    # The salon's revision at the last change of this line; 0: nothing has changed since it was said.
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Rises by one with each change of the text; whoever edits says which one they started from.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    modifie_le = models.DateTimeField(null=True, editable=False)
    supprime_le = models.DateTimeField(null=True, editable=False)
    supprime_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", editable=False, db_index=False
    )
    # Why the animation removed it; empty when its author did.
    motif = models.CharField(max_length=MOTIF_MAX, blank=True, default="", db_default="", editable=False)
    epingle_le = models.DateTimeField(null=True, editable=False)
    epingle_par = models.ForeignKey(
        Agent, null=True, on_delete=models.SET_NULL, related_name="+", editable=False, db_index=False
    )

    class Meta:
        verbose_name = "message de salon"
        verbose_name_plural = "messages de salon"
        indexes = [
            # What a page that was away has to show again.
            models.Index(
                fields=["salon", "revision"], name="message_salon_change", condition=Q(revision__gt=0)
            ),
            models.Index(
                fields=["salon", "-epingle_le"],
                name="message_salon_epingle",
                condition=Q(epingle_le__isnull=False),
            ),
            # Deleted, whose text is still kept.
            models.Index(
                fields=["supprime_le"],
                name="message_salon_a_effacer",
                condition=Q(supprime_le__isnull=False) & ~Q(texte=""),
            ),
            models.Index(
                fields=["supprime_le"],
                name="message_salon_fichiers",
                condition=Q(supprime_le__isnull=False, nb_fichiers__gt=0),
            ),
            # The words of each salon apart: those of the others cost nothing.
            GinIndex(F("salon"), FrenchVector("texte"), name="message_salon_mots"),
            # A day of a salon, and what is older than one.
            models.Index(fields=["salon", "cree_le"], name="message_salon_jour"),
            # The lines of a salon, however many replies its threads hold.
            models.Index(fields=["salon", "numero"], name="message_salon_flux", condition=Q(au_salon=True)),
            # One thread.
            models.Index(
                fields=["racine", "numero"], name="message_salon_fil", condition=Q(racine__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(supprime_le__isnull=True) | Q(epingle_le__isnull=True),
                name="message_salon_epingle_visible",
            ),
            models.CheckConstraint(
                condition=Q(motif="") | Q(supprime_le__isnull=False), name="message_salon_motif"
            ),
            models.CheckConstraint(
                condition=Q(au_salon=True) | Q(racine__isnull=False), name="message_salon_au_salon"
            ),
            models.CheckConstraint(
                condition=Q(racine__isnull=True) | Q(nb_reponses=0), name="message_salon_racine_compte"
            ),
            models.UniqueConstraint(fields=["salon", "numero"], name="message_salon_numero"),
            models.UniqueConstraint(fields=["auteur", "client_id"], name="message_salon_une_fois"),
        ]

    def __str__(self) -> str:
        return f"{self.salon_id} nº {self.numero}"

    def get_absolute_url(self) -> str:
        """Its own address, which opens the salon there."""
        return reverse("realtime:message", args=[self.salon_id, self.numero])

    @property
    def visible(self) -> bool:
        return self.supprime_le is None


class SuiviFil(models.Model):
    """What one person is to a thread: whether they hear of it, how far they have read it, when they last answered.

    Written for whoever began what it answers, answers, is called there, or asks for it; others have no row."""

    racine = models.ForeignKey(MessageSalon, on_delete=models.CASCADE, related_name="suivis", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    suit = models.BooleanField("suit ce fil", default=True, db_default=True)
    # The number of the last reply that they have read.
    lu = models.PositiveIntegerField(default=0, db_default=0)
    # The number of their own last reply; 0: they have not answered.
    repondu = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "suivi d’un fil"
        verbose_name_plural = "suivis de fils"
        constraints = [models.UniqueConstraint(fields=["racine", "agent"], name="suivi_fil_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} sur {self.racine_id}"


class VersionMessageSalon(models.Model):
    """A text that a line had. Written when it is replaced; the current text is in the line."""

    message = models.ForeignKey(
        MessageSalon, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    numero = models.PositiveIntegerField("version")
    texte = models.TextField()
    cree_le = models.DateTimeField("date")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "numero"], name="version_message_salon_unique")
        ]


class ReactionSalon(models.Model):
    """One person's reaction to one line, of the forum's kinds; each kind once."""

    message = models.ForeignKey(
        MessageSalon, on_delete=models.CASCADE, related_name="reactions", db_index=False
    )
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    genre = models.CharField(max_length=6, choices=Reaction.Genre)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "genre", "agent"], name="reaction_salon_unique"),
            models.CheckConstraint(
                condition=Q(genre__in=["merci", "utile", "accord"]), name="reaction_salon_genre"
            ),
        ]


class LectureSalon(models.Model):
    """How far a person has read a salon."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    salon = models.ForeignKey(Salon, on_delete=models.CASCADE, related_name="lectures")
    dernier_numero = models.PositiveIntegerField()
    # What the others see of it: it stays behind while the person is invisible, as that of somebody who is not there.
    montre = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "salon"], name="lecture_salon_unique")]


from realtime.fichiers.models import FichierSalon  # noqa: E402, F401  (a model of this app, which names those above)
