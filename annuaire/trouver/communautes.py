"""What communities tell the directory: who is in those that a person may list, and where a question could be put.

Communities are on a higher floor: they register here, when Django starts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annuaire.models import Agent, Expertise


@dataclass(frozen=True)
class Groupe:
    """A community whose members the person may list, and those of the people asked about who are in it."""

    cle: str
    nom: str
    membres: frozenset[int]


@dataclass(frozen=True)
class Endroit:
    """Where a question could be put: the address opens the form with the question in it, or leads to joining."""

    nom: str
    resume: str
    url: str
    membre: bool


# Given who looks and people's ids: the communities that have some of them. One query.
Groupes = Callable[[Agent, Sequence[int]], list[Groupe]]
# Given who looks and communities by their keys: ids of those who are in them, as far as the person may list them.
Membres = Callable[[Agent, Sequence[str]], "QuerySet[Any, int]"]
# Given who looks, the question and the expertises it names: the communities closest to it, best first.
Endroits = Callable[[Agent, str, Sequence[Expertise]], list[Endroit]]


@dataclass
class _Registre:
    groupes: Groupes | None = None
    membres: Membres | None = None
    endroits: Endroits | None = None


_registre = _Registre()


def register_communities(groupes: Groupes, membres: Membres, endroits: Endroits) -> None:
    """Called once by the app that owns communities."""
    _registre.groupes, _registre.membres, _registre.endroits = groupes, membres, endroits


def groups_of(agent: Agent, people: Sequence[int]) -> list[Groupe]:
    """The communities whose members `agent` may list and that have some of `people`."""
    return _registre.groupes(agent, people) if _registre.groupes is not None and people else []


def members_of(agent: Agent, cles: Sequence[str]) -> "QuerySet[Any, int]":
    """Ids of those who are in one of these communities, of which `agent` may list the members."""
    if _registre.membres is None:
        return Agent.objects.none().values_list("pk", flat=True)
    return _registre.membres(agent, cles)


def places_to_ask(agent: Agent, question: str, expertises: Sequence[Expertise]) -> list[Endroit]:
    """Where `agent` could put `question`."""
    return _registre.endroits(agent, question, expertises) if _registre.endroits is not None else []
