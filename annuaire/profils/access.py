"""The only way from an address to a photo."""

from django.http import Http404

from annuaire.models import Agent
from annuaire.profils.photos import TAILLES


def require_photo(agent: Agent, identifiant: str, cle: str, taille: int) -> None:
    """404 unless `cle` is the photo, in a size that exists, of somebody whose page `agent` may open. One query."""
    seen = (
        cle
        and taille in TAILLES
        and Agent.objects.visible_to(agent).filter(identifiant=identifiant, photo=cle).exists()
    )
    if not seen:
        raise Http404("Cette photo n’existe plus.")
