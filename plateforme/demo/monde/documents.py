"""Real files for the demo: PDF, text, spreadsheet and chart, made from the content files. Same input, same bytes."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import reportlab
from odfdo import Cell, Document, Header, List, ListItem, Paragraph, Row, Table
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as PdfParagraph

BLUE = "#000091"
MADE_ON = b"2026-01-05T09:00:00"


def make_file(document: dict[str, Any]) -> bytes:
    """The bytes of one `[[documents]]` entry; its name's ending decides the kind."""
    ending = document["nom"].rsplit(".", 1)[1]
    return {"pdf": _pdf, "odt": _odt, "ods": _ods, "png": _png}[ending](document)


def _lines(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The body as (kind, text): `titre`, `puce` or `texte`."""
    rows = []
    for line in document.get("corps", "").strip().splitlines():
        text = line.strip()
        if not text:
            continue
        if text.startswith("## "):
            rows.append(("titre", text[3:]))
        elif text.startswith("- "):
            rows.append(("puce", text[2:]))
        else:
            rows.append(("texte", text))
    return rows


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pdf(document: dict[str, Any]) -> bytes:
    base = ParagraphStyle(
        "texte", fontName="Helvetica", fontSize=10.5, leading=15, alignment=TA_LEFT, spaceAfter=6
    )
    styles = {
        "texte": base,
        "puce": ParagraphStyle("puce", parent=base, leftIndent=14, bulletIndent=2),
        "titre": ParagraphStyle(
            "titre", parent=base, fontName="Helvetica-Bold", fontSize=12.5, textColor=BLUE, spaceBefore=10
        ),
    }
    head = ParagraphStyle(
        "tete", parent=base, fontName="Helvetica-Bold", fontSize=18, leading=23, spaceAfter=4
    )
    story: list[Flowable] = [PdfParagraph(_escape(document["titre"]), head)]
    story += [PdfParagraph(_escape(document["description"]), base), Spacer(1, 0.4 * cm)]
    for kind, text in _lines(document):
        story.append(PdfParagraph(_escape(text), styles[kind], bulletText="•" if kind == "puce" else None))
    output = io.BytesIO()
    SimpleDocTemplate(
        output,
        pagesize=A4,
        title=document["titre"],
        author="Plateforme territoriale",
        lang="fr-FR",
        invariant=1,
        margins=2.2 * cm,
    ).build(story)
    return output.getvalue()


def _odt(document: dict[str, Any]) -> bytes:
    odt = Document("text")
    body = odt.body
    body.clear()
    body.append(Header(1, document["titre"]))
    body.append(Paragraph(document["description"]))
    bullets: list[str] = []
    for kind, text in [*_lines(document), ("fin", "")]:
        if kind == "puce":
            bullets.append(text)
            continue
        if bullets:
            body.append(List([ListItem(item) for item in bullets]))
            bullets = []
        if kind == "titre":
            body.append(Header(2, text))
        elif kind == "texte":
            body.append(Paragraph(text))
    return _saved(odt)


def _ods(document: dict[str, Any]) -> bytes:
    ods = Document("spreadsheet")
    body = ods.body
    body.clear()
    # A sheet's name may hold letters, digits and spaces only.
    table = Table(re.sub(r"[^\w ]+", " ", document["titre"])[:30].strip())
    for values in [document["colonnes"], *document["lignes"]]:
        row = Row()
        for value in values:
            row.append_cell(Cell(value))
        table.append_row(row)
    body.append(table)
    return _saved(ods)


def _saved(document: Document) -> bytes:
    output = io.BytesIO()
    document.save(output)
    return _timeless(output)


def _timeless(archive: io.BytesIO) -> bytes:
    """The same archive without the moment at which it was made: the demo's files never change."""
    output = io.BytesIO()
    with zipfile.ZipFile(archive) as made, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as settled:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "meta.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?", MADE_ON, content)
            still = zipfile.ZipInfo(entry.filename, (2026, 1, 5, 9, 0, 0))
            still.compress_type = entry.compress_type
            settled.writestr(still, content)
    return output.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    """A font that has accents: Pillow's own draws them as boxes; reportlab brings one."""
    return ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), size)


def _png(document: dict[str, Any]) -> bytes:
    """A bar chart: title, bars with their values, labels below."""
    series = document["graphique"]["series"]
    width, height, left, bottom, top = 1000, 560, 60, 90, 110
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.text((left, 28), document["titre"], fill="#161616", font=_font(26))
    draw.text((left, 68), document["graphique"]["axe"], fill="#3a3a3a", font=_font(18))
    small = _font(16)
    highest = max(float(value) for _, value in series) or 1.0
    step = (width - 2 * left) / len(series)
    for index, (label, value) in enumerate(series):
        x = left + index * step + step * 0.18
        tall = (height - bottom - top - 30) * float(value) / highest
        y = height - bottom
        draw.rectangle((x, y - tall, x + step * 0.64, y), fill=BLUE)
        shown = str(value).replace(".", ",")
        draw.text((x + step * 0.32, y - tall - 8), shown, fill="#161616", font=small, anchor="ms")
        draw.text((x + step * 0.32, y + 14), str(label), fill="#161616", font=small, anchor="mt")
    draw.line((left, height - bottom, width - left, height - bottom), fill="#3a3a3a", width=2)
    output = io.BytesIO()
    image.save(output, "PNG", optimize=True)
    return output.getvalue()
