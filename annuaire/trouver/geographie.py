"""Where territories are: which départements touch, how far one town is from another.

From `referentiels/geographie.json`: the towns from which the State serves a territory, and the départements whose
borders meet. A distance is as the crow flies between those towns: true enough to choose whom to ring, and said so.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annuaire.models import Territoire

_FILE = Path(__file__).resolve().parent.parent / "referentiels" / "geographie.json"
EARTH = 6_371  # km
# Overseas, no border is shared: territories of the same ocean work together.
BASSINS = (("971", "972", "973", "977", "978"), ("974", "976"), ("986", "987", "988"))


@dataclass(frozen=True)
class Lieu:
    """A département: its neighbours, and where its chef-lieu is, when it has one."""

    voisins: frozenset[str]
    point: tuple[float, float] | None


@cache
def places() -> Mapping[str, Lieu]:
    """Every département, by its code."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))["departements"]
    return {
        row["code"]: Lieu(
            frozenset(row["voisins"]), (row["latitude"], row["longitude"]) if "latitude" in row else None
        )
        for row in rows
    }


class Carte:
    """The territories of the directory, as they lie around each other."""

    def __init__(self, territoires: Iterable[Territoire]) -> None:
        self.territoires = {row.code: row for row in territoires}
        self._inside: dict[str | None, set[str]] = {}
        for row in self.territoires.values():
            self._inside.setdefault(row.parent_id, set()).add(row.code)

    def departements(self, code: str) -> frozenset[str]:
        """The départements of a territory: itself when it is one; none of the whole country, which is not narrower."""
        row = self.territoires.get(code)
        if row is None or row.genre == Territoire.Genre.NATIONAL:
            return frozenset()
        if row.genre == Territoire.Genre.DEPARTEMENT:
            return frozenset([code])
        return frozenset(self._inside.get(code, ()))

    def neighbours(self, code: str) -> frozenset[str]:
        """The départements that touch a département, and it."""
        lieu = places().get(code)
        return frozenset([code, *lieu.voisins]) if lieu else frozenset([code])

    def region_of(self, code: str) -> str:
        """The région of a territory, empty for the whole country."""
        row = self.territoires.get(code)
        if row is None or row.genre == Territoire.Genre.NATIONAL:
            return ""
        return row.code if row.genre == Territoire.Genre.REGION else row.parent_id or ""

    def regions_around(self, code: str) -> frozenset[str]:
        """The région of a territory and those that touch it; overseas, those of the same ocean."""
        region = self.region_of(code)
        inside = self.departements(region)
        touched = {other for code in inside for other in self.neighbours(code)}
        touched |= {other for bassin in BASSINS if inside & set(bassin) for other in bassin}
        return frozenset({region} | {self.region_of(other) for other in touched}) - {""}

    def distance(self, one: str | None, other: str | None) -> int | None:
        """Kilometres between the towns of two territories, or None when one of them is nowhere in particular."""
        if one is None or other is None:
            return None
        here, there = self._point(one), self._point(other)
        if here is None or there is None:
            return None
        return round(_great_circle(here, there))

    def _point(self, code: str) -> tuple[float, float] | None:
        row = self.territoires.get(code)
        if row is None or row.genre == Territoire.Genre.NATIONAL:
            return None
        if row.genre == Territoire.Genre.REGION:
            inside = self.departements(code)
            towns = {self.territoires[one].nom_chef_lieu: one for one in inside}
            code = towns.get(row.nom_chef_lieu, "")
        lieu = places().get(code)
        return lieu.point if lieu else None


def said(km: int) -> str:
    """« 80 km »: to the ten, to the hundred beyond a thousand; towns are no points."""
    step = 10 if km < 1_000 else 100
    shown = max(step, round(km / step) * step)
    return f"{shown:,}".replace(",", "\u202f") + "\u00a0km"


def _great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    latitude, longitude = (math.radians(value) for value in one)
    other_latitude, other_longitude = (math.radians(value) for value in other)
    half = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(half))
