"""The HTML of minutes."""

import re
from itertools import count

from annuaire.mentions import render_naming

_TABLE = re.compile(r'aria-label="Tableau"')


def render_minutes(texte: str) -> str:
    """The HTML of minutes. They have many tables: each has its number, for those who go from one to the next."""
    numbers = count(1)
    return _TABLE.sub(lambda _: f'aria-label="Tableau {next(numbers)}"', render_naming(texte))
