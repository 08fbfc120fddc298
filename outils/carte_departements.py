"""Makes `annuaire/couverture/carte.json` from the map of svg-maps (`france.departments`): outlines light enough to stand in a page.

    python outils/carte_departements.py carte-departements.svg annuaire/couverture/carte.json

Points are moved to a grid of half a unit. Neighbours share their points, so borders stay the same on both sides.
"""

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

GRID = 2  # steps of the grid in a unit of the source
Point = tuple[int, int]


def outlines(path: str) -> list[list[Point]]:
    """The polygons of an SVG path made of `m` and `z` alone (relative, lines implied), on the grid."""
    words = re.findall(r"[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?", path)
    if set(re.findall(r"[a-zA-Z]", path)) - set("mzlMZ"):
        raise ValueError(f"commands not read here: {path[:60]}")
    x = y = 0.0
    polygons: list[list[Point]] = []
    index, start = 0, (0.0, 0.0)
    while index < len(words):
        word = words[index]
        if word in "mMzZl":
            index += 1
            if word in "zZ":
                x, y = start
            elif word in "mM":
                x, y = (float(words[index]), float(words[index + 1])) if word == "M" or not polygons else (
                    x + float(words[index]), y + float(words[index + 1])
                )  # fmt: skip
                start = (x, y)
                polygons.append([(round(x * GRID), round(y * GRID))])
                index += 2
            continue
        x, y = x + float(word), y + float(words[index + 1])
        index += 2
        point = (round(x * GRID), round(y * GRID))
        if point != polygons[-1][-1]:
            polygons[-1].append(point)
    return [polygon for polygon in polygons if len(set(polygon)) > 2]


def compact(polygons: list[list[Point]]) -> str:
    """A path in whole numbers, relative; points in the middle of a straight line go."""
    parts = []
    for polygon in polygons:
        kept = [polygon[0]]
        for before, here, after in zip(polygon, polygon[1:], [*polygon[2:], polygon[0]], strict=False):
            turn = (here[0] - before[0]) * (after[1] - here[1]) - (here[1] - before[1]) * (after[0] - here[0])
            if turn:
                kept.append(here)
        moves = [(here[0] - last[0], here[1] - last[1]) for last, here in pairwise(kept)]
        numbers = " ".join(f"{dx} {dy}" for dx, dy in moves if (dx, dy) != (0, 0))
        parts.append(f"M{kept[0][0]} {kept[0][1]}l{numbers}z".replace(" -", "-"))
    return "".join(parts)


def main(source: str, target: str) -> None:
    paths = {}
    for element in ElementTree.parse(source).getroot():  # noqa: S314  (a file of ours)
        paths[element.attrib["id"]] = compact(outlines(element.attrib["d"]))
    written = {
        "source": "svg-maps (Victor Cazanave), france.departments, licence CC BY 4.0, contours simplifiés",
        "departements": dict(sorted(paths.items())),
    }
    Path(target).write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
