"""Every write on the files of salons: taken in while one writes, bound when the line is said, taken off, removed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import take_in
from plateforme.socle.limites import check_limit
from realtime.access import require_say
from realtime.fichiers.joints import Joint
from realtime.fichiers.models import ALTERNATIVE_MAX, FichierSalon
from realtime.models import MessageSalon, Salon

# Files removed in one transaction.
BATCH = 200
_MO = 1024 * 1024
GONE = (
    "Un des fichiers joints n’est plus sur le serveur : il y attend une journée au plus avant d’être envoyé. "
    "Ajoutez-le de nouveau."
)


class FichiersPartis(Exception):
    """A file that was there a moment ago is taken or removed: whoever writes the line looks again."""


def add_file(
    auteur: Agent, salon: Salon, fichier: "File[bytes]", *, nom: str, client_id: UUID, limite: bool = True
) -> FichierSalon:
    """Take a file in, for a line that `auteur` is writing in `salon`. Those who may write there only.

    A `client_id` that this person already used gives the file it made: what is sent again after a cut never doubles.
    Raises `ActionRefusee` (name, kind, size, number, what was sent today), `PermissionDenied`, `Http404`. `limite`:
    whether it counts against one's rate. Within no transaction that may fail later: the bytes would stay.
    """
    require_say(auteur, salon)
    known = _known(auteur, salon, client_id)
    if known is not None:
        return known
    if limite:
        check_limit("fichier", auteur.pk)
    _check_room(auteur, fichier.size)
    joint = FichierSalon(agent=auteur, salon=salon, client_id=client_id)
    try:
        take_in(
            joint,
            fichier,
            nom=nom,
            trop_gros="partagez-le plutôt dans les documents d’une communauté, puis collez son adresse ici.",
        )
    except IntegrityError:
        # The same file came by another way in the same instant.
        known = _known(auteur, salon, client_id)
        if known is None:
            raise
        return known
    return joint


def _known(auteur: Agent, salon: Salon, client_id: UUID) -> FichierSalon | None:
    """The file already made by this sending. Raises `ActionRefusee` when it was for another salon."""
    found: FichierSalon | None = FichierSalon.objects.filter(agent=auteur, client_id=client_id).first()
    if found is not None and found.salon_id != salon.pk:
        raise ActionRefusee("Ce fichier a déjà été envoyé dans un autre salon : choisissez-le de nouveau.")
    return found


def _check_room(auteur: Agent, taille: int) -> None:
    """Raise when too many wait, or when today's measure is full."""
    waiting = FichierSalon.objects.filter(agent=auteur, message__isnull=True)
    if len(waiting.values_list("pk")[: settings.PIECES_EN_ATTENTE]) >= settings.PIECES_EN_ATTENTE:
        raise ActionRefusee("Trop de fichiers attendent d’être envoyés : envoyez-les ou retirez-en.")
    since = timezone.now() - timedelta(days=1)
    sent = FichierSalon.objects.filter(agent=auteur, cree_le__gte=since).aggregate(total=Sum("taille"))
    most = settings.SALONS["fichiers_jour_mo"]
    if (sent["total"] or 0) + taille > most * _MO:
        raise ActionRefusee(
            f"Vous avez envoyé près de {most} Mo dans les salons depuis hier, le plus qu’une personne puisse en un "
            "jour. Réessayez demain, ou partagez ce fichier dans les documents d’une communauté."
        )


@transaction.atomic
def remove_file(auteur: Agent, fichier: FichierSalon) -> None:
    """Take back a file sent but not said. Harmless twice; one that is in a line stays in it."""
    found = FichierSalon.objects.select_for_update().filter(pk=fichier.pk, agent=auteur, message__isnull=True)
    found.filter(pk__in=list(found.values_list("pk", flat=True))).delete()


# --- With a line ------------------------------------------------------------------------------------


