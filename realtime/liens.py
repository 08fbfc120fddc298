"""Salons and meetings, for a text of the forum that names their addresses (`forum.liens`)."""

from collections.abc import Collection

from django.utils import formats, timezone

from communautes.models import Communaute
from forum.liens import Cible, register_finder, within_reach
from realtime.models import Reunion, Salon


def find_salons(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    """Salons of the same community only: those of others are for their members."""
    return {
        row.pk: Cible(row.nom, "salon") for row in Salon.objects.filter(communaute=communaute, pk__in=pks)
    }


def find_reunions(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    rows = Reunion.objects.filter(within_reach(communaute), pk__in=pks)
    return {row.pk: Cible(row.titre, f"réunion du {_day(row)}") for row in rows}


def _day(reunion: Reunion) -> str:
    return formats.date_format(timezone.localtime(reunion.debut), "j F Y")


def register_finders() -> None:
    register_finder("realtime:salon", "pk", find_salons)
    register_finder("realtime:reunion", "pk", find_reunions)
