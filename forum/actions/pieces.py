"""Files put in messages: sent while one writes, bound when one publishes, removed when nobody did."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import can_write
from communautes.models import Communaute
from forum.models import Brouillon, Message, PieceJointe
from forum.rendu import cited_pieces
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import remove_bytes_on_commit, take_in
from plateforme.socle.limites import check_limit

BATCH = 200


def add_piece(
    auteur: Agent, communaute: Communaute, fichier: "File[bytes]", *, nom: str, limite: bool = True
) -> PieceJointe:
    """Take a file in, for a message that `auteur` is writing in `communaute`. Members who may write only.

    Raises `ActionRefusee` (name, kind, size, number) and `PermissionDenied`. `limite`: whether it counts against one's
    rate.
    """
    if not can_write(auteur, communaute):
        raise PermissionDenied("Rejoignez la communauté pour y écrire.")
    if limite:
        check_limit("fichier", auteur.pk)
    waiting = PieceJointe.objects.filter(agent=auteur, message__isnull=True)
    if len(waiting.values_list("pk")[: settings.PIECES_EN_ATTENTE]) >= settings.PIECES_EN_ATTENTE:
        raise ActionRefusee(
            "Trop de fichiers attendent déjà dans vos brouillons : publiez-les ou retirez-en.", champ="pieces"
        )
    piece = PieceJointe(agent=auteur, communaute=communaute)
    take_in(
        piece,
        fichier,
        nom=nom,
        trop_gros="partagez-le plutôt dans les documents de la communauté, puis collez son adresse ici.",
    )
    return piece


@transaction.atomic
def bind_pieces(auteur: Agent, message: Message, texte: str) -> int:
    """Bind to `message` the files of `auteur` that `texte` cites, in the transaction that writes the text.

    From then on whoever may read the message may open them. Those of others, of another community or already
    in a message stay what they are. Returns how many were bound; raises `ActionRefusee` beyond the limit.
    """
    cited = cited_pieces(texte)
    if not cited:
        return 0
    if len(cited) > settings.PIECES_PAR_MESSAGE:
        raise ActionRefusee(
            f"Un message porte {settings.PIECES_PAR_MESSAGE} fichiers au plus : retirez-en, ou partagez-les dans les "
            "documents de la communauté.",
            champ="texte",
        )
    return PieceJointe.objects.filter(
        pk__in=cited, agent=auteur, message__isnull=True, communaute=message.sujet.communaute_id
    ).update(message=message)


@transaction.atomic
def remove_piece(auteur: Agent, piece: PieceJointe) -> None:
    """Take back a file sent but not published. Harmless twice; one that is in a message stays in it."""
    found = PieceJointe.objects.select_for_update().filter(pk=piece.pk, agent=auteur, message__isnull=True)
    _delete(list(found))


def remove_orphans() -> int:
    """Remove the files that no message took, after `PIECES_EN_ATTENTE_JOURS`, unless a draft still cites them.

    For the worker, by batches, each its own transaction; returns how many were removed. Harmless when repeated.
    """
    limit = timezone.now() - timedelta(days=settings.PIECES_EN_ATTENTE_JOURS)
    removed, last = 0, None
    while True:
        with transaction.atomic():
            rows = PieceJointe.objects.select_for_update(skip_locked=True).filter(
                message__isnull=True, cree_le__lt=limit
            )
            if last is not None:
                rows = rows.filter(cree_le__gte=last)
            batch = list(rows.order_by("cree_le")[:BATCH])
            kept = _cited_in_drafts({piece.agent_id for piece in batch})
            removed += _delete([piece for piece in batch if piece.pk not in kept])
        if len(batch) < BATCH or batch[-1].cree_le == last:
            return removed
        last = batch[-1].cree_le


def _cited_in_drafts(agents: Collection[int]) -> set[object]:
    drafts = Brouillon.objects.filter(agent__in=agents).values_list("contenu", flat=True)
    return {
        pk
        for contenu in drafts.iterator(chunk_size=50)
        for value in contenu.values()
        if isinstance(value, str)
        for pk in cited_pieces(value)
    }


def _delete(pieces: list[PieceJointe]) -> int:
    """Delete rows, then their bytes once that is certain: a row never names what is not there."""
    for piece in pieces:
        remove_bytes_on_commit(piece.fichier)
    PieceJointe.objects.filter(pk__in=[piece.pk for piece in pieces]).delete()
    return len(pieces)
