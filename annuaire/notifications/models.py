"""What a person is told of."""

from django.conf import settings
from django.db import models


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(lue_le__isnull=True)


class Notification(models.Model):
    """One thing told to one person, once: `cle` names the event, and is unique per person in the database."""

    class Genre(models.TextChoices):
        REPONSE = "reponse", "Réponse"
        MENTION = "mention", "Mention"
        ACCEPTATION = "acceptation", "Réponse acceptée"
        SALON = "salon", "Mention dans un salon"
        DEMANDE = "demande", "Demande d’adhésion"
        ADHESION = "adhesion", "Adhésion"
        INVITATION = "invitation", "Invitation"
        REUNION = "reunion", "Réunion"
        DOCUMENT = "document", "Document"
        SONDAGE = "sondage", "Sondage"
        MODERATION = "moderation", "Animation"

    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    acteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    genre = models.CharField("genre", max_length=12, choices=Genre)
    cle = models.CharField("événement", max_length=80)
    titre = models.CharField("titre", max_length=250)
    extrait = models.CharField("extrait", max_length=300, blank=True)
    url = models.CharField("adresse", max_length=300)
    # The conversation it belongs to, such as `sujet.7`: reading that one reads what was told of it.
    fil = models.CharField(max_length=40, blank=True, default="", db_default="")
    cree_le = models.DateTimeField("date", auto_now_add=True)
    lue_le = models.DateTimeField("lue le", null=True, blank=True)

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
                fields=["destinataire"], name="notification_non_lue", condition=models.Q(lue_le__isnull=True)
            ),
            models.Index(
                fields=["destinataire", "fil"],
                name="notification_fil_non_lu",
                condition=models.Q(lue_le__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.titre
