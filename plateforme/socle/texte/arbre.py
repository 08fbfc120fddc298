"""Building of the elements of a text: the tree pass that stands in for python-markdown's inline pass."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from plateforme.socle.texte.bornes import MAX_INLINE_DEPTH
from plateforme.socle.texte.document import Document
from plateforme.socle.texte.jetons import Atom, Closing, Handle, NoteCall, Opening, Pair, Run, Token
from plateforme.socle.texte.liens import is_external, safe_link
from plateforme.socle.texte.lignes import tokenize
from plateforme.socle.texte.mentions import MAX_MENTIONS
from plateforme.socle.texte.renvois import TITLED, Lien

_INLINE_HOLDERS = frozenset({"p", "h3", "h4", "h5", "h6", "th", "td"})
EXTERNAL_REL = "nofollow noopener noreferrer"

# Attributes that the block pass leaves as messages for this one; never written out.
TIGHT = "tight"
TASK = "task"


class InlineTreeprocessor(Treeprocessor):
    """Turn the text of each paragraph, heading and cell into elements, then add the footnotes."""

    def __init__(self, md: Markdown, document: Document) -> None:
        super().__init__(md)
        self.document = document
        self.numbers: dict[str, int] = {}
        self.order: list[str] = []
        self.calls: dict[str, int] = {}

    def run(self, root: Element) -> None:
        self.walk(root, quoted=False)
        if self.document.notes:
            root.append(self.make_notes())

    def walk(self, element: Element, *, quoted: bool) -> None:
        """Recursive, over blocks only, whose depth is bounded."""
        quoted = quoted or element.tag == "blockquote"
        for child in element:
            if child.tag in _INLINE_HOLDERS:
                self.fill(child, quoted=quoted)
            elif child.tag != "pre":
                self.walk(child, quoted=quoted)
        if element.tag == "li":
            _unwrap_tight(element)

    def fill(self, element: Element, *, quoted: bool) -> None:
        text, element.text = element.text or "", None
        builder = _Builder(self, element, quoted=quoted)
        if done := element.attrib.pop(TASK, None):
            builder.add_task_mark(done=done == "x")
        if self.document.inline_left > 0:
            for token in tokenize(text, self.document):
                builder.add(token)
        else:
            builder.add_text(text)
        builder.flush()

    def number_note(self, label: str) -> int:
        """The number of a note, given when it is first needed."""
        if label not in self.numbers:
            self.order.append(label)
            self.numbers[label] = len(self.order)
        return self.numbers[label]

    def call_note(self, label: str) -> tuple[int, str]:
        """The number of a note, and an id for one more call to it."""
        number = self.number_note(label)
        count = self.calls[label] = self.calls.get(label, 0) + 1
        suffix = "" if count == 1 else f"-{count}"
        return number, f"{self.document.prefix}appel-{number}{suffix}"

    def make_notes(self) -> Element:
        """The notes in order of first call, then those never called: nothing that was written is lost."""
        section = Element("section", {"class": "texte-notes"})
        items = SubElement(section, "ol")
        for label in self.labels_in_order():
            content = self.document.notes[label]
            self.walk(content, quoted=False)
            number, is_called = self.numbers[label], label in self.calls
            content.set("id", f"{self.document.prefix}note-{number}")
            items.append(content)
            if is_called:
                last = content[-1] if len(content) and content[-1].tag == "p" else content
                if len(last):
                    last[-1].tail = (last[-1].tail or "") + "\u00a0"
                else:
                    last.text = (last.text or "") + "\u00a0"
                back = SubElement(last, "a", {"href": f"#{self.document.prefix}appel-{number}"})
                back.set("class", "texte-retour")
                back.set("aria-label", f"Revenir à l’appel de la note {number}")
                back.text = "↩"
        return section

    def labels_in_order(self) -> Iterator[str]:
        """Labels by number; walking the content of one, between two, may give numbers to others."""
        index = 0
        others = iter(self.document.notes)
        while True:
            while index < len(self.order):
                yield self.order[index]
                index += 1
            uncalled = next((label for label in others if label not in self.numbers), None)
            if uncalled is None:
                return
            self.number_note(uncalled)


class _Builder:
    """Puts tokens into an element, within the bounds on number and depth."""

    def __init__(self, owner: InlineTreeprocessor, element: Element, *, quoted: bool) -> None:
        self.owner = owner
        self.document = owner.document
        self.quoted = quoted
        self.stack = [element]
        self.last: Element | None = None
        self.links = 0
        self.pending: list[str] = []

    def add(self, token: Token) -> None:
        match token:
            case str():
                self.add_text(token)
            case Run():
                for pair in token.closes:
                    self.close(pair)
                self.add_text(token.char * token.count)
                for pair in reversed(token.opens):
                    self.open(pair)
            case Opening():
                self.open(token.pair)
            case Closing():
                self.close(token.pair)
            case Atom():
                if token.is_link and self.links:
                    self.add_text(token.plain)
                elif token.is_bare and (link := self.document.find_link(token.attributes["href"])):
                    self.add_known_link(link, token.plain)
                elif token.tag == "img":
                    self.add_image(token)
                else:
                    self.add_atom(token.tag, token.plain, token.attributes, token.text)
            case Handle():
                self.add_handle(token)
            case NoteCall():
                self.add_note_call(token)

    def add_text(self, text: str) -> None:
        if text:
            self.pending.append(text)

    def flush(self) -> None:
        """Write pending text where it belongs: at once, as adding piece by piece would be quadratic."""
        if not self.pending:
            return
        text = "".join(self.pending)
        self.pending.clear()
        if self.last is None:
            self.stack[-1].text = text
        else:
            self.last.tail = text

    def open(self, pair: Pair) -> None:
        if len(self.stack) > MAX_INLINE_DEPTH or self.document.inline_left <= 0:
            pair.dropped = True
            self.add_text(pair.opening)
            return
        self.document.inline_left -= 1
        self.flush()
        element = SubElement(self.stack[-1], pair.tag, pair.attributes)
        if pair.tag == "a":
            self.links += 1
            _mark_external(element)
        self.stack.append(element)
        self.last = None

    def close(self, pair: Pair) -> None:
        if pair.dropped:
            self.add_text(pair.closing)
            return
        self.flush()
        self.last = self.stack.pop()
        if pair.tag == "a":
            self.links -= 1

    def add_atom(self, tag: str, plain: str, attributes: dict[str, str], text: str | None) -> Element | None:
        """Add an element that holds text only; `None` when too many were made, and `plain` shows instead."""
        if self.document.inline_left <= 0:
            self.add_text(plain)
            return None
        self.document.inline_left -= 1
        self.flush()
        self.last = SubElement(self.stack[-1], tag, attributes)
        self.last.text = text
        if tag == "a":
            _mark_external(self.last)
        return self.last

    def add_known_link(self, link: Lien, plain: str) -> None:
        """A link to something of this site: its title, then what it is."""
        address = safe_link(link.url)
        if address is None or self.document.inline_left <= 1:
            self.add_text(plain)
            return
        attributes = {"href": address, "class": TITLED}
        element = self.add_atom("a", plain, attributes, link.titre)
        if element is not None and link.genre:
            self.document.inline_left -= 1
            kind = SubElement(element, "span", {"class": "texte-genre"})
            kind.text = f"\u00a0· {link.genre}"

    def add_image(self, token: Atom) -> None:
        size = self.document.find_size(token.attributes["src"])
        known = {"width": str(size.largeur), "height": str(size.hauteur)} if size else {}
        self.add_atom(token.tag, token.plain, token.attributes | known, None)

    def add_handle(self, token: Handle) -> None:
        if self.links:
            self.add_text(token.typed)
            return
        if not self.quoted and len(self.document.handles) <= MAX_MENTIONS:
            self.document.handles.setdefault(token.handle)
        mention = self.document.mentions.get(token.handle)
        address = safe_link(mention.url) if mention else None
        if mention and address:
            self.add_atom("a", token.typed, {"href": address, "class": "texte-mention"}, f"@{mention.nom}")
        else:
            self.add_text(token.typed)

    def add_note_call(self, token: NoteCall) -> None:
        if self.links or self.document.inline_left <= 1:
            self.add_text(token.typed)
            return
        number, anchor = self.owner.call_note(token.label)
        superscript = self.add_atom("sup", token.typed, {"id": anchor}, None)
        if superscript is not None:
            self.document.inline_left -= 1
            call = SubElement(superscript, "a", {"href": f"#{self.document.prefix}note-{number}"})
            call.set("class", "texte-appel")
            call.set("aria-label", f"Note {number}")
            call.text = str(number)

    def add_task_mark(self, *, done: bool) -> None:
        """The box of a task, as text: a real checkbox would be a field that nobody can label or tick."""
        label = "Fait" if done else "À faire"
        attributes = {"class": "texte-case", "role": "img", "aria-label": label}
        self.add_atom("span", "", attributes, "☑" if done else "☐")
        self.add_text(" ")


def _mark_external(element: Element) -> None:
    if is_external(element.get("href", "")):
        element.set("rel", EXTERNAL_REL)


def _unwrap_tight(item: Element) -> None:
    """Replace the paragraphs of an item of a tight list by their content."""
    children = list(item)
    if not any(TIGHT in child.attrib for child in children):
        return
    del item[:]
    last: Element | None = None
    for child in children:
        if child.attrib.pop(TIGHT, None) is None:
            item.append(child)
            last = child
            continue
        if last is None:
            item.text = (item.text or "") + (child.text or "")
        else:
            last.tail = (last.tail or "") + (child.text or "")
        item.extend(child)
        last = child[-1] if len(child) else last
