"""Publishing the minutes of a meeting in the forum, and telling there what corrects them."""

import structlog
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from annuaire.models import Agent
from forum.actions import open_sujet, publish_message
from forum.actions.pieces import add_piece, remove_piece
from forum.models import PieceJointe, Sujet
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.texte import MAX_SOURCE
from realtime.seances.access import require_lead
from realtime.seances.actions.commun import locked, tell
from realtime.seances.models import CompteRendu, EditionCompteRendu

logger = structlog.get_logger(__name__)

TITRE_MAX = 100
TROP_LONG = "Le texte est trop long pour un message : il est dans le fichier joint."


def publish_minutes(auteur: Agent, minutes: CompteRendu) -> Sujet:
    """Publish validated minutes as a sujet of the community, their PDF joined. Once: two at once, or a second time,
    give the first sujet back. Animateurs and secretaries.

    Raises `ActionRefusee` (not validated, no community) and `PermissionDenied`. Not to be called within a
    transaction: the file is written before it, and taken back if it is of no use.
    """
    reunion = minutes.seance.reunion
    require_lead(auteur, reunion)
    if reunion.communaute is None:
        raise ActionRefusee("Une réunion entre agents ne se publie pas : téléchargez son compte rendu.")
    edition = minutes.editions.order_by("-rang").first()
    if edition is None:
        raise ActionRefusee("Validez d’abord le compte rendu : c’est lui qui est publié.")
    piece = _joined(auteur, minutes, edition)
    published = False
    try:
        with transaction.atomic():
            current = locked(minutes.seance)
            require_lead(auteur, current.reunion)
            if current.sujet is not None:
                return current.sujet
            day = reunion.sur_place(current.ouverte_le).strftime("%d/%m/%Y")
            sujet = open_sujet(
                auteur,
                reunion.communaute,
                titre=f"Compte rendu n°\u00a0{minutes.reference} du {day} : {reunion.titre[:TITRE_MAX]}",
                texte=_message(minutes, edition, piece),
                genre=Sujet.Genre.DISCUSSION,
            )
            current.sujet = sujet
            edition.message = sujet.messages.get(numero=1)
            edition.save(update_fields=["message"])
            record(auteur, "seance.publish", reunion, sujet=sujet.pk)
            tell(current, "compte_rendu", "sujet")
            published = True
            return sujet
    finally:
        if not published:
            remove_piece(auteur, piece)


def tell_sujet_of_correction(edition: EditionCompteRendu) -> None:
    """Say in the sujet where minutes were published that they were corrected. For the worker; harmless when repeated.

    In the name of who validated them. A sujet that takes no more answers is left as it is. Not within a transaction.
    """
    minutes = edition.compte_rendu
    seance, auteur = minutes.seance, edition.validee_par
    if not edition.rang or auteur is None or seance.sujet is None or edition.message_id is not None:
        return
    piece = None
    try:
        piece = _joined(auteur, minutes, edition)
        with transaction.atomic():
            held = EditionCompteRendu.objects.select_for_update(of=("self",)).get(pk=edition.pk)
            if held.message_id is None:
                held.message = publish_message(auteur, seance.sujet, _correction(minutes, edition, piece))
                held.save(update_fields=["message"])
                piece = None
    except (ActionRefusee, PermissionDenied) as refused:
        logger.info("correction_not_told", edition=edition.pk, reason=type(refused).__name__)
    finally:
        if piece is not None:
            remove_piece(auteur, piece)


def _joined(auteur: Agent, minutes: CompteRendu, edition: EditionCompteRendu) -> PieceJointe:
    """The PDF, as a file that a message is to cite."""
    from realtime.seances.exports.pdf import as_pdf
    from realtime.seances.redaction import validated

    acte = validated(minutes, edition)
    assert minutes.communaute is not None
    name = f"{acte.fichier}.pdf"
    return add_piece(auteur, minutes.communaute, ContentFile(as_pdf(acte), name=name), nom=name, limite=False)


def _message(minutes: CompteRendu, edition: EditionCompteRendu, piece: PieceJointe) -> str:
    head = (
        f"[{edition.nom} validé de la réunion]({_address(minutes)}) : "
        f"[{piece.nom}]({piece.get_absolute_url()})\n\n"
    )
    return head + (edition.texte if len(head) + len(edition.texte) <= MAX_SOURCE else TROP_LONG)


def _correction(minutes: CompteRendu, edition: EditionCompteRendu, piece: PieceJointe) -> str:
    from realtime.seances.composition import plain

    return (
        f"**{edition.nom}** : {plain(edition.motif)}\n\n"
        f"[Lire le compte rendu corrigé]({_address(minutes)}) : [{piece.nom}]({piece.get_absolute_url()})"
    )


def _address(minutes: CompteRendu) -> str:
    return reverse("seances:compte-rendu", args=[minutes.pk])
