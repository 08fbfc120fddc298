"""Every write on documents."""

import hashlib
from datetime import datetime

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import require_write
from communautes.fichiers.access import can_remove
from communautes.fichiers.models import Document, Version
from communautes.fichiers.preuves import refresh_evidence
from communautes.models import Communaute
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.detection import TypeRefuse, clean_name, detect_type
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

logger = structlog.get_logger(__name__)

# Higher floors listen: texts of the forum name documents.
document_removed = Signal()


def share_document(
    auteur: Agent,
    communaute: Communaute,
    fichier: "File[bytes]",
    *,
    nom: str,
    description: str = "",
    quand: datetime | None = None,
) -> Document:
    """Share a file with a community, or add a version to the document of that name. Members only.

    The bytes are written before the row: if anything fails the file is removed, so a list never shows what
    is not there. A person may add a version to another's document only as an animateur would: raises
    `ActionRefusee`. Raises it too for a kind or size that is not accepted.
    """
    require_write(auteur, communaute, "Rejoignez la communauté pour y partager un fichier.")
    if quand is None:
        check_limit("fichier", auteur.pk)
    nom = clean_name(nom)
    if not nom:
        raise ActionRefusee("Ce fichier n’a pas de nom utilisable : renommez-le.", champ="fichier")
    size = fichier.size
    if size > settings.FICHIER_TAILLE_MAX:
        limit = settings.FICHIER_TAILLE_MAX // (1024 * 1024)
        raise ActionRefusee(f"Ce fichier dépasse {limit} Mo.", champ="fichier")
    try:
        type_mime = detect_type(nom, fichier)  # type: ignore[arg-type]
    except TypeRefuse as error:
        raise ActionRefusee(str(error), champ="fichier") from None
    digest = hashlib.sha256()
    for chunk in fichier.chunks():
        digest.update(chunk)
    fichier.seek(0)
    now = quand or timezone.now()
    version = Version(
        auteur=auteur, taille=size, type_mime=type_mime, empreinte=digest.hexdigest(), cree_le=now
    )
    version.fichier.save(nom, fichier, save=False)
    try:
        return _record_version(auteur, communaute, nom, description, version, now)
    except BaseException:
        version.fichier.storage.delete(version.fichier.name or "")
        raise


@transaction.atomic
def _record_version(
    auteur: Agent, communaute: Communaute, nom: str, description: str, version: Version, now: datetime
) -> Document:
    document = (
        Document.objects.select_for_update()
        .filter(communaute=communaute, nom=nom, retire_le__isnull=True)
        .first()
    )
    if document is None:
        try:
            with transaction.atomic():
                document = Document.objects.create(
                    communaute=communaute, auteur=auteur, nom=nom, description=description, cree_le=now
                )
        except IntegrityError:
            raise ActionRefusee(
                "Un fichier du même nom vient d’être partagé : réessayez pour en faire une nouvelle version.",
                champ="fichier",
            ) from None
        version.numero = 1
    else:
        if not can_remove(auteur, document):
            raise ActionRefusee(
                f"« {nom} » existe déjà, partagé par {document.auteur.nom_complet}. Renommez votre fichier, "
                "ou demandez à cette personne d’y ajouter votre version.",
                champ="fichier",
            )
        last = document.versions.order_by("-numero").values_list("numero", flat=True).first() or 0
        version.numero = last + 1
        if description:
            document.description = description
    version.document = document
    version.save()
    document.version_courante = version
    document.save(update_fields=["version_courante", "description"])
    refresh_evidence([document.pk])
    record(auteur, "document.share", document, version=version.numero, taille=version.taille)
    publish_on_commit(f"communaute.{communaute.pk}", {"type": "document.nouveau", "document": document.pk})
    return document


@transaction.atomic
def remove_document(auteur: Agent, document: Document) -> None:
    """Take a document out of the list: who shared it, or an animateur. The bytes are kept; harmless twice."""
    if not can_remove(auteur, document):
        raise PermissionDenied(
            "Seules la personne qui a partagé ce fichier et l’animation peuvent le retirer."
        )
    changed = Document.objects.filter(pk=document.pk, retire_le__isnull=True).update(retire_le=timezone.now())
    if changed:
        refresh_evidence([document.pk])
        record(auteur, "document.remove", document)
        document_removed.send(Document, document=document)
        publish_on_commit(
            f"communaute.{document.communaute_id}", {"type": "document.retire", "document": document.pk}
        )
