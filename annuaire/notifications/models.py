"""What a person is told of, how they want to be, and what has left."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from annuaire.notifications import genres


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(lue_le__isnull=True)

    def heads(self, genres: Sequence[str] = ()) -> "NotificationQuerySet":
        """The latest of each conversation, of those it has unread and of those read; of `genres` only, if any.

        By looking for a later one, through the index `notification_groupe`: however long the conversations are, no
        page has to count them.
        """
        kinds = list(genres) or None
        rows = self.filter(genre__in=genres) if genres else self
        return rows.extra(
            where=[
                "notifications_notification.fil = '' OR NOT EXISTS (SELECT 1 FROM notifications_notification plus"
                " WHERE plus.destinataire_id = notifications_notification.destinataire_id"
                " AND plus.fil = notifications_notification.fil AND plus.fil <> ''"
                " AND (plus.lue_le IS NULL) = (notifications_notification.lue_le IS NULL)"
                " AND plus.id > notifications_notification.id AND (%s::text[] IS NULL OR plus.genre = ANY(%s)))"
            ],
            params=[kinds, kinds],
        )


class Notification(models.Model):
    """One thing told to one person, once: `cle` names the event, and is unique per person in the database.

    `cle` begins with the kind and number of what happened (`message.12`); `fil` names the conversation
    (`sujet.7`), and `rang` the place in it: reading that far reads what was told of it.
    """

    Genre = genres.Genre

    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    genre = models.CharField("genre", max_length=12, choices=genres.Genre)
    cle = models.CharField("événement", max_length=80)
    titre = models.CharField("titre", max_length=250)
    extrait = models.CharField("extrait", max_length=300, blank=True)
    url = models.CharField("adresse", max_length=300)
    fil = models.CharField(max_length=40, blank=True, default="", db_default="")
    rang = models.PositiveIntegerField(null=True, blank=True)
    # Title of the conversation, for « Nadia Ferhat et 2 autres ont répondu à … ».
    intitule = models.CharField("conversation", max_length=200, blank=True, default="", db_default="")
    cree_le = models.DateTimeField("date", auto_now_add=True)
    lue_le = models.DateTimeField("lue le", null=True, blank=True)
    voie = models.CharField(
        "voie", max_length=8, choices=genres.Voie, default=genres.Voie.SITE, db_default="site"
    )
    # Not before; null when no e-mail of its own is to leave.
    courriel_prevu_le = models.DateTimeField(null=True, blank=True, editable=False)
    # When it left by e-mail, alone or in a digest.
    envoye_le = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        verbose_name_plural = "notifications"
        constraints = [
            models.UniqueConstraint(fields=["destinataire", "cle"], name="notification_une_fois"),
        ]
        indexes = [
            models.Index(fields=["destinataire", "-id"], name="notification_liste"),
            models.Index(
                fields=["destinataire"], name="notification_non_lue", condition=Q(lue_le__isnull=True)
            ),
            models.Index(
                fields=["destinataire", "fil"],
                name="notification_fil_non_lu",
                condition=Q(lue_le__isnull=True),
            ),
            models.Index(
                fields=["courriel_prevu_le"],
                name="notification_a_envoyer",
                condition=Q(courriel_prevu_le__isnull=False, envoye_le__isnull=True, lue_le__isnull=True),
            ),
            # The news of one conversation, unread and read apart, in their order.
            models.Index(
                F("destinataire"),
                F("fil"),
                ExpressionWrapper(Q(lue_le__isnull=True), output_field=models.BooleanField()),
                F("id").desc(),
                name="notification_groupe",
                condition=~Q(fil=""),
            ),
            # What is withdrawn is found whoever was told of it.
            models.Index(fields=["cle"], name="notification_cle"),
            models.Index(
                fields=["fil", "destinataire", "-envoye_le"],
                name="notification_fil_envoye",
                condition=Q(envoye_le__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class Reglage(models.Model):
    """How one person wants to be told. Without a row, the defaults of `decision` and of the settings.

    `voies` holds only what they changed: `{"reaction": "rien"}`.
    """

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="reglage"
    )
    voies = models.JSONField(default=dict)
    courriels = models.BooleanField("recevoir des courriels au fil de l’eau", default=True)
    resume = models.CharField(
        "résumé", max_length=9, choices=genres.Frequence, default=genres.Frequence.HEBDO
    )
    # Empty: the clock of the person's territory.
    fuseau = models.CharField("heure de référence", max_length=40, blank=True, default="")
    jours = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jours travaillés")
    calme_debut = models.TimeField("début des heures calmes", null=True, blank=True)
    calme_fin = models.TimeField("fin des heures calmes", null=True, blank=True)

    class Meta:
        verbose_name = "réglage des notifications"
        verbose_name_plural = "réglages des notifications"
        constraints = [
            models.CheckConstraint(condition=Q(jours__len__gt=0), name="reglage_un_jour_au_moins"),
            models.CheckConstraint(
                condition=Q(calme_debut__isnull=True, calme_fin__isnull=True)
                | Q(calme_debut__isnull=False, calme_fin__isnull=False),
                name="reglage_heures_calmes",
            ),
        ]


class Resume(models.Model):
    """One person's digest of one day: the row is what makes it leave once. `cles`: what it told of."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    jour = models.DateField("jour")
    cles = models.JSONField(default=list)
    envoye_le = models.DateTimeField("envoyé le", null=True)

    class Meta:
        verbose_name = "résumé"
        verbose_name_plural = "résumés"
        constraints = [models.UniqueConstraint(fields=["agent", "jour"], name="resume_un_par_jour")]


class Appareil(models.Model):
    """A browser that shows notifications over other windows, because its person asked for it there.

    It belongs to the open session it was asked from: when that one ends, nothing is shown any more on what
    may be a shared computer.
    """

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appareils")
    session_key = models.CharField(max_length=40, db_index=True)
    # Address given by the browser's push service, with the keys that only this browser can read for.
    adresse = models.CharField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    nom = models.CharField("appareil", max_length=80)
    cree_le = models.DateTimeField("depuis le", auto_now_add=True)
    echecs = models.PositiveSmallIntegerField(default=0)
    # After failures, not before.
    attendre_jusqu_au = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "appareil"
        verbose_name_plural = "appareils"

    def __str__(self) -> str:
        return self.nom
