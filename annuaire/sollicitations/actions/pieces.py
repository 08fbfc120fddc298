"""Files that go with a message: taken in before it is written, bound to it, gone if it cannot be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from annuaire.models import Agent
from annuaire.sollicitations.access import readable_threads
from annuaire.sollicitations.models import Destinataire, FichierSollicitation, MessageFil
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import take_in
from plateforme.socle.limites import check_limit

FICHIERS_MAX = 5
# A file whose message was never written is forgotten after so long.
OUBLI = timedelta(days=1)
BATCH = 200


@contextmanager
def files_taken_in(
    agent: Agent, fil: Destinataire, fichiers: Sequence["File[bytes]"]
) -> Iterator[list[FichierSollicitation]]:
    """Files kept for the message that is written meanwhile; what is not bound to it at the end is removed.

    Raises `ActionRefusee` (name, kind, size, number), `PermissionDenied` for who does not read the thread.
    """
    if len(fichiers) > FICHIERS_MAX:
        raise ActionRefusee(f"Joignez {FICHIERS_MAX} fichiers au plus à un message.", champ="pieces")
    if fichiers and not readable_threads(agent).filter(pk=fil.pk).exists():
        raise PermissionDenied("Vous n’avez plus accès à ces échanges.")
    taken: list[FichierSollicitation] = []
    try:
        for fichier in fichiers:
            check_limit("fichier", agent.pk)
            joint = FichierSollicitation(agent=agent, sollicitation=fil.sollicitation, fil=fil)
            take_in(joint, fichier, nom=fichier.name or "", trop_gros="dites plutôt où le trouver.")
            taken.append(joint)
        yield taken
    finally:
        left = FichierSollicitation.objects.filter(pk__in=[row.pk for row in taken], message__isnull=True)
        if taken:
            left.delete()


def bind_files(message: MessageFil, joints: Sequence[FichierSollicitation]) -> None:
    """Have whoever reads the message read the files, in the transaction that writes it."""
    FichierSollicitation.objects.filter(pk__in=[row.pk for row in joints]).update(message=message)


@transaction.atomic
def remove_orphans(now: datetime) -> bool:
    """Remove files whose message was never written; returns whether there may be more. For the worker."""
    rows = FichierSollicitation.objects.filter(
        fil__isnull=False, message__isnull=True, cree_le__lt=now - OUBLI
    )
    pks = list(rows.order_by("cree_le").values_list("pk", flat=True)[:BATCH])
    FichierSollicitation.objects.filter(pk__in=pks).delete()
    return len(pks) == BATCH
