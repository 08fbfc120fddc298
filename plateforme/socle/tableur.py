"""Tables for spreadsheets: streamed whatever their length, and nothing in them that a spreadsheet would run."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from plateforme.socle.erreurs import TropDeDemandes
from plateforme.socle.limites import check_limit

# What makes a formula of a cell, in whatever spreadsheet, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")

# From the key of the last row given (0 to begin) to the next rows, and the key of their last; None at the end.
NextRows = Callable[[int], tuple[Sequence[Sequence[Any]], int | None]]


def cell(value: Any) -> str:
    """A value as a cell shows it: dates as spreadsheets read them, texts never as formulas.

    A text that a spreadsheet would compute begins with an apostrophe, which it shows as a text (OWASP).
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """Lines of a table, cells made safe; separated as French spreadsheets expect."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows([[cell(value) for value in row] for row in rows])
    return buffer.getvalue()


def may_export(request: HttpRequest) -> bool:
    """Count one more export by who is signed in; too many, and the page that one comes back to says so."""
    assert request.user.pk is not None
    try:
        check_limit("export", request.user.pk)
    except TropDeDemandes as error:
        messages.error(
            request, f"Vous venez d’exporter plusieurs fois : réessayez dans {error.attente} secondes."
        )
        return False
    return True


def csv_response(name: str, header: Sequence[str], next_rows: NextRows) -> StreamingHttpResponse:
    """A table to download under `name`, read and sent some rows at a time.

    `next_rows` is called with the key of the last row sent until it gives None: no cursor stays open in between,
    and no more than one batch is in memory.
    """

    async def lines() -> AsyncIterator[bytes]:
        # The mark by which spreadsheets know UTF-8.
        yield ("\ufeff" + csv_lines([header])).encode()
        last: int | None = 0
        while last is not None:
            rows, last = await sync_to_async(next_rows)(last)
            if rows:
                yield csv_lines(rows).encode()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _value(value: Any) -> Any:
    """As a cell of a spreadsheet holds it: moments are said at the clock of who reads."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return "" if value is None else value


def ods_response(
    name: str, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> HttpResponse:
    """A spreadsheet to download under `name`, of (name of the sheet, header, rows), made whole in memory: for tables of
    some hundreds of rows. Numbers stay numbers; a text is a text, whatever it begins with."""
    # Loaded by who writes one: half a second of every start otherwise.
    from odfdo import Document, Row, Table

    document = Document("spreadsheet")
    document.body.clear()
    for title, header, rows in sheets:
        table = Table(title)
        for values in (header, *rows):
            row = Row()
            row.set_values([_value(value) for value in values])
            table.append_row(row)
        document.body.append(table)
    document.meta.set_language("fr-FR")
    document.meta.set_generator("")
    output = io.BytesIO()
    document.save(output)
    response = HttpResponse(output.getvalue(), content_type="application/vnd.oasis.opendocument.spreadsheet")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
