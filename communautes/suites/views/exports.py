"""A community's register and tasks as tables for a spreadsheet."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from annuaire.models import Agent
from communautes.access import get_readable
from communautes.models import Communaute
from communautes.suites.models import Decision, Tache
from communautes.suites.origines import Lien, origins_of_taches
from communautes.suites.tableaux import BATCH, ENTETE, address, rows_after
from plateforme.socle.tableur import csv_response, may_export

TACHE = (
    "Tâche", "État", "Responsable", "Échéance", "Notée par", "Notée le", "Faite le", "Origine", "Adresse",
)  # fmt: skip


@require_GET
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole register, oldest first: proposed and cancelled ones too."""
    communaute = get_readable(request.user, slug)
    agent: Agent = request.user

    def next_rows(last: int) -> tuple[Sequence[Sequence[Any]], int | None]:
        return rows_after(agent, Decision.objects.filter(communaute=communaute).with_people(), last)

    if not may_export(request):
        return redirect("suites:decisions", communaute.slug)
    return csv_response(f"decisions-{communaute.slug}.csv", ENTETE, next_rows)


@require_GET
def taches(request: HttpRequest, slug: str) -> HttpResponse:
    """All the tasks, oldest first."""
    communaute = get_readable(request.user, slug)
    agent: Agent = request.user

    def next_rows(last: int) -> tuple[Sequence[Sequence[Any]], int | None]:
        found = list(_after(Tache.objects.all().with_people(), communaute, last))
        origins = origins_of_taches(agent, [row.pk for row in found])
        return [_tache(row, origins.get(row.pk)) for row in found], _last(found)

    if not may_export(request):
        return redirect("suites:taches", communaute.slug)
    return csv_response(f"taches-{communaute.slug}.csv", TACHE, next_rows)


def _after(rows: Any, communaute: Communaute, last: int) -> Any:
    return rows.filter(communaute=communaute, pk__gt=last).order_by("pk")[:BATCH]


def _last(rows: Sequence[Any]) -> int | None:
    return rows[-1].pk if len(rows) == BATCH else None


def _tache(row: Tache, origine: Lien | None) -> list[Any]:
    return [
        row.libelle, row.get_etat_display(), _name(row.responsable), row.echeance, row.auteur.nom_complet,
        row.cree_le, row.faite_le, address(origine.url) if origine is not None and origine.url else "",
        address(row.get_absolute_url()),
    ]  # fmt: skip


def _name(agent: Agent | None) -> str:
    return agent.nom_complet if agent is not None else ""
