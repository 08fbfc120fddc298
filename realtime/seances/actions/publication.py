"""Publishing what a meeting leaves."""

from django.db import transaction

from annuaire.models import Agent
from forum.actions import open_sujet, set_wiki
from forum.models import Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.seances.access import require_lead
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import Seance

TITRE_MAX = 120


@transaction.atomic
def publish_minutes(auteur: Agent, seance: Seance) -> Sujet:
    """Publish what a meeting leaves as a sujet of its community, that its readers may complete. Once: two at once, or
    a second time, give the first sujet back. Animateurs and secretaries, once the meeting is over.

    Raises `ActionRefusee` (not over, no community, too long) and `PermissionDenied`.
    """
    from realtime.seances.compte_rendu import as_markdown, minutes_of

    current = locked(seance)
    reunion = current.reunion
    require_lead(auteur, reunion)
    if current.sujet is not None:
        return current.sujet
    if reunion.communaute is None:
        raise ActionRefusee("Une réunion entre agents ne se publie pas : téléchargez son relevé.")
    if not current.levee:
        raise ActionRefusee("Terminez d’abord la réunion : son relevé sera complet.")
    day = reunion.sur_place(current.ouverte_le).strftime("%d/%m/%Y")
    sujet = open_sujet(
        auteur,
        reunion.communaute,
        titre=f"Compte rendu du {day} : {reunion.titre[:TITRE_MAX]}",
        texte=as_markdown(minutes_of(current)),
        genre=Sujet.Genre.DISCUSSION,
    )
    set_wiki(auteur, sujet.messages.get(numero=1), True)
    current.sujet = sujet
    record(auteur, "seance.publish", reunion, sujet=sujet.pk)
    tell(current, "compte_rendu", "sujet")
    return sujet
