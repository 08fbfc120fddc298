"""Salons, for a text of the forum that names their addresses (`forum.liens`)."""

from collections.abc import Collection

from communautes.models import Communaute
from forum.liens import Appui, Cible, register_finder
from realtime.models import Salon


def find_salons(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    """Salons open to all of the same community: the others are for their members."""
    return {
        row.pk: Cible(row.nom, "salon", Appui(communaute.pk))
        for row in Salon.objects.public().filter(communaute=communaute, pk__in=pks)
    }


def register_finders() -> None:
    register_finder("realtime:salon", "pk", find_salons)
