"""Kinds of events, ways of telling, levels: the words that the decision is made of."""

from django.db import models


class Genre(models.TextChoices):
    """What happened."""

    MENTION = "mention", "Mention"
    REPONSE = "reponse", "Réponse"
    ACCEPTATION = "acceptation", "Réponse retenue"
    BESOIN = "besoin", "Même besoin : une réponse"
    RESOLU = "resolu", "Question résolue"
    SUJET = "sujet", "Nouveau sujet"
    ANNONCE = "annonce", "Annonce"
    REACTION = "reaction", "Réaction"
    SONDAGE = "sondage", "Sondage"
    SALON = "salon", "Mention dans un salon"
    PRIVE = "prive", "Message privé"
    FIL = "fil", "Réponse dans un fil"
    REUNION = "reunion", "Réunion"
    DOCUMENT = "document", "Document"
    INVITATION = "invitation", "Invitation"
    DEMANDE = "demande", "Demande d’adhésion"
    ADHESION = "adhesion", "Adhésion"
    MODERATION = "moderation", "Animation et modération"
    FAQ = "faq", "Foire aux questions"
    DECISION = "decision", "Décision"
    TACHE = "tache", "Tâche"
    RAPPEL = "rappel", "Rappel"
    PROFIL = "profil", "Mon profil"
    SOLLICITATION = "aide", "Sollicitation"
    RECHERCHE = "recherche", "Recherche enregistrée"


class Voie(models.TextChoices):
    """How one is told. Each includes the list on the site, `RIEN` excepted."""

    RIEN = "rien", "Rien"
    SITE = "site", "Sur le site"
    RESUME = "resume", "Dans mon résumé"
    COURRIEL = "courriel", "Par courriel"


class Niveau(models.TextChoices):
    """How much one wants to hear of a sujet, else of its community."""

    SUIVRE = "suivre", "Suivre"
    NORMAL = "normal", "Normal"
    SOURDINE = "sourdine", "Sourdine"


class Frequence(models.TextChoices):
    """How often the digest comes."""

    JAMAIS = "jamais", "Jamais"
    QUOTIDIEN = "quotidien", "Chaque jour travaillé"
    HEBDO = "hebdo", "Chaque semaine"
