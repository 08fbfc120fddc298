"""What is known of a text while it is rendered, shared by the passes of one rendering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from plateforme.socle.texte.bornes import MAX_BLOCKS, MAX_EXPANSION, MAX_INLINE
from plateforme.socle.texte.mentions import NO_MENTIONS, Mention
from plateforme.socle.texte.renvois import MAX_LINKS, NO_LINKS, NO_SIZES, Lien, Taille


@dataclass(slots=True, eq=False)
class Document:
    """State of one rendering; never shared between two.

    `prefix` starts the ids of footnotes, which must be unique on a page that shows several texts.
    """

    prefix: str = ""
    mentions: Mapping[str, Mention] = field(default_factory=lambda: NO_MENTIONS)
    links: Mapping[str, Lien] = field(default_factory=lambda: NO_LINKS)
    sizes: Mapping[str, Taille] = field(default_factory=lambda: NO_SIZES)
    references: dict[str, str] = field(default_factory=dict)
    """Safe address of each link reference, by label."""
    notes: dict[str, Element] = field(default_factory=dict)
    """Content of each footnote, by label."""
    handles: dict[str, None] = field(default_factory=dict)
    """Handles met outside code, links and quotes, in order."""
    links_met: dict[str, None] = field(default_factory=dict)
    images_met: dict[str, None] = field(default_factory=dict)
    blocks_left: int = MAX_BLOCKS
    inline_left: int = MAX_INLINE
    expansion_left: int = MAX_EXPANSION

    def find_link(self, address: str) -> Lien | None:
        """What a bare address leads to, if that is known; the address is noted either way."""
        if len(self.links_met) < MAX_LINKS:
            self.links_met.setdefault(address)
        return self.links.get(address)

    def find_size(self, address: str) -> Taille | None:
        """The size of an image, if that is known; its address is noted either way."""
        if len(self.images_met) < MAX_LINKS:
            self.images_met.setdefault(address)
        return self.sizes.get(address)

    def spend_expansion(self, address: str) -> bool:
        """Count a use of a reference; `False` when references have written enough."""
        self.expansion_left -= len(address)
        return self.expansion_left >= 0


def label_key(label: str) -> str:
    """Form under which labels of references and notes are compared."""
    return " ".join(label.split()).casefold()
