"""Reading of the lines of a text into blocks, in one pass.

This stands in for python-markdown's block processors. Those take a block, cut off its first element and put
the rest back to be tested again by all of them, which is quadratic, and recurse without limit; they also ask
for a blank line before a list and four spaces under an item, which nobody types. Here each line is read
once, as CommonMark does and as agents know it from other forums: open containers (quotes, list items,
notes) first take their part of the line, then new ones may start, then what is left is the text of a leaf.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser

from plateforme.socle.texte.arbre import TASK, TIGHT
from plateforme.socle.texte.bornes import MAX_ADDRESS, MAX_DEPTH, MAX_LABEL
from plateforme.socle.texte.conteneurs import Container, Fence, OpenList, Table
from plateforme.socle.texte.document import Document, label_key
from plateforme.socle.texte.liens import safe_link
from plateforme.socle.texte.lignes import plain_address
from plateforme.socle.texte.tableaux import read_alignments, split_row

_QUOTE = re.compile(r" {0,3}> ?")
_HEADING = re.compile(r"(#{1,6}) ++(?!#++ *+$)(\S.*)")
_FENCE = re.compile(r"(?:(`{3,}+)[^`]*+|(~{3,}+).*)$")
_MARKER = re.compile(r"(?:(?P<bullet>[*+-])|(?P<number>[0-9]{1,9})(?P<dot>[.)]))(?= |$)")
_NOTE = re.compile(rf"\[\^([^\[\]\s]{{1,{MAX_LABEL}}})\]: ?")
_TASK = re.compile(r"\[([ xX])\] +(?=\S)")
_REFERENCE = re.compile(
    rf"""\[(?!\^)(?P<label>[^\[\]]{{1,{MAX_LABEL}}})\]:\ *+
         (?:<(?P<angle>[^<>]{{1,{MAX_ADDRESS}}})>|(?P<bare>[^\s<]\S{{0,{MAX_ADDRESS}}}+))
         (?:\ ++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?+\ *+$""",
    re.VERBOSE,
)
_NOTE_INDENT = 2
_SHORTEST_UNDERLINE = 3
# No heading of a text above h3: the page has its own h1 and h2.
_HEADING_SHIFT, _LOWEST_HEADING = 2, 6


class LineBlockParser(BlockParser):
    """One-pass block parser. At most one leaf is open at a time, in the innermost container."""

    def __init__(self, md: Markdown, document: Document) -> None:
        super().__init__(md)
        self.document = document

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:
        self.root = Element(self.md.doc_tag)
        self.stack = [Container("root", self.root)]
        self.lists: list[OpenList] = []
        self.paragraph: list[str] | None = None
        self.indented: list[str] | None = None
        self.fence: Fence | None = None
        self.table: Table | None = None
        self.blank = False
        remaining = iter(lines)
        for line in remaining:
            self.blank = self.read(line)
            if self.document.blocks_left <= 0:
                break
        self.close_to(0)
        if rest := "\n".join(remaining).strip("\n"):
            self.add_code(self.root, rest)
        self.mark_tight()
        return ElementTree(self.root)

    def mark_tight(self) -> None:
        """A list without blank lines between its items shows them without paragraphs."""
        for each in self.lists:
            if not each.loose:
                for item in each.element:
                    for child in item:
                        if child.tag == "p":
                            child.set(TIGHT, "")

    # One line

    def read(self, line: str) -> bool:
        """Read one line; tell whether it was blank for the innermost container it reached."""
        rest, depth = self.match_containers(line)
        inside = depth == len(self.stack) - 1
        if self.fence and inside:
            self.read_fenced(self.fence, rest)
            return not rest.strip(" ")
        if not rest.strip(" "):
            self.read_blank(depth, inside=inside)
            return True
        # Unlike CommonMark, a line under a quote is not part of it: people answer right below.
        left_quote = any(container.kind == "quote" for container in self.stack[depth + 1 :])
        # `fresh`: a container started on this line, so that an open paragraph is not continued.
        fresh = False
        while True:
            indent = len(rest) - len(rest.lstrip(" "))
            continues = self.paragraph is not None and not fresh and not left_quote
            if indent >= 4:
                if not continues:
                    self.read_indented(rest[4:], depth)
                    return False
                break
            text = rest[indent:]
            if self.read_leaf(text, indent, depth, alone=inside and continues):
                return False
            started = self.start_container(text, indent, depth, interrupts=inside and continues)
            if started is None:
                break
            rest, fresh, depth = started, True, len(self.stack) - 1
            inside = True
            if not rest.strip(" "):
                return False
        self.read_text(rest.strip(" "), depth, inside=inside, continues=continues)
        return False

    def match_containers(self, line: str) -> tuple[str, int]:
        """Take the part of each open container off the line; return the rest and how many took theirs."""
        depth = 0
        for container in self.stack[1:]:
            if container.kind == "quote":
                quote = _QUOTE.match(line)
                if quote is None:
                    break
                line = line[quote.end() :]
            elif not line.strip(" "):
                # A blank line belongs to an item, unless nothing was said in it yet.
                if not len(container.element) and not self.has_leaf():
                    break
                line = ""
            elif line.startswith(" " * container.offset):
                line = line[container.offset :]
            elif container.kind == "item" and not self.fence and _is_sub_item(line, container.marker):
                line = line.lstrip(" ")
            else:
                break
            depth += 1
        return line, depth

    def read_blank(self, depth: int, *, inside: bool) -> None:
        if not inside:
            self.close_to(depth)
        elif self.indented is not None:
            self.indented.append("")
        else:
            self.close_leaf()

    def read_fenced(self, fence: Fence, line: str) -> None:
        mark = line.strip(" ")
        indent = len(line) - len(line.lstrip(" "))
        if indent < 4 and len(mark) >= fence.length and mark == fence.char * len(mark):
            self.close_leaf()
        else:
            fence.lines.append(line[min(indent, fence.indent) :])

    def read_indented(self, line: str, depth: int) -> None:
        if self.indented is None or depth != len(self.stack) - 1:
            self.close_to(depth)
            self.touch()
            self.indented = []
        self.indented.append(line)

    def read_leaf(self, text: str, indent: int, depth: int, *, alone: bool) -> bool:
        """Read a heading, rule, fence or row of dashes. `alone`: right under the lines of a paragraph."""
        first = text[0]
        if first == "#" and (heading := _HEADING.match(text)):
            self.close_to(depth)
            self.add_heading(len(heading[1]), heading[2])
            return True
        if first in "`~" and (fence := _FENCE.match(text)):
            self.close_to(depth)
            self.touch()
            mark = fence[1] or fence[2]
            self.fence = Fence(mark[0], len(mark), indent, [])
            return True
        if first in "|:-" and alone and self.paragraph:
            alignments = read_alignments(self.paragraph[-1], text)
            if alignments is not None:
                self.start_table(alignments)
                return True
        if first in "=-" and alone and self.paragraph and len(self.paragraph) == 1:
            line = text.rstrip(" ")
            if len(line) >= _SHORTEST_UNDERLINE and line == first * len(line):
                title, self.paragraph = self.paragraph[0], None
                self.add_heading(1 if first == "=" else 2, title)
                return True
        if first in "*-_" and _is_rule(text):
            self.close_to(depth)
            self.add("hr")
            return True
        return False

    def start_container(self, text: str, indent: int, depth: int, *, interrupts: bool) -> str | None:
        """Open the quote, item or note that `text` starts; return what follows, `None` if there is none."""
        if depth >= MAX_DEPTH:
            return None
        if text[0] == ">":
            self.close_to(depth)
            self.stack.append(Container("quote", self.add("blockquote")))
            return text[2:] if text.startswith("> ") else text[1:]
        if marker := _MARKER.match(text):
            return self.start_item(marker, text, indent, depth, interrupts=interrupts)
        if depth == 0 and (note := _NOTE.match(text)):
            self.close_to(depth)
            item = Element("li")
            self.document.blocks_left -= 1
            # A second note of the same label cannot be called, but is shown with the others.
            label = label_key(note[1])
            while label in self.document.notes:
                label = f"{label} {len(self.document.notes)}"
            self.document.notes[label] = item
            self.stack.append(Container("note", item, _NOTE_INDENT))
            return text[note.end() :]
        return None

    def start_item(
        self, marker: re.Match[str], text: str, indent: int, depth: int, *, interrupts: bool
    ) -> str | None:
        content = text[marker.end() :]
        spaces = len(content) - len(content.lstrip(" "))
        is_empty = spaces == len(content)
        # Under a line of text, "1986." may well be the end of a sentence, and "-" a dash.
        if interrupts and (is_empty or marker["number"] not in (None, "1")):
            return None
        self.close_to(depth)
        if is_empty or spaces > 4:
            spaces = 1
        mark = marker["bullet"] or marker["dot"]
        container = self.stack[-1]
        current = container.open_list
        if current is None or current.mark != mark:
            current = OpenList(self.add("ol" if marker["number"] else "ul"), mark)
            if marker["number"] and int(marker["number"]) != 1:
                current.element.set("start", str(int(marker["number"])))
            container.open_list = current
            self.lists.append(current)
        elif self.blank:
            current.loose = True
        self.document.blocks_left -= 1
        item = SubElement(current.element, "li")
        self.stack.append(Container("item", item, indent + marker.end() + spaces, indent, current))
        return content[spaces:]

    def read_text(self, text: str, depth: int, *, inside: bool, continues: bool) -> None:
        if continues and self.paragraph is not None:
            # Also when an item did not take its part: its text may go on without indent.
            self.paragraph.append(text)
        elif self.table and inside and "|" in text:
            self.add_row(self.table, text)
        else:
            self.close_to(depth)
            self.touch()
            self.paragraph = [text]

    # Making elements

    def touch(self) -> None:
        """Note that a block starts in the innermost container."""
        container = self.stack[-1]
        container.open_list = None
        if self.blank and container.parent_list and len(container.element):
            container.parent_list.loose = True

    def add(self, tag: str) -> Element:
        """Add an element to the innermost container."""
        self.touch()
        self.document.blocks_left -= 1
        return SubElement(self.stack[-1].element, tag)

    def add_heading(self, level: int, title: str) -> None:
        title = title.strip(" ")
        bare = title.rstrip("#")
        if not bare or bare.endswith(" "):
            title = bare.rstrip(" ")
        self.add(f"h{min(level + _HEADING_SHIFT, _LOWEST_HEADING)}").text = title

    def close_to(self, depth: int) -> None:
        """Close the open leaf, and the containers beyond the first `depth` ones."""
        self.close_leaf()
        del self.stack[depth + 1 :]

    def has_leaf(self) -> bool:
        """Tell whether a leaf without an element yet is open."""
        return any(leaf is not None for leaf in (self.paragraph, self.fence, self.indented))

    def close_leaf(self) -> None:
        element = self.stack[-1].element
        if self.paragraph is not None:
            self.close_paragraph(self.paragraph)
        elif self.fence is not None:
            self.add_code(element, "\n".join(self.fence.lines).rstrip("\n"))
        elif self.indented is not None:
            self.add_code(element, "\n".join(self.indented).rstrip("\n "))
        self.paragraph = self.fence = self.indented = self.table = None

    def add_code(self, parent: Element, code: str) -> None:
        self.document.blocks_left -= 2
        block = SubElement(parent, "pre", {"tabindex": "0"})
        SubElement(block, "code").text = f"{code}\n"

    def close_paragraph(self, lines: list[str]) -> None:
        # Anywhere in the paragraph: people put them right under the text, or mixed with notes.
        kept = [line for line in lines if line[0] != "[" or not self.take_reference(line)]
        if not kept:
            return
        self.document.blocks_left -= 1
        container = self.stack[-1]
        paragraph = SubElement(container.element, "p")
        paragraph.text = "\n".join(kept)
        task = _TASK.match(paragraph.text) if container.kind == "item" else None
        if task and len(container.element) == 1:
            container.element.set("class", "texte-tache")
            paragraph.set(TASK, task[1].lower())
            paragraph.text = paragraph.text[task.end() :]

    def take_reference(self, line: str) -> bool:
        """Record a link reference; `False` when the line is none, or its address is not acceptable."""
        reference = _REFERENCE.match(line)
        if reference is None:
            return False
        address = safe_link(plain_address(reference["angle"] or reference["bare"]))
        if address is None:
            return False
        self.document.references.setdefault(label_key(reference["label"]), address)
        return True

    def start_table(self, alignments: list[str]) -> None:
        """Make the last line of the open paragraph the head of a table."""
        lines = self.paragraph or []
        self.paragraph = lines[:-1] or None
        self.close_leaf()
        # Wide tables scroll on their own; the container takes the focus so that the keyboard can do it.
        frame = self.add("div")
        for name, value in TABLE_FRAME.items():
            frame.set(name, value)
        table = SubElement(frame, "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        self.table = Table(None, table, alignments)
        self.document.blocks_left -= 3
        self.add_cells(head, "th", lines[-1], alignments)

    def add_row(self, table: Table, text: str) -> None:
        if table.body is None:
            table.body = SubElement(table.table, "tbody")
        self.document.blocks_left -= 1
        self.add_cells(SubElement(table.body, "tr"), "td", text, table.alignments)

    def add_cells(self, row: Element, tag: str, text: str, alignments: list[str]) -> None:
        cells = split_row(text)
        for index, alignment in enumerate(alignments):
            text = cells[index] if index < len(cells) else ""
            # A corner left empty heads nothing: a screen reader would announce a header without a name.
            cell = SubElement(row, tag if text.strip() else "td")
            cell.text = text
            if cell.tag == "th":
                cell.set("scope", "col")
            if alignment:
                cell.set("class", alignment)
        self.document.blocks_left -= len(alignments)


TABLE_FRAME = {"class": "fr-table texte-tableau", "role": "region", "tabindex": "0", "aria-label": "Tableau"}


def _is_sub_item(line: str, marker: int) -> bool:
    """Tell whether a line is a list item indented by two or more under an item.

    CommonMark asks for the width of the marker, that is three under "1. ", and people type two.
    """
    text = line.lstrip(" ")
    return len(line) - len(text) >= marker + 2 and _MARKER.match(text) is not None


def _is_rule(text: str) -> bool:
    marks = text.replace(" ", "")
    return len(marks) >= 3 and marks == marks[0] * len(marks)
