"""The only way from an address to a file of a salon."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.http import Http404

from annuaire.models import Agent, WithoutAccents
from realtime.access import get_salon, read_after
from realtime.fichiers.models import FichierSalon
from realtime.models import Salon

NOT_THERE = "Ce fichier n’existe pas, ou a été retiré."


def get_file(agent: Agent, salon_pk: int, pk: UUID) -> FichierSalon:
    """A file of a salon that `agent` may open now, with its line, or 404, whatever the reason.

    Until its line is said, only whoever sent it; then whoever reads that line, as long as it is shown.
    """
    try:
        salon = get_salon(agent, salon_pk)
    except PermissionDenied:
        raise Http404(NOT_THERE) from None
    found = FichierSalon.objects.select_related("message").filter(pk=pk, salon=salon).first()
    if found is None:
        raise Http404(NOT_THERE)
    if found.message is None:
        allowed = found.agent_id == agent.pk
    else:
        allowed = found.message.visible and found.message.numero > read_after(agent, salon)
    if not allowed:
        raise Http404(NOT_THERE)
    found.salon = salon
    return found


def files_of_salon(agent: Agent, salon: Salon, mots: str = "") -> QuerySet[FichierSalon]:
    """The files that `agent`, who is in the salon, finds among its lines; those whose name holds `mots`, accents and
    case apart."""
    rows = FichierSalon.objects.filter(
        salon=salon,
        message__isnull=False,
        message__supprime_le__isnull=True,
        message__numero__gt=read_after(agent, salon),
    )
    if mots:
        rows = rows.alias(nu=WithoutAccents("nom")).filter(nu__contains=WithoutAccents(Value(mots)))
    return rows
