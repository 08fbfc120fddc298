"""The map of départements: outlines, classes of colour, and what it says in words."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from plateforme.socle.templatetags.socle import pluriel

_FILE = Path(__file__).resolve().parent / "carte.json"
# Units of the outlines: twice those of their source.
WIDTH, HEIGHT = 1226, 1310
# Paris and those around it, drawn again larger in the corner that the sea leaves.
COURONNE = ("75", "92", "93", "94")
# Overseas: a tile each, in one row under the map.
OUTRE_MER = ("971", "972", "973", "974", "976", "975", "977", "978", "986", "987", "988")
# Shown around a région that is looked at closer.
AROUND = 30
TILE_WIDTH, TILE_HEIGHT, TILE_TOP = 92, 56, 1204


@dataclass(frozen=True)
class Forme:
    """One département as it is drawn. `classe`: 0 for none, then 1 to 4; None for one that is not looked at."""

    code: str
    trace: str
    classe: int | None
    titre: str
    choisi: bool

    @property
    def genre(self) -> str:
        """The end of its class in the style sheet."""
        return "hors" if self.classe is None else str(self.classe)


@dataclass(frozen=True)
class Tuile:
    """An overseas territory as it is drawn."""

    forme: Forme
    x: int
    y: int = TILE_TOP

    @property
    def milieu(self) -> int:
        return self.x + TILE_WIDTH // 2


@dataclass(frozen=True)
class Classe:
    """A line of the legend: how many départements are in the class."""

    numero: int
    libelle: str
    nombre: int


@dataclass(frozen=True)
class Carte:
    """What the template draws. `phrase`: the legend as a sentence; `classes`: the same, colour by colour."""

    formes: list[Forme]
    couronne: list[Forme]
    tuiles: list[Tuile]
    classes: list[Classe]
    phrase: str
    viewbox: str
    # Patterns for « none »: of the map, and of what is drawn larger or smaller than it.
    hachures: list[tuple[str, str]]


@lru_cache(maxsize=1)
def outlines() -> dict[str, str]:
    """Code of each département of the mainland and of Corse → its path."""
    found: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))["departements"]
    return found


@lru_cache(maxsize=1)
def boxes() -> dict[str, tuple[int, int, int, int]]:
    """Code of each département → the box that its outline fills: left, top, right, bottom."""
    found = {}
    for code, path in outlines().items():
        xs, ys = [], []
        for polygon in path.split("M")[1:]:
            numbers = [int(number) for number in re.findall(r"-?\d+", polygon)]
            x = y = 0
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                xs.append(x)
                ys.append(y)
        found[code] = (min(xs), min(ys), max(xs), max(ys))
    return found


def class_of(value: int, seuils: Sequence[int]) -> int:
    """0 for nothing, else the last of the thresholds that is reached, from 1."""
    return sum(1 for seuil in seuils if value >= seuil)


def draw(
    rows: Sequence[Any],
    valeur: Callable[[Any], int],
    seuils: Sequence[int],
    *,
    sans: str,
    dite: Callable[[int], str],
    libelles: Sequence[str],
    choisi: str = "",
    resserree: bool = False,
) -> Carte:
    """The map of `rows` (territories): one colour for each class of `valeur`, cut at four thresholds that rise from 1.

    `sans` is said of those that have none (« sans référent »), `dite` says a value, `libelles` the five classes.
    `resserree`: show these rows and their neighbours alone, where they are not overseas.
    """
    by_code = {row.code: row for row in rows}
    classes = {code: class_of(valeur(row), seuils) for code, row in by_code.items()}

    def shape(code: str, path: str = "") -> Forme:
        row = by_code.get(code)
        title = f"{row.nom} : {dite(valeur(row))}" if row is not None else ""
        return Forme(code, path, classes.get(code), title, code == choisi)

    drawn = outlines()
    frame = _closer([row.code for row in rows]) if resserree else None
    step = WIDTH // len(OUTRE_MER)
    return Carte(
        formes=[shape(code, path) for code, path in drawn.items()],
        couronne=[] if frame else [shape(code, drawn[code]) for code in COURONNE],
        tuiles=[]
        if frame
        else [Tuile(shape(code), index * step + 8) for index, code in enumerate(OUTRE_MER)],
        classes=[
            Classe(number, label, sum(1 for one in classes.values() if one == number))
            for number, label in enumerate(libelles)
        ],
        phrase=_sentence([row for row in rows if not valeur(row)], sans),
        viewbox=" ".join(str(number) for number in frame or (0, 0, WIDTH, HEIGHT)),
        # As wide to the eye however closely one looks.
        hachures=[
            ("hachures", f"{frame[2] / WIDTH:.2f}" if frame else "1"),
            ("hachures-fines", "0.3"),
        ],
    )


def _closer(codes: Sequence[str]) -> tuple[int, int, int, int] | None:
    """What of the drawing shows these départements, with a little of what is around: left, top, width, height."""
    found = [boxes()[code] for code in codes if code in boxes()]
    if not found:
        return None
    left, top = min(box[0] for box in found) - AROUND, min(box[1] for box in found) - AROUND
    right, bottom = max(box[2] for box in found) + AROUND, max(box[3] for box in found) + AROUND
    return left, top, right - left, bottom - top


def _sentence(empty: Sequence[Any], sans: str) -> str:
    """« 11 départements et 3 collectivités d’outre-mer sans référent »."""
    beyond = sum(1 for row in empty if row.zone == "com")
    parts = []
    if len(empty) - beyond:
        parts.append(pluriel(len(empty) - beyond, "département", "départements"))
    if beyond:
        parts.append(pluriel(beyond, "collectivité d’outre-mer", "collectivités d’outre-mer"))
    return f"{' et '.join(parts)} {sans}" if parts else "Chaque département a au moins un référent"
