"""Where a sujet comes from, when an app above made it of something else: that app registers its kind, and keeps the link."""

from collections.abc import Callable

from annuaire.models import Agent
from communautes.suites.origines import Lien
from forum.models import Sujet

_finders: dict[str, Callable[[Agent, Sujet], Lien | None]] = {}


def register_sujet_origin(kind: str, finder: Callable[[Agent, Sujet], Lien | None]) -> None:
    """Answer for the sujets whose `origine` is `kind`: the link that a reader of the sujet is shown, without address if
    they may not read where it leads."""
    _finders[kind] = finder


def origin_of_sujet(agent: Agent, sujet: Sujet) -> Lien | None:
    """Where `sujet` comes from, as `agent` may know of it. No query for one that was simply opened."""
    finder = _finders.get(sujet.origine)
    return finder(agent, sujet) if finder is not None else None
