"""The documents that a meeting is prepared with: those of the community, linked, never copied."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from annuaire.models import Agent
from communautes.fichiers.models import Document
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from realtime.reunions.access import require_prepare
from realtime.reunions.actions.commun import announce, locked, require_open
from realtime.reunions.models import DocumentReunion, PointOrdreDuJour, Reunion

DOCUMENTS_MAX = 60


@transaction.atomic
def add_document(
    auteur: Agent, reunion: Reunion, document: Document, *, point: PointOrdreDuJour | None = None
) -> DocumentReunion:
    """Link a document of the community to its meeting, or to one point. Harmless when it is.

    Those who prepare the meeting, and a point's owner for that point. Raises `ActionRefusee` for another community's.
    """
    current = locked(reunion)
    owner = point is not None and point.responsable_id == auteur.pk
    if not owner or not auteur.is_active:
        require_prepare(auteur, current)
    require_open(current)
    if point is not None and point.reunion_id != current.pk:
        raise PermissionDenied("Ce point est celui d’une autre réunion.")
    if current.communaute_id is None or document.communaute_id != current.communaute_id or document.retire_le:
        raise ActionRefusee("Choisissez un document de la communauté.", champ="document")
    if current.documents.count() >= DOCUMENTS_MAX:
        raise ActionRefusee(
            f"Une réunion se prépare avec {DOCUMENTS_MAX} documents au plus.", champ="document"
        )
    row, new = DocumentReunion.objects.get_or_create(
        reunion=current, point=point, document=document, defaults={"ajoute_par": auteur}
    )
    if new:
        record(auteur, "reunion.add_document", current, document=document.pk)
        announce(current, "reunion.documents")
    return row


@transaction.atomic
def remove_document(auteur: Agent, lien: DocumentReunion) -> None:
    """Take a document off a meeting; the community keeps it. Who linked it, and those who prepare. Harmless twice."""
    current = locked(lien.reunion)
    if lien.ajoute_par_id != auteur.pk or not auteur.is_active:
        require_prepare(auteur, current)
    require_open(current)
    if DocumentReunion.objects.filter(pk=lien.pk).delete()[0]:
        record(auteur, "reunion.remove_document", current, document=lien.document_id)
        announce(current, "reunion.documents")
