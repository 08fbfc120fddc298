"""Files that go with what people write, whichever page they write in: taken in, kept, handed out."""

import hashlib
import secrets
import uuid
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.detection import TypeRefuse, clean_name, detect_type
from plateforme.socle.fichiers.images import ImageRefusee, reencode

_MO = 1024 * 1024


def hidden_path(folder: str) -> str:
    """Where a file's bytes lie: a name nobody can guess, nor choose."""
    token = secrets.token_hex(16)
    return f"{folder}/{token[:2]}/{token}"


def remove_bytes_on_commit(file: FieldFile) -> None:
    """Remove the bytes once the removal of their row is certain: a row never names what is not there."""
    transaction.on_commit(partial(file.storage.delete, file.name or ""), robust=True)


class FichierJoint(models.Model):
    """What is known of such a file. Each kind adds its `fichier` (where the bytes lie) and what it goes with."""

    fichier: FieldFile

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField(max_length=200)
    taille = models.PositiveBigIntegerField("taille (octets)")
    # Found by reading the bytes; never what the browser said.
    type_mime = models.CharField(max_length=120)
    empreinte = models.CharField("SHA-256", max_length=64)
    # Of an image that was re-encoded to be shown in the page, else null.
    largeur = models.PositiveIntegerField(null=True)
    hauteur = models.PositiveIntegerField(null=True)
    cree_le = models.DateTimeField("date", auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.nom

    @property
    def image(self) -> bool:
        return self.largeur is not None

    @property
    def format(self) -> str:
        """The ending of its name, as people know it: « PDF »."""
        return self.nom.rpartition(".")[2].upper()


def take_in(joint: FichierJoint, fichier: "File[bytes]", *, nom: str, trop_gros: str) -> None:
    """Keep the bytes and the row of `joint`, whose owner and place the caller has set.

    A picture is written again (`plateforme.socle.fichiers.images`); any other file is kept as it is, and only ever handed
    out to be saved. The bytes are written before the row, and removed if the row cannot be. `trop_gros` ends the
    sentence said of a file beyond `PIECE_TAILLE_MAX`. Raises `ActionRefusee` (name, kind, size).
    """
    name = clean_name(nom)
    if not name:
        raise ActionRefusee("Ce fichier n’a pas de nom utilisable : renommez-le.", champ="pieces")
    if fichier.size > settings.PIECE_TAILLE_MAX:
        raise ActionRefusee(
            f"« {name} » dépasse {settings.PIECE_TAILLE_MAX // _MO} Mo : {trop_gros}", champ="pieces"
        )
    joint.nom = name
    try:
        joint.type_mime = detect_type(name, fichier)  # type: ignore[arg-type]
        content = _prepare(joint, fichier)
    except (TypeRefuse, ImageRefusee) as error:
        raise ActionRefusee(
            f"« {name} » : {str(error)[:1].lower()}{str(error)[1:]}", champ="pieces"
        ) from None
    kept = joint.fichier
    kept.save(joint.nom, content, save=False)
    try:
        with transaction.atomic():
            joint.save(force_insert=True)
    except BaseException:
        kept.storage.delete(kept.name or "")
        raise


def _prepare(joint: FichierJoint, fichier: "File[bytes]") -> "File[bytes]":
    """The bytes to keep; fills what the row says of them."""
    content = fichier
    if joint.type_mime.startswith("image/"):
        photo = reencode(fichier)  # type: ignore[arg-type]
        if photo is not None:
            content = ContentFile(photo.octets)
            joint.largeur, joint.hauteur = photo.largeur, photo.hauteur
            joint.type_mime = "image/webp"
            joint.nom = f"{joint.nom.rpartition('.')[0] or joint.nom}.webp"
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    joint.taille, joint.empreinte = content.size, digest.hexdigest()
    return content


def hand_out(joint: FichierJoint, *, as_attachment: bool, cache: str) -> FileResponse:
    """The bytes, never as a page of ours; shown (`as_attachment` false) only what was written again by us. `cache`: the
    header Cache-Control. Raises `Http404` when the disk has lost them."""
    try:
        file = joint.fichier.open("rb")
    except FileNotFoundError:
        raise Http404("Ce fichier est introuvable sur le serveur : prévenez l’assistance.") from None
    response = FileResponse(
        file, as_attachment=as_attachment, filename=joint.nom, content_type=joint.type_mime
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = cache
    return response
