"""Minutes in PDF: what is printed and signed."""

import io
from datetime import datetime
from typing import Any

from django.utils.html import escape
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from realtime.seances.exports.corps_pdf import FILET, Corps, grid, style
from realtime.seances.exports.mentions import (
    ETAT,
    PRESENCES,
    PROJET,
    attendance_rows,
    details,
    place_and_day,
    signers,
    validation,
)
from realtime.seances.exports.polices import TEXTE, known_characters, printable
from realtime.seances.redaction import Acte

MARGE = 2 * cm
# reportlab keeps six points on each side of its frames.
BORD = MARGE + 6
LARGEUR = A4[0] - 2 * BORD


def as_pdf(acte: Acte) -> bytes:
    """The whole document. Same minutes, same bytes."""
    known_characters()
    output = io.BytesIO()
    document = _Document(
        output,
        pagesize=A4,
        leftMargin=MARGE,
        rightMargin=MARGE,
        topMargin=2.2 * cm,
        bottomMargin=2.2 * cm,
        title=f"{acte.nom} : {acte.entete.titre}",
        author=acte.entete.service or acte.entete.communaute or acte.entete.president,
        subject=acte.entete.quand,
        creator="",
        initialFontName=TEXTE,
        lang="fr-FR",
        invariant=1,
    )
    moment = acte.validee_le or (acte.minutes.modifie_le if acte.minutes else acte.seance.ouverte_le)
    running = f"{acte.nom} – {acte.entete.titre}"

    def make_canvas(*args: Any, **kwargs: Any) -> Canvas:
        return _Canvas(*args, courant=running, projet=acte.projet, moment=moment, **kwargs)

    document.build(_story(acte), canvasmaker=make_canvas)
    return output.getvalue()


class _Document(SimpleDocTemplate):
    """Titles become bookmarks as they are laid out."""

    _marks = 0

    def afterFlowable(self, flowable: Flowable) -> None:
        niveau = getattr(flowable, "niveau", None)
        if niveau is None or not isinstance(flowable, Paragraph):
            return
        self._marks += 1
        key = f"titre-{self._marks}"
        self.canv.bookmarkPage(key)
        # A level may not be two below the one before it.
        niveau = min(niveau, getattr(self, "_before", -1) + 1)
        self._before = niveau
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level=niveau, closed=False)


class _Canvas(Canvas):
    """Pages are finished once their number is known: « 1 / 3 »."""

    def __init__(self, *args: Any, courant: str, projet: bool, moment: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The document is of the day when it was validated, not of that when it is taken away.
        stamp = self._doc._timeStamp
        stamp.t, stamp.lt = moment.timestamp(), moment.utctimetuple()
        stamp.YMDhms = tuple(stamp.lt)[:6]
        self.courant, self.projet = printable(courant), projet
        self.pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self.pages, 1):
            self.__dict__.update(page)
            self._finish(number, len(self.pages))
            super().showPage()
        super().save()

    def _finish(self, number: int, total: int) -> None:
        self.setFont(TEXTE, 8)
        self.setFillColor(HexColor("#3a3a3a"))
        self.drawRightString(A4[0] - BORD, 1.2 * cm, f"{number} / {total}")
        if self.projet:
            self.drawString(BORD, 1.2 * cm, PROJET)
        if number > 1:
            width = LARGEUR
            line = self.courant
            while line and self.stringWidth(line, TEXTE, 8) > width:
                line = line[:-2].rstrip() + "…"
            self.drawString(BORD, A4[1] - 1.4 * cm, line)
            self.setStrokeColor(FILET)
            self.line(BORD, A4[1] - 1.55 * cm, A4[0] - BORD, A4[1] - 1.55 * cm)


def _story(acte: Acte) -> list[Flowable]:
    corps = Corps(LARGEUR)
    story: list[Flowable] = [_letterhead(acte), Spacer(1, 0.9 * cm)]
    title = Paragraph(_words(acte.nom), style("titre"))
    title.niveau = 0
    story += [title, Spacer(1, 0.3 * cm), _details(acte)]
    rows = attendance_rows(acte)
    if rows:
        heading = Paragraph("Présences", style("h3"))
        heading.niveau = 1
        counts = ", ".join(
            f"{number} {word}{'s' if number > 1 else ''}"
            for number, word in (
                (len(acte.entete.presents), "présence"),
                (len(acte.entete.excuses), "absence excusée"),
                (len(acte.entete.absents), "absence"),
            )
            if number
        ).replace("absence excusées", "absences excusées")
        story += [heading, Paragraph(f"{counts}.", style("texte")), _attendance(rows)]
    story += corps.blocks(acte.html)
    story += [Spacer(1, 0.8 * cm), _signatures(acte)]
    return story


def _letterhead(acte: Acte) -> Table:
    name, motto = ETAT
    left = [
        Paragraph(_words(name).replace(" ", "<br/>"), style("etat")),
        Paragraph("<br/>".join(_words(word) for word in motto), style("devise")),
    ]
    right = [
        Paragraph(f"<b>{_words(acte.entete.service)}</b>", style("texte", alignment=TA_RIGHT)),
        Paragraph(_words(place_and_day(acte)), style("texte", alignment=TA_RIGHT)),
    ]
    return Table(
        [[left, right]],
        colWidths=[LARGEUR * 0.35, LARGEUR * 0.65],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ],
    )


def _details(acte: Acte) -> Table:
    rows = [
        [Paragraph(f"<b>{_words(label)}</b>", style("cellule")), Paragraph(_words(words), style("cellule"))]
        for label, words in details(acte)
    ]
    return Table(
        rows,
        colWidths=[LARGEUR * 0.22, LARGEUR * 0.78],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _attendance(rows: list[tuple[str, str, str, str]]) -> Table:
    cells = [[Paragraph(f"<b>{label}</b>", style("cellule")) for label in PRESENCES]]
    cells += [[Paragraph(_words(words), style("cellule")) for words in row] for row in rows]
    widths = [LARGEUR * part for part in (0.36, 0.28, 0.18, 0.18)]
    return Table(cells, colWidths=widths, repeatRows=1, style=grid())


def _signatures(acte: Acte) -> KeepTogether:
    blocks = [
        [
            Paragraph(f"<b>{_words(function)}</b>", style("cellule")),
            Paragraph(_words(name), style("cellule")),
            Spacer(1, 2.2 * cm),
        ]
        for function, name in signers(acte)
    ]
    box = Table(
        [blocks],
        colWidths=[LARGEUR / 2] * 2,
        style=[("BOX", (0, 0), (0, 0), 0.5, FILET), ("BOX", (1, 0), (1, 0), 0.5, FILET)],
    )
    return KeepTogether([Paragraph(_words(validation(acte)), style("texte")), Spacer(1, 0.2 * cm), box])


def _words(text: str) -> str:
    return str(escape(printable(text)))
