"""The house's HTML as a tree, for what writes files: only what `plateforme.socle.texte` lets out is ever given here."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings

_VOID = frozenset({"br", "hr", "img"})
BLOCKS = frozenset(
    {"p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "div", "table", "section", "hr"}
)


class _Builder(HTMLParser):
    """Never raises: an end without a beginning is passed over, what is left open ends with the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for rank in range(len(self.open) - 1, 0, -1):
            if self.open[rank].tag == tag:
                del self.open[rank:]
                return

    def handle_data(self, data: str) -> None:
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


def parse(html: str) -> Element:
    """The tree of a text, under one `div`."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def address(element: Element) -> str:
    """Where a link leads from a file, which has no site of its own; empty for a place within the text."""
    href = element.get("href", "")
    if href.startswith("/"):
        return f"{settings.SITE_URL}{href}"
    return "" if href.startswith("#") else href


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def text_of(element: Element) -> str:
    """All the words of an element."""
    return "".join(element.itertext())


def rows_of(table: Element) -> list[list[Element]]:
    """The cells of a table, its head first."""
    return [[cell for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")]
