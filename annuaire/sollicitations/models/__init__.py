"""What is asked of colleagues, of whom, what they said, and how much each takes on."""

from annuaire.sollicitations.models.capacites import Capacite
from annuaire.sollicitations.models.demandes import (
    LONGUEUR_MAX,
    OBJET_MAX,
    PLACES_MAX,
    Forme,
    Sollicitation,
    Urgence,
)
from annuaire.sollicitations.models.fichiers import FichierSollicitation
from annuaire.sollicitations.models.fils import Destinataire, MessageFil, Motif, PersonneAjoutee

__all__ = [
    "LONGUEUR_MAX",
    "OBJET_MAX",
    "PLACES_MAX",
    "Capacite",
    "Destinataire",
    "FichierSollicitation",
    "Forme",
    "MessageFil",
    "Motif",
    "PersonneAjoutee",
    "Sollicitation",
    "Urgence",
]
