"""The only way from an address to a kept search, and who may take the people found away in a file."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.access import require_directory
from annuaire.models import Agent
from annuaire.trouver.models import RechercheEnregistree


def get_own_search(agent: Agent, pk: int) -> RechercheEnregistree:
    """A search that `agent` keeps, or 404. `PermissionDenied` for a partner of labs."""
    require_directory(agent)
    found = RechercheEnregistree.objects.filter(agent=agent, pk=pk).first()
    if found is None:
        raise Http404("Vous ne gardez plus cette recherche.")
    return found


def can_export(agent: Agent) -> bool:
    """Whether the platform’s team gave `agent` the right to export. Two queries at most, for one request."""
    return not agent.partenaire and agent.has_perm("annuaire.exporter_annuaire")


def require_export(agent: Agent) -> None:
    require_directory(agent)
    if not can_export(agent):
        raise PermissionDenied(
            "L’export de l’annuaire demande un droit que l’équipe de la plateforme donne à qui en a l’usage."
        )
