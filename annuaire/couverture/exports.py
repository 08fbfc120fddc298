"""The tables of the coverage as spreadsheets: ODS, CSV."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from annuaire.access import require_directory
from annuaire.couverture import lecture, presentation, tableaux
from annuaire.couverture.access import find_territoire, get_expertise
from annuaire.couverture.lecture import Etendue
from annuaire.couverture.views import asked_for
from plateforme.socle.tableur import csv_response, may_export, ods_response

Table = tuple[list[str], list[list[Any]]]


@require_GET
def departements(request: HttpRequest, genre: str) -> HttpResponseBase:
    """The départements, all expertises taken together."""
    require_directory(request.user)
    asked = asked_for(request)
    etendue = Etendue(find_territoire(asked["territoire"]))

    def table() -> Table:
        rows = lecture.all_by_departement(etendue, asked["domaine"])
        return tableaux.export(tableaux.all_columns(etendue, str), rows, asked["tri_departements"])

    return _send(request, genre, f"couverture-departements-{etendue.code}", "Départements", table)


@require_GET
def expertises(request: HttpRequest, genre: str) -> HttpResponseBase:
    """The expertises, in the territory looked at."""
    require_directory(request.user)
    asked = asked_for(request)
    etendue = Etendue(find_territoire(asked["territoire"]))

    def table() -> Table:
        rows = presentation.wanted(etendue, asked["domaine"], asked["q"])
        columns = tableaux.expertise_columns(etendue, lecture.departements(etendue).count())
        return tableaux.export(columns, rows, asked["tri_expertises"])

    return _send(request, genre, f"couverture-expertises-{etendue.code}", "Expertises", table)


@require_GET
def expertise(request: HttpRequest, slug: str, genre: str) -> HttpResponseBase:
    """One expertise, by département."""
    row = get_expertise(request.user, slug)
    asked = asked_for(request)
    etendue = Etendue(find_territoire(asked["territoire"]))

    def table() -> Table:
        places = lecture.by_departement(row, etendue)
        return tableaux.export(tableaux.departement_columns(etendue, str), places, asked["tri_departements"])

    back = reverse("couverture:expertise", args=[slug])
    return _send(request, genre, f"couverture-{row.slug}-{etendue.code}", "Départements", table, back)


def _send(
    request: HttpRequest, genre: str, name: str, title: str, table: Callable[[], Table], back: str = ""
) -> HttpResponseBase:
    """The table in the form asked for; too many in a minute, and the page that one comes back to says so."""
    if genre not in ("ods", "csv"):
        raise Http404("Ce tableau existe en ODS et en CSV.")
    if not may_export(request):
        return redirect(back or "couverture:ensemble")
    header, rows = table()
    if genre == "ods":
        response: HttpResponse = ods_response(f"{name}.ods", [(title, header, rows)])
        return response

    def all_rows(_: int) -> tuple[Sequence[Sequence[Any]], int | None]:
        return rows, None

    return csv_response(f"{name}.csv", header, all_rows)
