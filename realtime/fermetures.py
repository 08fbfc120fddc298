"""Why the server closes a line: a code for the network, a reason for programs, a sentence for people."""

from typing import NamedTuple


class Fermeture(NamedTuple):
    """What the last frame (`fin`) and the close code say."""

    code: int
    raison: str
    message: str


SESSION_TERMINEE = Fermeture(4401, "session_terminee", "Votre session est terminée. Reconnectez-vous.")
ORIGINE_ETRANGERE = Fermeture(4403, "origine_etrangere", "Cette page n’est pas de ce site.")
VERSION_INCONNUE = Fermeture(
    4406, "version_inconnue", "La plateforme a été mise à jour. Rechargez la page pour continuer."
)
TROP_LENT = Fermeture(4408, "trop_lent", "La connexion ne suit pas le débit des messages.")
TROP_DE_CONNEXIONS = Fermeture(
    4409, "trop_de_connexions", "Vous avez ouvert trop de pages à la fois : celle-ci n’est plus en direct."
)
COMPTE_FERME = Fermeture(4410, "compte_ferme", "Votre compte est fermé.")
TROP_DE_TRAMES = Fermeture(4429, "trop_de_trames", "Cette page envoie trop de messages à la fois.")
A_REPRENDRE = Fermeture(1013, "a_reprendre", "La vérification de vos accès a échoué. Reconnexion en cours.")
