"""The one place that says what may become of a sollicitation, and of each person who was asked. Pure."""

from collections.abc import Mapping

from django.db import models


class Etat(models.TextChoices):
    """Of a sollicitation."""

    BROUILLON = "brouillon", "Brouillon"
    ENVOYEE = "envoyee", "En cours"
    CLOSE = "close", "Close"
    SANS_SUITE = "sans_suite", "Sans suite"


class Reponse(models.TextChoices):
    """Of one person who was asked."""

    ENVOYEE = "envoyee", "Envoyée"
    VUE = "vue", "Vue"
    ACCEPTEE = "acceptee", "Acceptée"
    REDIRIGEE = "redirigee", "Redirigée"
    REFUSEE = "refusee", "Déclinée"
    REPONDUE = "repondue", "Répondue"


SUITES: Mapping[Etat, frozenset[Etat]] = {
    Etat.BROUILLON: frozenset({Etat.ENVOYEE}),
    Etat.ENVOYEE: frozenset({Etat.CLOSE, Etat.SANS_SUITE}),
    Etat.CLOSE: frozenset(),
    Etat.SANS_SUITE: frozenset(),
}
# Who declined may change their mind; who redirected has handed over, and who answered has answered: what they write
# then is a message like another.
REPONSES: Mapping[Reponse, frozenset[Reponse]] = {
    Reponse.ENVOYEE: frozenset(Reponse) - {Reponse.ENVOYEE},
    Reponse.VUE: frozenset({Reponse.ACCEPTEE, Reponse.REDIRIGEE, Reponse.REFUSEE, Reponse.REPONDUE}),
    Reponse.ACCEPTEE: frozenset({Reponse.REDIRIGEE, Reponse.REFUSEE, Reponse.REPONDUE}),
    Reponse.REFUSEE: frozenset({Reponse.ACCEPTEE, Reponse.REPONDUE}),
    Reponse.REDIRIGEE: frozenset(),
    Reponse.REPONDUE: frozenset(),
}
# Not answered for yet: what waits for the person.
ATTENDUES = frozenset({Reponse.ENVOYEE, Reponse.VUE})
# In hand or to be: what weighs on the person.
OUVERTES = ATTENDUES | {Reponse.ACCEPTEE}
# Taken on: what fills the places of a call.
PRISES = frozenset({Reponse.ACCEPTEE, Reponse.REPONDUE})


def may_become(avant: str, apres: str) -> bool:
    """Whether an answer at `avant` may become `apres`, while the sollicitation is on."""
    return Reponse(apres) in REPONSES[Reponse(avant)]


def may_end(avant: str, apres: str) -> bool:
    """Whether a sollicitation at `avant` may become `apres`."""
    return Etat(apres) in SUITES[Etat(avant)]
