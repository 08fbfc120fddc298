"""Drafts of the forms of higher floors: kept with those of the forum, found again on the same page."""

from collections.abc import Callable, Collection

from annuaire.models import Agent
from forum.actions.brouillons import KINDS

# By number of what is written about, if `agent` may go on: what it is about, and where it is gone on with.
Places = Callable[[Agent, Collection[int]], dict[int, tuple[str, str]]]
_places: dict[str, Places] = {}


def register_drafts(kind: str, places: Places) -> None:
    """Keep the drafts whose key is `kind.N`. Called when an app is ready."""
    KINDS.add(kind)
    _places[kind] = places


def places_of(agent: Agent, wanted: dict[str, set[int]]) -> dict[str, tuple[str, str]]:
    """By key of a draft: what it is about and where it is gone on with. One query a kind."""
    return {
        f"{kind}.{pk}": place
        for kind, places in _places.items()
        if kind in wanted
        for pk, place in places(agent, wanted[kind]).items()
    }
