"""Rows of tables: splitting into cells, and the row of dashes that makes a table of the line before it."""

import re

from plateforme.socle.texte.bornes import MAX_COLUMNS

_PIPE = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r":?-+:?")
_DASH_ROW_CHARACTERS = frozenset("|:- ")


def split_row(line: str) -> list[str]:
    """Cells of a row; a pipe after a backslash is part of its cell, in code as well."""
    line = line.strip().removeprefix("|")
    cells = _PIPE.split(line)
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [cell.replace("\\|", "|").strip() for cell in cells]


def read_alignments(header: str, line: str) -> list[str] | None:
    """Class of each column, or "", when `line` is the row of dashes of a table headed by `header`."""
    if "-" not in line or "|" not in header or not _DASH_ROW_CHARACTERS.issuperset(line):
        return None
    cells = split_row(line)
    if len(cells) > MAX_COLUMNS or not all(_DASHES.fullmatch(cell) for cell in cells):
        return None
    if len(split_row(header)) != len(cells):
        return None
    return [_alignment(cell) for cell in cells]


def _alignment(cell: str) -> str:
    if not cell.endswith(":"):
        return ""
    return "texte-centre" if cell.startswith(":") else "texte-droite"
