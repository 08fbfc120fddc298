"""What one looks for: the question, what narrows it, and whom one has chosen so far. Read from an address, written back
to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

from django.http import QueryDict

from annuaire.models import Agent
from annuaire.profils.langues import LANGUES
from annuaire.question import MAX_QUERY, cleaned

# Values kept of one filter: more would be no choice.
MAX_VALUES = 20
# Territories told from where one is.
ICI, VOISINS, REGION, INTER = "ici", "voisins", "region", "inter"
PROCHES = {
    ICI: "Mon département",
    VOISINS: "Mon département et ses voisins",
    REGION: "Ma région",
    INTER: "Ma région et ses voisines",
}
TRIS = {"": "Pertinence", "proximite": "Proximité", "disponibilite": "Disponibilité"}


class Champs(Protocol):
    """What a form or an address was filled with: a `QueryDict`, or what was kept of one."""

    def get(self, name: str, default: str = ...) -> Any: ...
    def getlist(self, name: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Criteres:
    """Names of fields are those of the address. Within one filter, any of its values will do; all filters hold.

    `choix`: handles of the people ticked to be asked together; they narrow nothing, and follow from page to page.
    """

    q: str = ""
    territoire: str = ""
    type: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    niveau: tuple[str, ...] = ()
    disponibilite: tuple[str, ...] = ()
    langue: tuple[str, ...] = ()
    communaute: tuple[str, ...] = ()
    expertise: tuple[str, ...] = ()
    tri: str = ""
    choix: tuple[str, ...] = ()

    @property
    def narrowing(self) -> list[str]:
        """The filters in use, by their names."""
        return [name for name in FILTRES if getattr(self, name)]

    def without(self, *names: str) -> "Criteres":
        """The same without these filters."""
        return replace(self, **{name: "" if name == "territoire" else () for name in names})

    def address(self, **more: Any) -> str:
        """As the parameters of an address, what is empty left out."""
        query = QueryDict(mutable=True)
        for name, value in (*((item.name, getattr(self, item.name)) for item in fields(self)), *more.items()):
            values = value if isinstance(value, tuple) else (value,)
            query.setlist(name, [str(one) for one in values if one not in ("", None)])
        return query.urlencode()

    def toggled(self, name: str, value: str) -> "Criteres":
        """The same with one value of a filter chosen, or no longer."""
        values: tuple[str, ...] = getattr(self, name)
        kept = tuple(one for one in values if one != value) if value in values else (*values, value)
        return replace(self, **{name: kept})


FILTRES = (
    "territoire",
    "type",
    "service",
    "niveau",
    "disponibilite",
    "langue",
    "communaute",
    "expertise",
)


def read(champs: Champs) -> Criteres:
    """What was asked for. What makes no sense is left out rather than refused: addresses are cut and pasted."""
    return Criteres(
        q=cleaned(str(champs.get("q", "")))[:MAX_QUERY],
        territoire=_word(champs.get("territoire", "")),
        type=_words(champs.getlist("type")),
        service=tuple(value for value in _words(champs.getlist("service")) if value.isdecimal())[:MAX_VALUES],
        niveau=_among(champs.getlist("niveau"), ("1", "2", "3", "4")),
        disponibilite=_among(champs.getlist("disponibilite"), Agent.Disponibilite.values),
        langue=_among(champs.getlist("langue"), LANGUES),
        communaute=_words(champs.getlist("communaute")),
        expertise=_words(champs.getlist("expertise")),
        tri=tri if (tri := str(champs.get("tri", ""))) in TRIS else "",
        choix=_words(champs.getlist("choix")),
    )


def parse(address: str) -> Criteres:
    """From the parameters of an address, as `Criteres.address` wrote them."""
    return read(QueryDict(address[:20_000]))


def _word(value: Any) -> str:
    return str(value).replace("\x00", "").strip()[:120]


def _words(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in (_word(value) for value in values) if word))[:MAX_VALUES]


def _among(values: Iterable[Any], known: Iterable[str]) -> tuple[str, ...]:
    asked = {str(value) for value in values}
    return tuple(value for value in known if value in asked)