def check_joints(joints: Sequence[Joint]) -> None:
    """Raise `ActionRefusee` for more files than a line carries, or a description that is too long."""
    most = settings.SALONS["fichiers"]
    if len(joints) > most:
        raise ActionRefusee(f"Un message porte {most} fichiers au plus : retirez-en.", champ="fichiers")
    if any(len(joint.alternative or "") > ALTERNATIVE_MAX for joint in joints):
        raise ActionRefusee(
            f"Décrivez chaque image en {ALTERNATIVE_MAX} caractères au plus.", champ="fichiers"
        )


def waiting_among(salon: Salon, wanted: Collection[tuple[int, UUID]]) -> set[tuple[int, UUID]]:
    """Of these files, by person and identifier, those that wait to be said in `salon`. One query, none for none."""
    if not wanted:
        return set()
    rows = FichierSalon.objects.filter(
        pk__in={pk for _, pk in wanted}, salon=salon, message__isnull=True
    ).values_list("agent_id", "pk")
    return set(rows) & set(wanted)


def bind_files(carried: Mapping[MessageSalon, Sequence[Joint]]) -> dict[int, list[FichierSalon]]:
    """Bind to each line, just written in the caller's transaction, the files its author named; gives them by the line's
    number in the database, in their order.

    From then on whoever reads the line opens them. Raises `FichiersPartis`: the caller's transaction is to be undone.
    """
    wanted = {joint.id for joints in carried.values() for joint in joints}
    if not wanted:
        return {}
    rows = {
        row.pk: row
        for row in FichierSalon.objects.select_for_update()
        .filter(pk__in=wanted, message__isnull=True)
        .order_by("pk")
    }
    bound: dict[int, list[FichierSalon]] = {}
    for message, joints in carried.items():
        for rang, joint in enumerate(joints):
            row = rows.get(joint.id)
            if row is None or (row.agent_id, row.salon_id) != (message.auteur_id, message.salon_id):
                raise FichiersPartis
            row.message, row.rang, row.alternative = message, rang, clean_alternative(joint)
            bound.setdefault(message.pk, []).append(row)
    FichierSalon.objects.bulk_update(rows.values(), ["message", "rang", "alternative"])
    return bound


def clean_alternative(joint: Joint, known: str = "") -> str:
    """The description to keep, on one line; `known` where nothing is said of it."""
    if joint.alternative is None:
        return known
    return " ".join("".join(sign if sign.isprintable() else " " for sign in joint.alternative).split())


def keep_files(line: MessageSalon, joints: Sequence[Joint]) -> tuple[bool, bool]:
    """Keep of the files of a line, which the caller holds, those named, described as said; the others are removed for
    good. Says whether some were removed, and whether a description changed.

    Names that are not of this line change nothing: a line gets no file once it is said.
    """
    named = {joint.id: joint for joint in joints}
    rows = list(FichierSalon.objects.select_for_update().filter(message=line).order_by("rang"))
    kept = [row for row in rows if row.pk in named]
    described = []
    for row in kept:
        alternative = clean_alternative(named[row.pk], row.alternative)
        if alternative != row.alternative:
            row.alternative = alternative
            described.append(row)
    FichierSalon.objects.bulk_update(described, ["alternative"])
    if len(kept) < len(rows):
        FichierSalon.objects.filter(message=line).exclude(pk__in=[row.pk for row in kept]).delete()
        line.nb_fichiers = len(kept)
    return len(kept) < len(rows), bool(described)


# --- House-keeping ----------------------------------------------------------------------------------


@transaction.atomic
def remove_orphans() -> bool:
    """Remove the next files that no line took in time; returns whether there may be more. For the worker; harmless when
    repeated."""
    limit = timezone.now() - timedelta(hours=settings.SALONS["fichiers_attente_h"])
    pks = list(
        FichierSalon.objects.select_for_update(skip_locked=True)
        .filter(message__isnull=True, cree_le__lt=limit)
        .order_by("cree_le")
        .values_list("pk", flat=True)[:BATCH]
    )
    FichierSalon.objects.filter(pk__in=pks).delete()
    return len(pks) == BATCH
