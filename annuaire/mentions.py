"""From handles to the people they name."""

from collections.abc import Iterable

from django.db.models import QuerySet

from annuaire.models import Agent
from plateforme.socle.texte import Mention


def resolve_mentions(handles: Iterable[str], parmi: "QuerySet[Agent] | None" = None) -> dict[str, Mention]:
    """The mentions that name an open account (one of `parmi`), ready for `render_markdown`.

    One query, none for no handle.
    """
    handles = list(handles)
    if not handles:
        return {}
    return {
        agent.identifiant: Mention(url=agent.get_absolute_url(), nom=agent.nom_complet)
        for agent in (Agent.objects.active() if parmi is None else parmi).filter(identifiant__in=handles)
    }
