"""What is still open while lines are read (`blocs`)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element


@dataclass(slots=True, eq=False)
class OpenList:
    """A list that its container may still add items to; `mark` is what sets lists side by side apart."""

    element: Element
    mark: str
    loose: bool = False


@dataclass(slots=True, eq=False)
class Container:
    """A quote, an item or a note still open.

    `offset` is the indent that a line needs to be inside; `marker` is that of the item's own marker.
    """

    kind: str
    element: Element
    offset: int = 0
    marker: int = 0
    parent_list: OpenList | None = None
    open_list: OpenList | None = None


@dataclass(slots=True, eq=False)
class Fence:
    """Fenced code still open; `indent` is what its lines may lose at their beginning."""

    char: str
    length: int
    indent: int
    lines: list[str]


@dataclass(slots=True, eq=False)
class Table:
    """A table still open; its body is made with the first row."""

    body: Element | None
    table: Element
    alignments: list[str]
