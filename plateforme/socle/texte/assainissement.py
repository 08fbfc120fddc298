"""The last word on what goes out: bleach's allow list, then every address once more.

The tree handed over is already of our own making. This pass trusts none of it: were a mistake made in the
parsers, what is not listed here would not leave all the same.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bleach.sanitizer import Cleaner

from plateforme.socle.texte.liens import is_external, safe_image, safe_link

# In the tree, text and attributes carry private characters in place of the four that HTML gives a meaning
# (`clean_source` removed them from the source, so none can come from there). html5lib spends a token on each
# "&" and concatenates as many strings: 50 kB of "<" cost it 0.4 s. It is also one more wall: no markup can
# come out of a text, as none goes in. They become entities, never the bare characters, when all is done.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_STAND_INS = {ord(char): chr(0xF0000 + index) for index, char in enumerate(_ENTITIES)}
_FROM_STAND_INS = {0xF0000 + index: entity for index, entity in enumerate(_ENTITIES.values())}
_TO_CHARACTERS = {0xF0000 + index: char for index, char in enumerate(_ENTITIES)}

_VOID = frozenset({"br", "hr", "img"})
_ANCHOR = re.compile(r"[a-zA-Z0-9_-]{0,64}(?:note|appel)-[0-9]{1,5}(?:-[0-9]{1,5})?")
_PIXELS = re.compile(r"[0-9]{1,5}")
_NUMBER = re.compile(r"[0-9]{1,9}")

# Attributes by tag: a set of whole values, a pattern, or `None` for free text.
_ALIGNED = {"class": {"texte-droite", "texte-centre"}}
_ALLOWED: dict[str, dict[str, set[str] | re.Pattern[str] | None]] = {
    "a": {
        "href": None,
        "rel": {"nofollow noopener noreferrer"},
        "class": {"texte-mention", "texte-lien", "texte-appel", "texte-retour"},
        "aria-label": re.compile(r"(?:Note|Revenir à l’appel de la note) [0-9]{1,5}"),
    },
    "img": {"src": None, "alt": None, "loading": {"lazy"}, "width": _PIXELS, "height": _PIXELS},
    "ol": {"start": _NUMBER},
    "li": {"id": _ANCHOR, "class": {"texte-tache"}},
    "sup": {"id": _ANCHOR},
    "span": {"class": {"texte-case", "texte-genre"}, "role": {"img"}, "aria-label": {"Fait", "À faire"}},
    "section": {"class": {"texte-notes"}},
    "div": {
        "class": {"fr-table texte-tableau"},
        "role": {"region"},
        "tabindex": {"0"},
        "aria-label": {"Tableau"},
    },
    "pre": {"tabindex": {"0"}},
    "th": {"scope": {"col"}, **_ALIGNED},
    "td": {**_ALIGNED},
}
_BARE_TAGS = {"blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "p", "strong"}
TAGS = frozenset({*_ALLOWED, *_BARE_TAGS, "table", "tbody", "thead", "tr", "ul"})
_TAG_WITH_ADDRESS = re.compile(r"<(a|img)( [^<>]*+)>")
_ADDRESS = re.compile(r' (href|src)="([^"]*+)"')


def stand_in(root: Element) -> None:
    """Replace the characters special to HTML everywhere in the tree, before it is written."""
    for element in root.iter():
        if element.text:
            element.text = element.text.translate(_STAND_INS)
        if element.tail:
            element.tail = element.tail.translate(_STAND_INS)
        for name, value in element.items():
            element.set(name, value.translate(_STAND_INS))


def restore_text(text: str) -> str:
    """Replace the stand-ins by the characters themselves, for a use that is not HTML."""
    return text.translate(_TO_CHARACTERS)


def sanitize(html: str) -> str:
    """Return what is allowed of `html`, written from a tree that went through `stand_in`."""
    # A Cleaner holds the state of its parser and is cheap: a new one each time is safe between threads.
    cleaner = Cleaner(tags=TAGS, attributes=_allow, protocols={"http", "https", "mailto", "tel"}, strip=True)
    cleaner.walker = _walk  # type: ignore[assignment]  # called with a tree, iterated over, nothing more
    # bleach writes every attribute between double quotes, and no "<" or '"' of a text is there yet.
    checked = _TAG_WITH_ADDRESS.sub(_check_address, cleaner.clean(html))
    return checked.translate(_FROM_STAND_INS)


def _walk(fragment: Element) -> Iterator[dict[str, object]]:
    """Go through the tree that html5lib built, giving its tokens.

    html5lib's own walker looks a child up among all its siblings to find its way back, which is quadratic:
    4,000 paragraphs with a link each took it longer than all the rest together.
    """
    # Elements still to open and tokens to give after them, the next one last.
    stack: list[Element | dict[str, object]] = [*reversed(fragment)]
    if fragment.text:
        yield {"type": "Characters", "data": fragment.text}
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            continue
        if node.tail:
            stack.append({"type": "Characters", "data": node.tail})
        if not isinstance(node.tag, str):
            continue  # a comment
        tag: dict[str, object] = {"name": node.tag, "namespace": None}
        is_void = node.tag in _VOID
        data = {(None, name): value for name, value in node.items()}
        yield {"type": "EmptyTag" if is_void else "StartTag", **tag, "data": data}
        if not is_void:
            stack.append({"type": "EndTag", **tag})
            stack.extend(reversed(node))
            if node.text:
                yield {"type": "Characters", "data": node.text}


def _allow(tag: str, name: str, value: str) -> bool:
    allowed = _ALLOWED.get(tag, {})
    if name not in allowed:
        return False
    match allowed[name]:
        case re.Pattern() as pattern:
            return bool(pattern.fullmatch(value))
        case None:
            return True
        case values:
            return value in values


def _check_address(match: re.Match[str]) -> str:
    """Write a link or an image again with the only address it may have, or without what it may not have."""
    tag, attributes = match.groups()
    addresses = _ADDRESS.findall(attributes)
    others = _ADDRESS.sub("", attributes).replace(' rel="nofollow noopener noreferrer"', "")
    if len(addresses) != 1:
        return f"<{tag}{others}>" if tag == "a" else ""
    typed = restore_text(addresses[0][1])
    if tag == "img":
        return match[0] if safe_image(typed) == typed else ""
    if typed.startswith("#") and _ANCHOR.fullmatch(typed[1:]):
        return match[0]
    if safe_link(typed) != typed:
        return f"<a{others}>"
    rel = ' rel="nofollow noopener noreferrer"' if is_external(typed) else ""
    return f'<a href="{addresses[0][1]}"{others}{rel}>'
