"""The files of meetings between agents: brought by those who prepare them, read by those who are invited."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import take_in
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from realtime.reunions.access import require_prepare
from realtime.reunions.actions.commun import announce, locked, require_open
from realtime.reunions.models import FichierReunion, PieceReunion, PointOrdreDuJour, Reunion

# Files of one meeting.
FICHIERS_MAX = 30


def add_file(
    auteur: Agent,
    reunion: Reunion,
    fichier: "File[bytes]",
    *,
    nom: str,
    point: PointOrdreDuJour | None = None,
) -> PieceReunion:
    """Bring a file to a meeting between agents, or to one point. Harmless when the same bytes are there.

    Those who prepare the meeting, and a point's owner for that point. Raises `ActionRefusee` (name, kind, size, number),
    `PermissionDenied`. Within no transaction that may fail later: the bytes would stay.
    """
    _require(auteur, reunion, point)
    check_limit("fichier", auteur.pk)
    kept = FichierReunion(agent=auteur)
    take_in(
        kept,
        fichier,
        nom=nom,
        trop_gros="partagez-le dans les documents d’une communauté, et mettez son adresse dans l’ordre du jour.",
    )
    try:
        return _link(auteur, reunion, kept, point)
    except BaseException:
        kept.delete()
        raise


@transaction.atomic
def _link(
    auteur: Agent, reunion: Reunion, fichier: FichierReunion, point: PointOrdreDuJour | None
) -> PieceReunion:
    current = locked(reunion)
    # What changed while the bytes came.
    _require(auteur, current, point)
    same: PieceReunion | None = current.pieces.filter(
        point=point, document__empreinte=fichier.empreinte, document__nom=fichier.nom
    ).first()
    if same is not None:
        fichier.delete()
        return same
    if current.pieces.count() >= FICHIERS_MAX:
        raise ActionRefusee(f"Une réunion se prépare avec {FICHIERS_MAX} fichiers au plus.", champ="fichier")
    piece: PieceReunion = current.pieces.create(point=point, document=fichier)
    record(auteur, "reunion.add_file", current, fichier=str(fichier.pk))
    announce(current, "reunion.documents")
    return piece


@transaction.atomic
def remove_file(auteur: Agent, piece: PieceReunion) -> None:
    """Take a file off a meeting. Who brought it, and those who prepare. Harmless twice."""
    current = locked(piece.reunion)
    if piece.document.agent_id != auteur.pk or not auteur.is_active:
        require_prepare(auteur, current)
    require_open(current)
    found = PieceReunion.objects.filter(pk=piece.pk).first()
    if found is not None:
        found.delete()
        record(auteur, "reunion.remove_file", current, fichier=str(piece.document_id))
        announce(current, "reunion.documents")


def _require(auteur: Agent, reunion: Reunion, point: PointOrdreDuJour | None) -> None:
    """Raise unless `auteur` may bring a file to this meeting, for this point."""
    if point is not None and point.reunion_id != reunion.pk:
        raise PermissionDenied("Ce point est celui d’une autre réunion.")
    if point is None or point.responsable_id != auteur.pk or not auteur.is_active:
        require_prepare(auteur, reunion)
    require_open(reunion)
    if reunion.communaute_id is not None:
        raise ActionRefusee("Partagez ce fichier dans la communauté, puis joignez-le ici.", champ="fichier")
