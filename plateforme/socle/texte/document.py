"""What is known of a text while it is rendered, shared by the passes of one rendering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from plateforme.socle.texte.bornes import MAX_BLOCKS, MAX_EXPANSION, MAX_INLINE
from plateforme.socle.texte.mentions import NO_MENTIONS, Mention


@dataclass(slots=True, eq=False)
class Document:
    """State of one rendering; never shared between two.

    `prefix` starts the ids of footnotes, which must be unique on a page that shows several texts.
    """

    prefix: str = ""
    mentions: Mapping[str, Mention] = field(default_factory=lambda: NO_MENTIONS)
    references: dict[str, str] = field(default_factory=dict)
    """Safe address of each link reference, by label."""
    notes: dict[str, Element] = field(default_factory=dict)
    """Content of each footnote, by label."""
    handles: dict[str, None] = field(default_factory=dict)
    """Handles met outside code, links and quotes, in order."""
    blocks_left: int = MAX_BLOCKS
    inline_left: int = MAX_INLINE
    expansion_left: int = MAX_EXPANSION

    def spend_expansion(self, address: str) -> bool:
        """Count a use of a reference; `False` when references have written enough."""
        self.expansion_left -= len(address)
        return self.expansion_left >= 0


def label_key(label: str) -> str:
    """Form under which labels of references and notes are compared."""
    return " ".join(label.split()).casefold()
