"""The text of minutes as the blocks of a PDF page."""

from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.html import escape
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, Table

from realtime.seances.exports.arbre import BLOCKS, address, has_class, parse, rows_of, text_of
from realtime.seances.exports.polices import CODE, TEXTE, printable

BLEU, FILET, FOND = HexColor("#000091"), HexColor("#929292"), HexColor("#eeeeee")
RETRAIT, RETRAIT_MAX = 16.0, 160.0
# A wider table, or one whose cells are longer, is written row by row: it would not hold on a page.
COLONNES_MAX, HAUTEUR_MAX = 8, 400.0
_MARKS = {"strong": "b", "em": "i", "del": "strike", "sup": "super"}
_TITRES = {"h3": (13, 12), "h4": (11.5, 9), "h5": (10.5, 7), "h6": (10, 6)}


@cache
def _base(name: str) -> ParagraphStyle:
    text = ParagraphStyle("texte", fontName=TEXTE, fontSize=10, leading=14, spaceAfter=5)
    if name in _TITRES:
        size, before = _TITRES[name]
        return ParagraphStyle(
            name,
            parent=text,
            fontName=f"{TEXTE}-Gras",
            fontSize=size,
            leading=size * 1.3,
            textColor=BLEU,
            spaceBefore=before,
            spaceAfter=4,
            keepWithNext=1,
        )
    made = {
        "texte": text,
        "titre": ParagraphStyle("titre", parent=text, fontName=f"{TEXTE}-Gras", fontSize=17, leading=22),
        "etat": ParagraphStyle(
            "etat", parent=text, fontName=f"{TEXTE}-Gras", fontSize=12, leading=14, spaceAfter=3
        ),
        "devise": ParagraphStyle(
            "devise", parent=text, fontName=f"{TEXTE}-Italique", fontSize=8.5, leading=10.5
        ),
        "cellule": ParagraphStyle("cellule", parent=text, fontSize=9, leading=11.5, spaceAfter=0),
        "code": ParagraphStyle("code", parent=text, fontName=CODE, fontSize=8.5, leading=11, backColor=FOND),
        "citation": ParagraphStyle("citation", parent=text, textColor=HexColor("#3a3a3a")),
        "note": ParagraphStyle("note", parent=text, fontSize=8.5, leading=11.5, spaceAfter=3),
    }
    return made[name]


def style(name: str, **changes: Any) -> ParagraphStyle:
    """A style of the document, or one like it."""
    base = _base(name)
    return ParagraphStyle(f"{name}-", parent=base, **changes) if changes else base


def grid() -> list[tuple[Any, ...]]:
    """How tables are drawn: their head on a ground."""
    return [
        ("GRID", (0, 0), (-1, -1), 0.5, FILET),
        ("BACKGROUND", (0, 0), (-1, 0), FOND),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]


