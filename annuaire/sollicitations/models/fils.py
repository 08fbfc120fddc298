"""Each person who is asked, and what is said between them and who asks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from annuaire.sollicitations.etats import ATTENDUES, OUVERTES, Reponse
from annuaire.sollicitations.models.demandes import LONGUEUR_MAX, Sollicitation


class Motif(models.TextChoices):
    """Why somebody declines."""

    CHARGE = "charge", "Je n’ai pas le temps en ce moment"
    COMPETENCE = "competence", "Ce n’est pas mon domaine"
    ABSENCE = "absence", "Je serai en congé ou en mission"
    AUTRE = "autre", "Autre raison"
    COMPTE = "compte", "Son compte est fermé"


class Destinataire(models.Model):
    """One person who is asked, and the thread that they have with who asks: nobody else reads it, but who is added.

    `venu_de`: the row of who redirected to them. `compte_le`: since when it weighs on the person's load: an ask
    of theirs, from the sending; a call, once taken. `dernier_numero`: messages of the thread. `utile`: what who
    asked said of the help. `compte`: whether the person lets it count on their page and in the search.
    """

    class Utile(models.TextChoices):
        OUI = "oui", "Oui"
        NON = "non", "Non"

    sollicitation = models.ForeignKey(Sollicitation, on_delete=models.CASCADE, related_name="destinataires")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sollicitations_recues"
    )
    etat = models.CharField("réponse", max_length=10, choices=Reponse, default=Reponse.ENVOYEE)
    etat_le = models.DateTimeField()
    cree_le = models.DateTimeField("date")
    motif = models.CharField(max_length=10, choices=Motif, blank=True)
    venu_de = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="suivant"
    )
    compte_le = models.DateTimeField(null=True)
    rappels = models.PositiveSmallIntegerField(default=0)
    prochain_rappel = models.DateTimeField(null=True)
    dernier_numero = models.PositiveIntegerField(default=0)
    lu_agent = models.PositiveIntegerField(default=0)
    lu_demandeur = models.PositiveIntegerField(default=0)
    utile = models.CharField(max_length=3, choices=Utile, blank=True)
    compte = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name = "destinataire"
        verbose_name_plural = "destinataires"
        constraints = [
            models.UniqueConstraint(fields=["sollicitation", "agent"], name="destinataire_unique"),
            models.CheckConstraint(condition=Q(etat__in=Reponse.values), name="destinataire_etat"),
            models.CheckConstraint(
                condition=Q(etat=Reponse.REFUSEE) | Q(motif=""), name="destinataire_motif"
            ),
            models.CheckConstraint(condition=~Q(venu_de=F("id")), name="destinataire_venu_d_ailleurs"),
            models.CheckConstraint(
                condition=Q(prochain_rappel__isnull=True) | Q(etat__in=sorted(ATTENDUES)),
                name="destinataire_rappel",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "-cree_le", "-id"], name="destinataire_recues"),
            # What weighs on somebody.
            models.Index(
                fields=["agent", "-compte_le"],
                name="destinataire_charge",
                condition=Q(compte_le__isnull=False),
            ),
            models.Index(
                fields=["agent"], name="destinataire_ouverts", condition=Q(etat__in=sorted(OUVERTES))
            ),
            models.Index(
                fields=["prochain_rappel"],
                name="destinataire_a_rappeler",
                condition=Q(prochain_rappel__isnull=False),
            ),
            # Help that was useful: a call has many people, of whom few gave some.
            models.Index(
                fields=["sollicitation"],
                include=["agent"],
                name="destinataire_utiles",
                condition=Q(utile="oui", compte=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Destinataire {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sollicitations:fil", args=[self.pk])

    @property
    def fil(self) -> str:
        """The name of the thread, for notifications."""
        return f"sollicitation.{self.pk}"

    @property
    def attend(self) -> bool:
        """Whether something is waited for from the person. Reads the sollicitation."""
        return (
            self.etat in ATTENDUES
            and self.sollicitation.en_cours
            and not (self.sollicitation.appel and self.sollicitation.pourvue_le is not None)
        )


class PersonneAjoutee(models.Model):
    """A third person, added by name by who asks or who is asked: reads the thread after the message `apres`."""

    fil = models.ForeignKey(Destinataire, on_delete=models.CASCADE, related_name="ajoutees")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    apres = models.PositiveIntegerField()
    lu = models.PositiveIntegerField(default=0)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "personne ajoutée"
        verbose_name_plural = "personnes ajoutées"
        constraints = [models.UniqueConstraint(fields=["fil", "agent"], name="ajoutee_unique")]

    def __str__(self) -> str:
        return f"Personne ajoutée {self.pk}"


class MessageFil(models.Model):
    """Something said in a thread, or that happened there (`evenement`), with what was said of it.

    `client_id`, made with the form: a form sent twice writes once.
    """

    class Evenement(models.TextChoices):
        ENVOI = "envoi", "a envoyé cette sollicitation"
        ACCEPTE = "accepte", "accepte d’aider"
        REPOND = "repond", "a répondu"
        DECLINE = "decline", "a décliné"
        DEPART = "depart", "n’a plus de compte ici"
        REDIRIGE = "redirige", "a redirigé cette sollicitation"
        AJOUT = "ajout", "a ajouté une personne"
        RETRAIT = "retrait", "a retiré une personne"
        CLOT = "clot", "a clos la sollicitation"
        ABANDON = "abandon", "n’attend plus de réponse"

    fil = models.ForeignKey(Destinataire, on_delete=models.CASCADE, related_name="messages")
    numero = models.PositiveIntegerField()
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    evenement = models.CharField(max_length=8, choices=Evenement, blank=True)
    # Whom it is about: added, taken off, redirected to.
    sujet = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    texte = models.TextField(max_length=LONGUEUR_MAX, blank=True)
    html = models.TextField(blank=True)
    client_id = models.UUIDField(null=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        verbose_name = "message de sollicitation"
        verbose_name_plural = "messages de sollicitation"
        constraints = [
            models.UniqueConstraint(fields=["fil", "numero"], name="message_fil_numero"),
            models.UniqueConstraint(fields=["auteur", "client_id"], name="message_fil_une_fois"),
        ]

    def __str__(self) -> str:
        return f"Message {self.numero} du fil {self.fil_id}"

    @property
    def dit(self) -> str:
        """« a ajouté Nadia Ferhat »; empty for words alone."""
        if not self.evenement:
            return ""
        named = self.sujet.nom_complet if self.sujet is not None else "une personne"
        return {
            self.Evenement.AJOUT: f"a ajouté {named}",
            self.Evenement.RETRAIT: f"a retiré {named}",
            self.Evenement.REDIRIGE: f"a redirigé cette sollicitation vers {named}",
        }.get(self.Evenement(self.evenement), str(self.get_evenement_display()))
