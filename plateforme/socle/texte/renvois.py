"""What a text refers to: people, addresses of this site, images; and what is known of the latter two."""

import html as html_entities
import re
from collections.abc import Collection, Mapping
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

TITLED = "texte-lien"
"""Class of the links that show the title of what they lead to (`Lien`)."""
_LINK = re.compile(r"<a ([^>]*)>(.*?)</a>", re.DOTALL)
_ADDRESS = re.compile(r'href="([^"]*)"')


def has_titles(html: str) -> bool:
    """Whether HTML made by `render_markdown` may show the title of something of this site."""
    return TITLED in html


def hide_titles(html: str, allowed: Collection[str], site: str) -> str:
    """`html`, made by `render_markdown`, showing titles for the addresses in `allowed` only.

    The other links stay, with their whole address as it was typed: `site` and what follows. Linear in time.
    """

    def shown(match: re.Match[str]) -> str:
        if TITLED not in match[1]:
            return match[0]
        address = _ADDRESS.search(match[1])
        written = address[1] if address else ""
        if html_entities.unescape(written) in allowed:
            return match[0]
        return f'<a href="{written}">{site}{written}</a>'

    return _LINK.sub(shown, html)
