"""What a text refers to: people, addresses of this site, images; and what is known of the latter two."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MAX_LINKS = 100
"""Addresses looked up in one text; those beyond stay as they were typed."""


class Lien(NamedTuple):
    """What a bare address leads to: shown in its place as a link to `url`, which is of this site."""

    url: str
    titre: str
    genre: str


class Taille(NamedTuple):
    """Size of an image in pixels: its place is kept while it loads."""

    largeur: int
    hauteur: int


class Renvois(NamedTuple):
    """What a text refers to, each once, in order. See `extract_references`."""

    mentions: list[str]
    """Handles without "@", in lower case; those in code, links and quotes are left out."""
    liens: list[str]
    """Bare web addresses, as they are written in the link."""
    images: list[str]
    """Addresses of images, all of this site."""


NO_LINKS: Mapping[str, Lien] = MappingProxyType({})
NO_SIZES: Mapping[str, Taille] = MappingProxyType({})
