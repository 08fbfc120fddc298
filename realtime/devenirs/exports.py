"""The register of a salon of a few agents as a table, for who reads it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from annuaire.models import Agent
from communautes.suites.models import Decision
from communautes.suites.tableaux import ENTETE, rows_after
from plateforme.socle.tableur import csv_response, may_export, ods_response
from realtime.devenirs.access import get_with_register
from realtime.devenirs.models import RegistreSalon
from realtime.devenirs.registres import readable_in
from realtime.models import Salon

# A spreadsheet is made whole in memory; beyond, the other kind is sent bit by bit.
ODS_MAX = 2_000
# Here nothing is proposed: who notes a decision decides with the others.
NOTEES = tuple("Notée par" if name == "Proposée par" else name for name in ENTETE)


@require_GET
def decisions(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is decided in the salon, oldest first, cancelled ones too: what the reader may read at this moment, and no
    other line. `?genre=csv` or `ods`."""
    salon = get_with_register(request.user, pk)
    agent: Agent = request.user
    genre = request.GET.get("genre", "csv")
    if genre not in ("csv", "ods"):
        raise Http404("Le registre s’exporte en ODS ou en CSV.")
    if not may_export(request):
        return redirect("devenirs:decisions", pk)

    def next_rows(last: int) -> tuple[Sequence[Sequence[Any]], int | None]:
        return rows_after(agent, readable_in(agent, _kept(salon).with_people()), last)

    name = f"decisions-salon-{salon.pk}"
    if genre == "csv":
        return csv_response(f"{name}.csv", NOTEES, next_rows)
    rows: list[Sequence[Any]] = []
    last: int | None = 0
    while last is not None:
        more, last = next_rows(last)
        rows += more
        if len(rows) > ODS_MAX:
            messages.error(request, f"Ce registre a plus de {ODS_MAX} décisions : téléchargez-le en CSV.")
            return redirect("devenirs:decisions", pk)
    return ods_response(f"{name}.ods", [("Décisions", NOTEES, rows)])


def _kept(salon: Salon) -> Any:
    return Decision.objects.filter(registre__in=RegistreSalon.objects.filter(salon=salon))
