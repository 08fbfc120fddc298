"""Tokens of a line of text, between reading (`lignes`) and building (`arbre`)."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True, eq=False)
class Pair:
    """A tag with the marks that open and close it, shown again if the tag is given up."""

    tag: str
    opening: str
    closing: str
    attributes: dict[str, str] = field(default_factory=dict)
    dropped: bool = False


@dataclass(slots=True, eq=False)
class Opening:
    """Where a pair starts."""

    pair: Pair


@dataclass(slots=True, eq=False)
class Closing:
    """Where a pair ends."""

    pair: Pair


@dataclass(slots=True, eq=False)
class Atom:
    """An element without tokens inside. `plain` stands for it inside a link, or when too many are made.

    `is_bare`: a web address typed as it is, which may be shown as what it leads to.
    """

    tag: str
    plain: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    is_link: bool = False
    is_bare: bool = False


@dataclass(slots=True, eq=False)
class Handle:
    """A possible mention, "@" included in `typed`; `handle` is in lower case."""

    handle: str
    typed: str


@dataclass(slots=True, eq=False)
class NoteCall:
    """A call to a footnote that exists."""

    label: str
    typed: str


@dataclass(slots=True, eq=False)
class Run:
    """A run of `*`, `_` or `~~`: what it closes, what is left of it as text, what it opens, in that order."""

    char: str
    count: int
    can_open: bool
    can_close: bool
    length: int
    serial: int
    closes: list[Pair] = field(default_factory=list)
    opens: list[Pair] = field(default_factory=list)


Token: TypeAlias = str | Opening | Closing | Atom | Handle | NoteCall | Run
