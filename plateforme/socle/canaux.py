"""Kinds of live channels: each app gives its own, with the check of who may listen.

A channel is a name such as `salon.42`: a kind and the number of a thing. An app registers a kind in its
`AppConfig.ready`; the live layer (`realtime`) then takes subscriptions to it without knowing the app.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

# 18 digits fit the database's identifiers; more would be an error there.
NAME = re.compile(r"([a-z]{1,20})\.([1-9][0-9]{0,17})", re.ASCII)


class Canal(NamedTuple):
    """A channel such as `salon.42`."""

    genre: str
    pk: int

    def __str__(self) -> str:
        return f"{self.genre}.{self.pk}"

    @property
    def options(self) -> "GenreCanal":
        return _genres[self.genre]


@dataclass(frozen=True)
class GenreCanal:
    """What the live layer has to know of one kind of channel. Everything here may query the database."""

    # `acces(agent, pk)`: raises `Http404` or `PermissionDenied` as the page of the same thing does; gives the
    # number of its last event if the kind counts them, else None.
    acces: Callable[[Any, int], int | None]
    # `suite(agent, pk, apres)`: the events that follow number `apres` and that the person may read, in order, and whether
    # there are more. The caller has checked access. A kind that has it is caught up with after a cut; a number that
    # does not come in it never will.
    suite: Callable[[Any, int, int], tuple[list[dict[str, Any]], bool]] | None = None
    # `changements(agent, pk, revision)`: for a kind whose events already told may change, those changed since
    # `revision` as they are now, the revision reached, and whether there are more. The caller has checked access.
    changements: Callable[[Any, int, int], tuple[list[dict[str, Any]], int, bool]] | None = None
    # `revisions(pks)`: last revisions of many, which a kind that has `changements` gives.
    revisions: Callable[[Collection[int]], Mapping[int, int]] | None = None
    # `numeros(pks)`: last numbers of many, for the heartbeat, which reveals a lost last event.
    numeros: Callable[[Collection[int]], Mapping[int, int]] | None = None
    # `ecriture(agent, pk)`: whether a message of the person would be taken there now; raises as `acces` does. A kind
    # that has it tells who is writing.
    ecriture: Callable[[Any, int], bool] | None = None
    # `lectures(agent, pk)`: up to where each of the others has read, or else how many have read the last event; both None
    # for who is not to see it. The caller has checked access.
    lectures: Callable[[Any, int], tuple[list[dict[str, Any]] | None, int | None]] | None = None
    # Tell who is there.
    presence: bool = False
    # Types of events after which not all who listen may go on: access is looked at again.
    fermants: frozenset[str] = frozenset()


_genres: dict[str, GenreCanal] = {}


def register_genre(nom: str, genre: GenreCanal) -> None:
    """Open a kind of channel under `nom` (small letters). From `AppConfig.ready`."""
    assert NAME.fullmatch(f"{nom}.1"), nom
    _genres[nom] = genre


def genres() -> tuple[str, ...]:
    """The kinds there are."""
    return tuple(sorted(_genres))


def parse_canal(name: object) -> Canal | None:
    """The channel that `name` names, or None if there can be no such channel."""
    match = NAME.fullmatch(name) if isinstance(name, str) else None
    return Canal(match[1], int(match[2])) if match and match[1] in _genres else None
