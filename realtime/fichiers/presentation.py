"""What is shown of the files of a salon."""

from typing import Any

from plateforme.socle.templatetags.socle import taille_fichier
from plateforme.socle.texte import plain_text
from realtime.fichiers.models import FichierSalon
from realtime.models import MessageSalon


def file_frame(fichier: FichierSalon) -> dict[str, Any]:
    """A file as browsers show it: `image` only for a picture that was written again by us."""
    frame: dict[str, Any] = {
        "id": str(fichier.pk),
        "nom": fichier.nom,
        "format": fichier.format,
        "taille": taille_fichier(fichier.taille),
        "url": fichier.get_absolute_url(),
    }
    if fichier.image:
        frame["image"] = {
            "url": fichier.adresse_image,
            "largeur": fichier.boite[0],
            "hauteur": fichier.boite[1],
            "alternative": fichier.alternative,
            "description": fichier.description,
        }
    return frame


def extract_of(message: MessageSalon, length: int) -> str:
    """The beginning of a line's words, or that it is made of files only. No query."""
    words = plain_text(message.texte, length)
    if words or not message.nb_fichiers:
        return words
    return "Fichier joint" if message.nb_fichiers == 1 else f"{message.nb_fichiers} fichiers joints"
