"""The text of minutes as the blocks of an OpenDocument text: XML, where all that is written is escaped."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from django.utils.html import escape

from realtime.seances.exports.arbre import BLOCKS, address, has_class, parse, rows_of, text_of

_MARKS = {
    "strong": "CR-gras",
    "em": "CR-italique",
    "del": "CR-barre",
    "sup": "CR-exposant",
    "code": "CR-code",
}
_SPACES = re.compile(r" {2,}")
COLONNES_MAX = 40


def _text_style(name: str, properties: str) -> str:
    return f'<style:style style:name="{name}" style:family="text"><style:text-properties {properties}/></style:style>'


def _paragraph_style(name: str, paragraph: str = "", text: str = "", parent: str = "Text_20_body") -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{parent}">'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


_LEVELS = range(1, 11)


def _list_style(name: str, ordered: bool) -> str:
    levels = "".join(
        f'<text:list-level-style-number text:level="{level}" style:num-suffix="." style:num-format="1">'
        f'<style:list-level-properties text:space-before="{level * 0.5}cm" text:min-label-width="0.5cm"/>'
        "</text:list-level-style-number>"
        if ordered
        else f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="•">'
        f'<style:list-level-properties text:space-before="{level * 0.5}cm" text:min-label-width="0.5cm"/>'
        "</text:list-level-style-bullet>"
        for level in _LEVELS
    )
    return f'<text:list-style style:name="{name}">{levels}</text:list-style>'


STYLES = (
    _text_style("CR-gras", 'fo:font-weight="bold"'),
    _text_style("CR-italique", 'fo:font-style="italic"'),
    _text_style("CR-barre", 'style:text-line-through-style="solid"'),
    _text_style("CR-exposant", 'style:text-position="super 60%"'),
    _text_style("CR-code", 'style:font-name="DejaVu Sans Mono" fo:font-size="9pt"'),
    _paragraph_style("CR-texte", 'fo:margin-bottom="0.15cm"'),
    _paragraph_style("CR-etat", 'fo:margin-bottom="0cm"', 'fo:font-size="13pt"'),
    _paragraph_style("CR-devise", 'fo:margin-bottom="0cm"', 'fo:font-size="9pt"'),
    _paragraph_style("CR-droite", 'fo:text-align="end" fo:margin-bottom="0cm"'),
    _paragraph_style("CR-cellule", 'fo:margin-bottom="0cm"', 'fo:font-size="10pt"'),
    _paragraph_style(
        "CR-cellule-droite", 'fo:text-align="end" fo:margin-bottom="0cm"', 'fo:font-size="10pt"'
    ),
    _paragraph_style(
        "CR-cellule-centre", 'fo:text-align="center" fo:margin-bottom="0cm"', 'fo:font-size="10pt"'
    ),
    _paragraph_style("CR-signature", 'fo:margin-bottom="2.2cm"', 'fo:font-size="10pt"'),
    _paragraph_style(
        "CR-validation", 'fo:margin-top="0.8cm" fo:margin-bottom="0.3cm" fo:keep-with-next="always"'
    ),
    _paragraph_style("CR-citation", 'fo:margin-left="1cm"', 'fo:color="#3a3a3a"'),
    _paragraph_style("CR-filet", 'fo:border-bottom="0.5pt solid #929292" fo:margin-bottom="0.3cm"'),
    _paragraph_style(
        "CR-bloc-code",
        'fo:background-color="#eeeeee" fo:margin-bottom="0cm"',
        'style:font-name="DejaVu Sans Mono" fo:font-size="9pt"',
    ),
    _paragraph_style("CR-note", "", 'fo:font-size="9pt"'),
    _paragraph_style("CR-pied", 'fo:text-align="end"', 'fo:font-size="8pt"'),
    _list_style("CR-puces", ordered=False),
    _list_style("CR-numeros", ordered=True),
)
# Those of tables go with the text: a word processor takes no table style from the document's own styles.
TABLE_STYLES = (
    '<style:style style:name="CR-case" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.5pt solid #929292" fo:padding="0.1cm"/></style:style>',
    '<style:style style:name="CR-case-tete" style:family="table-cell"><style:table-cell-properties '
    'fo:border="0.5pt solid #929292" fo:padding="0.1cm" fo:background-color="#eeeeee"/></style:style>',
    '<style:style style:name="CR-tableau" style:family="table"><style:table-properties style:width="16.9cm" '
    'table:align="left" fo:margin-top="0.2cm" fo:margin-bottom="0.3cm"/></style:style>',
    '<style:style style:name="CR-rang" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>',
)


def column_styles() -> list[str]:
    """One width for each number of columns that a table may have: all the columns of a table are as wide."""
    return [
        f'<style:style style:name="CR-colonne-{number}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{16.9 / number:.2f}cm"/></style:style>'
        for number in range(1, COLONNES_MAX + 1)
    ]


def words(text: str) -> str:
    """Words, escaped; several spaces in a row are kept."""
    escaped = str(escape(text.replace("\n", " ")))
    return _SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', escaped)


def styled(xml: str, name: str) -> str:
    return f'<text:span text:style-name="{name}">{xml}</text:span>' if xml else ""


def paragraph(xml: str, name: str = "CR-texte") -> str:
    return f'<text:p text:style-name="{name}">{xml}</text:p>'


def cell(xml: str, *, head: bool = False, align: str = "", more: str = "") -> str:
    """A cell of a table, of one paragraph; `more`: those after it."""
    style = f"CR-cellule-{align}" if align else "CR-cellule"
    inner = paragraph(styled(xml, "CR-gras") if head else xml, style)
    kind = "CR-case-tete" if head else "CR-case"
    return f'<table:table-cell table:style-name="{kind}" office:value-type="string">{inner}{more}</table:table-cell>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells; its head comes again on each page."""
    width = max(len(head), *(len(row) for row in rows)) if rows else len(head)
    filler = cell("")
    lines = ["".join([*row, *[filler] * (width - len(row))]) for row in rows]
    top = "".join([*head, *[filler] * (width - len(head))])
    return (
        '<table:table table:style-name="CR-tableau">'
        f'<table:table-column table:style-name="CR-colonne-{width}" table:number-columns-repeated="{width}"/>'
        + (f"<table:table-header-rows>{_row(top)}</table:table-header-rows>" if head else "")
        + "".join(_row(line) for line in lines)
        + "</table:table>"
    )


