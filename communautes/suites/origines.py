"""Where decisions and tasks come from: known to the higher apps alone, which register when Django starts.

A decision noted from a message of the forum, a task that falls in a meeting: the app above owns the table that
links both, and answers here for its kind. Nothing registered, a decision simply comes from nowhere.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from annuaire.models import Agent
from annuaire.notifications.genres import Niveau
from communautes.suites.models import Decision, Tache


class Lien(NamedTuple):
    """The place something comes from, as it is shown: « Sujet : Busage d’un fossé ». `url` is empty when it may be
    told of and not read, or is no more."""

    libelle: str
    url: str


class Origine:
    """Answers for one kind of place. Each method is given several rows: one query for all, none for no row."""

    def of_decisions(self, agent: Agent, decisions: Collection[int]) -> dict[int, Lien]:
        """By primary key of a decision: the place it comes from, if `agent` may read it at this moment."""
        return {}

    def of_taches(self, agent: Agent, taches: Collection[int]) -> dict[int, Lien]:
        """By primary key of a task: the place it comes from, if `agent` may read it at this moment."""
        return {}

    def levels(self, decision: Decision) -> Mapping[int, Niveau]:
        """How much people chose to hear of the place that `decision` comes from, by their primary key."""
        return {}

    def may_confirm(self, agent: Agent, decision: Decision) -> bool:
        """Whether `agent` says what is decided in the place that `decision` comes from, though they do not animate
        its community: the secretary of a meeting. Asked again by who confirms it twice: whatever its state."""
        return False

    def may_change(self, agent: Agent, tache: Tache) -> bool:
        """Whether `agent` may change `tache`, though it is neither theirs nor of a community that they animate: who
        runs a meeting that follows it."""
        return False

    def decision_changed(self, decision: Decision) -> None:
        """`decision` has just changed, in the caller's transaction, which holds its row."""

    def tache_changed(self, tache: Tache) -> None:
        """`tache` has just changed, in the caller's transaction, which holds its row."""


_origines: dict[str, Origine] = {}


def register_origin(kind: str, origine: Origine) -> None:
    """Answer for the decisions and tasks that come from `kind` (`message`, `reunion`…)."""
    _origines[kind] = origine


def origins_of_decisions(agent: Agent, decisions: Collection[int]) -> dict[int, Lien]:
    """Where each comes from, for those whose place `agent` may read. One query a kind."""
    found: dict[int, Lien] = {}
    if decisions:
        for origine in _origines.values():
            found |= origine.of_decisions(agent, decisions)
    return found


def origins_of_taches(agent: Agent, taches: Collection[int]) -> dict[int, Lien]:
    """As `origins_of_decisions`, for tasks."""
    found: dict[int, Lien] = {}
    if taches:
        for origine in _origines.values():
            found |= origine.of_taches(agent, taches)
    return found


def levels_of(decision: Decision) -> dict[int, Niveau]:
    """What people chose to hear of the place it comes from, by primary key; only those who chose."""
    found: dict[int, Niveau] = {}
    for origine in _origines.values():
        found |= origine.levels(decision)
    return found


def may_confirm(agent: Agent, decision: Decision) -> bool:
    """Whether one of the places it comes from says so."""
    return any(origine.may_confirm(agent, decision) for origine in _origines.values())


def may_change(agent: Agent, tache: Tache) -> bool:
    """Whether one of the places where it is followed says so."""
    return any(origine.may_change(agent, tache) for origine in _origines.values())


def tell_origins(objet: Decision | Tache) -> None:
    """Tell all kinds that a decision or a task has changed, in the caller's transaction."""
    for origine in _origines.values():
        if isinstance(objet, Decision):
            origine.decision_changed(objet)
        else:
            origine.tache_changed(objet)
