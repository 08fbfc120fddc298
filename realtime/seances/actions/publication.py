"""Publishing the minutes of a meeting."""

from django.db import transaction

from annuaire.models import Agent
from forum.actions import open_sujet
from forum.models import Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.seances.access import require_lead
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import CompteRendu

TITRE_MAX = 120


@transaction.atomic
def publish_minutes(auteur: Agent, minutes: CompteRendu) -> Sujet:
    """Publish validated minutes as a sujet of the community. Once: two at once, or a second time, give the first sujet
    back. Animateurs and secretaries.

    Raises `ActionRefusee` (not validated, no community) and `PermissionDenied`.
    """
    current = locked(minutes.seance)
    reunion = current.reunion
    require_lead(auteur, reunion)
    if current.sujet is not None:
        return current.sujet
    if reunion.communaute is None:
        raise ActionRefusee("Une réunion entre agents ne se publie pas : téléchargez son compte rendu.")
    edition = minutes.editions.order_by("-rang").first()
    if edition is None:
        raise ActionRefusee("Validez d’abord le compte rendu : c’est lui qui est publié.")
    day = reunion.sur_place(current.ouverte_le).strftime("%d/%m/%Y")
    sujet = open_sujet(
        auteur,
        reunion.communaute,
        titre=f"Compte rendu du {day} : {reunion.titre[:TITRE_MAX]}",
        texte=edition.texte,
        genre=Sujet.Genre.DISCUSSION,
    )
    current.sujet = sujet
    record(auteur, "seance.publish", reunion, sujet=sujet.pk)
    tell(current, "compte_rendu", "sujet")
    return sujet