def _row(cells: str) -> str:
    """A row, whole on one page."""
    return f'<table:table-row table:style-name="CR-rang">{cells}</table:table-row>'


def corps(html: str) -> list[str]:
    """The blocks of a text that the house has rendered, each as XML."""
    return _children(parse(html), "CR-texte")


def _children(parent: Element, name: str) -> list[str]:
    """Blocks, and runs of words between them as paragraphs of their own."""
    found: list[str] = []
    run = words(parent.text or "")
    for child in parent:
        if child.tag in BLOCKS:
            if run.strip():
                found.append(paragraph(run, name))
            found += _block(child, name)
            run = ""
        else:
            run += _inline(child)
        run += words(child.tail or "")
    if run.strip():
        found.append(paragraph(run, name))
    return found


def _block(block: Element, name: str) -> list[str]:
    if block.tag in ("h3", "h4", "h5", "h6"):
        level = int(block.tag[1]) - 1
        title = _content(block)
        return (
            [f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{title}</text:h>']
            if text_of(block).strip()
            else []
        )
    if block.tag in ("ul", "ol"):
        return [_list(block, name)]
    if block.tag == "pre":
        return [paragraph(_code(line), "CR-bloc-code") for line in text_of(block).rstrip("\n").split("\n")]
    if block.tag == "hr":
        return [paragraph("", "CR-filet")]
    if block.tag == "table":
        return _table(block)
    if block.tag == "blockquote":
        return _children(block, "CR-citation")
    if block.tag == "section":
        return [paragraph("", "CR-filet"), *_children(block, "CR-note")]
    if block.tag == "p":
        inner = _content(block)
        return [paragraph(inner, name)] if inner.strip() else []
    return _children(block, name)


def _code(line: str) -> str:
    """A line of code, with the spaces that it begins with: a word processor takes them for nothing."""
    inner = line.lstrip(" ")
    begins = len(line) - len(inner)
    return (f'<text:s text:c="{begins}"/>' if begins else "") + words(inner)


def _list(block: Element, name: str) -> str:
    style = "CR-numeros" if block.tag == "ol" else "CR-puces"
    start = block.get("start") or "1"
    items = []
    for rank, item in enumerate(block):
        # A table may not stand in an item: it is written as its words.
        inner = "".join(
            part if not part.startswith("<table:") else "".join(_flat(part)) for part in _children(item, name)
        )
        first = (
            f' text:start-value="{int(start)}"' if rank == 0 and block.tag == "ol" and start != "1" else ""
        )
        items.append(f"<text:list-item{first}>{inner or paragraph('', name)}</text:list-item>")
    return f'<text:list text:style-name="{style}">{"".join(items)}</text:list>'


def _flat(xml: str) -> list[str]:
    """The paragraphs of a table."""
    return re.findall(r"<text:p .*?</text:p>", xml)


def _table(block: Element) -> list[str]:
    rows = rows_of(block)
    if not rows or not max(len(row) for row in rows):
        return []
    made = [[cell(_content(each), head=each.tag == "th", align=_align(each)) for each in row] for row in rows]
    has_head = any(each.tag == "th" for each in rows[0])
    return [table(made[0], made[1:]) if has_head else table([], made)]


def _align(each: Element) -> str:
    return (
        "droite" if has_class(each, "texte-droite") else "centre" if has_class(each, "texte-centre") else ""
    )


def _content(element: Element) -> str:
    parts = [words(element.text or "")]
    for child in element:
        parts += [_inline(child), words(child.tail or "")]
    return "".join(parts)


def _inline(element: Element) -> str:
    if element.tag == "br":
        return "<text:line-break/>"
    if element.tag == "img":
        return words(f"[image : {element.get('alt') or 'sans description'}]")
    inner = _content(element)
    if element.tag == "a":
        if has_class(element, "texte-retour"):
            return ""
        href = address(element)
        return f'<text:a xlink:type="simple" xlink:href="{escape(href)}">{inner}</text:a>' if href else inner
    return styled(inner, _MARKS[element.tag]) if element.tag in _MARKS else inner
