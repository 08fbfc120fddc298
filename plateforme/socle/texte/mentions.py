"""Mentions of agents in a text: their form, and who is behind them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MAX_MENTIONS = 50
"""Mentions accepted in one text; `extract_mentions` returns at most one more, so that a caller can refuse."""

# Followed by no word sign: "@marie" is not a mention in "@marie_dupont" or in "@marieéloïse".
HANDLE = r"(?P<handle>[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+)(?!-?[\w@])"
MAX_HANDLE = 100


class Mention(NamedTuple):
    """An agent that may be mentioned: the address of their page on this site, and their full name."""

    url: str
    nom: str


NO_MENTIONS: Mapping[str, Mention] = MappingProxyType({})
