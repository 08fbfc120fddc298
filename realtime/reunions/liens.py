"""Meetings, for a text of the forum that names their addresses (`forum.liens`)."""

from collections.abc import Collection

from communautes.models import Communaute
from forum.liens import Appui, Cible, register_finder, within_reach
from realtime.reunions.horaires import say_day
from realtime.reunions.models import Reunion


def find_reunions(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    """Meetings that whoever reads `communaute` may know of; drafts are for those who prepare them."""
    rows = Reunion.objects.filter(within_reach(communaute), pk__in=pks).exclude(etat=Reunion.Etat.BROUILLON)
    return {
        row.pk: Cible(
            row.titre,
            f"réunion du {say_day(row.debut_sur_place, weekday=False, year=True)}",
            Appui(row.communaute_id, externe=link_key(row.pk)),
        )
        for row in rows
    }


def link_key(pk: int) -> str:
    """What texts that cite a meeting know it by (`forum.actions.rendus.titles_changed`)."""
    return f"reunion.{pk}"


def register_finders() -> None:
    register_finder("reunions:reunion", "pk", find_reunions)