class Corps:
    """Writes a text `largeur` points wide. One a document."""

    def __init__(self, largeur: float) -> None:
        self.largeur = largeur
        # The mark of a list's item, until the paragraph that carries it: mark, indent.
        self.mark: tuple[str, float] | None = None

    def blocks(self, html: str) -> list[Flowable]:
        """The blocks of a text that the house has rendered."""
        return self._children(parse(html), 0.0, "texte")

    def _children(self, parent: Element, indent: float, name: str) -> list[Flowable]:
        """Blocks, and runs of words between them as paragraphs of their own."""
        found: list[Flowable] = []
        run = inline(parent.text or "")
        for child in parent:
            if child.tag in BLOCKS:
                if run.strip():
                    found.append(self._paragraph(run, name, indent))
                if has_class(child, "texte-tableau") and found and isinstance(found[-1], Paragraph):
                    # What announces a table stays with it.
                    found[-1].keepWithNext = 1
                found += self._block(child, indent, name)
                run = ""
            else:
                run += inline_element(child)
            run += inline(child.tail or "")
        if run.strip():
            found.append(self._paragraph(run, name, indent))
        return found

    def _block(self, block: Element, indent: float, name: str) -> list[Flowable]:
        indent = min(indent, RETRAIT_MAX)
        if block.tag in _TITRES:
            title = Paragraph(inline_content(block), style(block.tag, leftIndent=indent))
            title.niveau = int(block.tag[1]) - 2
            return [title] if text_of(block).strip() else []
        if block.tag in ("ul", "ol"):
            return self._list(block, indent, name)
        if block.tag == "pre":
            return self._waiting(indent, name) + self._code(block, indent)
        if block.tag == "hr":
            return [HRFlowable(width="100%", color=FILET, spaceBefore=4, spaceAfter=6)]
        if block.tag == "table":
            return [*self._waiting(indent, name), *self._table(block, indent), Spacer(1, 6)]
        if block.tag == "blockquote":
            return self._children(block, indent + RETRAIT, "citation")
        if block.tag == "section":
            return [
                HRFlowable(width="30%", hAlign="LEFT", color=FILET),
                *self._children(block, indent, "note"),
            ]
        if block.tag == "p":
            words = inline_content(block)
            return [self._paragraph(words, name, indent)] if words.strip() else []
        return self._children(block, indent, name)

    def _paragraph(self, words: str, name: str, indent: float, **changes: Any) -> Paragraph:
        """One paragraph, with the mark that waits for it."""
        mark, self.mark = self.mark, None
        if mark is None:
            return Paragraph(words, style(name, leftIndent=indent, **changes))
        changes |= {
            "bulletIndent": mark[1] + 2,
            "bulletFontName": TEXTE,
            "bulletFontSize": 10,
            "spaceAfter": 3,
        }
        return Paragraph(words, style(name, leftIndent=indent, **changes), bulletText=mark[0] or None)

    def _list(self, block: Element, indent: float, name: str) -> list[Flowable]:
        """Each item is its blocks, further in; the first carries the mark."""
        found = self._waiting(indent, name)
        number = int(block.get("start") or 1)
        for item in block:
            mark = f"{number}." if block.tag == "ol" else "•"
            self.mark = ("" if has_class(item, "texte-tache") else mark, indent)
            found += self._children(item, indent + RETRAIT, name)
            found += self._waiting(indent + RETRAIT, name)
            number += 1
        return found

    def _waiting(self, indent: float, name: str) -> list[Flowable]:
        """A mark whose item begins with no paragraph, on a line of its own."""
        return [self._paragraph("", name, indent)] if self.mark is not None else []

    def _code(self, block: Element, indent: float) -> list[Flowable]:
        lines = printable(text_of(block).rstrip("\n")).split("\n")
        kept = [str(escape(_kept(line))) or "\u00a0" for line in lines]
        return [Paragraph(line, style("code", leftIndent=indent, spaceAfter=0)) for line in kept] + [
            Spacer(1, 6)
        ]

    def _table(self, table: Element, indent: float) -> list[Flowable]:
        rows = rows_of(table)
        width = max((len(row) for row in rows), default=0)
        if not width:
            return []
        longest = [
            max((len(text_of(row[column])) for row in rows if column < len(row)), default=0)
            for column in range(width)
        ]
        # Wide columns for long texts, none so narrow that its words are cut.
        weights = [min(max(length, 8), 60) for length in longest]
        room = self.largeur - indent
        widths = [room * weight / sum(weights) for weight in weights]
        # About five points a letter, twelve a line.
        tall = max(12 * (length * 5 / (wide - 12)) for length, wide in zip(longest, widths, strict=True))
        if width > COLONNES_MAX or tall > HAUTEUR_MAX:
            return self._rows(rows, indent)
        cells = [
            [
                Paragraph(
                    f"<b>{inline_content(cell)}</b>" if cell.tag == "th" else inline_content(cell),
                    _cell(cell),
                )
                for cell in row
            ]
            + [""] * (width - len(row))
            for row in rows
        ]
        return [Table(cells, colWidths=widths, repeatRows=1, hAlign="RIGHT", style=grid())]

    def _rows(self, rows: list[list[Element]], indent: float) -> list[Flowable]:
        """« Head: cell », row after row."""
        heads = [inline_content(cell) for cell in rows[0]]
        found: list[Flowable] = []
        for row in rows[1:]:
            for head, cell in zip(heads, row, strict=False):
                found.append(
                    Paragraph(f"<b>{head} :</b> {inline_content(cell)}", style("texte", leftIndent=indent))
                )
            found.append(Spacer(1, 5))
        return found


def _kept(line: str) -> str:
    """A line of code: spaces at its beginning and in a row stay, single ones let it be broken."""
    words = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(words)) + words.replace("  ", " \u00a0")


def _cell(cell: Element) -> ParagraphStyle:
    if has_class(cell, "texte-droite"):
        return style("cellule", alignment=2)
    if has_class(cell, "texte-centre"):
        return style("cellule", alignment=1)
    return style("cellule")


def inline(text: str) -> str:
    """Words as reportlab's markup."""
    return str(escape(printable(text.replace("\n", " "))))


def inline_content(element: Element) -> str:
    """What an element holds, in reportlab's markup."""
    parts = [inline(element.text or "")]
    for child in element:
        parts += [inline_element(child), inline(child.tail or "")]
    return "".join(parts)


def inline_element(element: Element) -> str:
    if element.tag == "br":
        return "<br/>"
    if element.tag == "img":
        return inline(f"[image : {element.get('alt') or 'sans description'}]")
    inner = inline_content(element)
    if element.tag == "a":
        if has_class(element, "texte-retour"):
            return ""
        href = address(element)
        return f'<a href="{escape(href)}" color="#000091"><u>{inner}</u></a>' if href else inner
    if element.tag == "code":
        return f'<font name="{CODE}" size="9">{inner}</font>'
    mark = _MARKS.get(element.tag)
    return f"<{mark}>{inner}</{mark}>" if mark else inner
