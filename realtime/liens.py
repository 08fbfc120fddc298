"""Salons and their lines, for a text of the forum that names their addresses (`forum.liens`)."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from communautes.models import Communaute
from forum.liens import Appui, Cible, register_finder
from realtime.models import MessageSalon, Salon


def find_salons(communaute: Communaute, pks: Collection[int]) -> dict[int, Cible]:
    """Salons open to all of the same community: the others are for their members."""
    return {
        row.pk: Cible(row.nom, "salon", Appui(communaute.pk, externe=link_key(row.pk)))
        for row in Salon.objects.public().filter(communaute=communaute, pk__in=pks)
    }


def find_lines(communaute: Communaute, pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Cible]:
    """Lines of the same salons, by salon and number: where and when, and neither whose nor a word of them. Whoever reads
    an open community is not in its salons, and what a line says may be withdrawn."""
    wanted = Q(pk__in=[])
    for salon, numero in pairs:
        wanted |= Q(salon=salon, numero=numero)
    rows = MessageSalon.objects.filter(
        wanted, supprime_le=None, salon__in=Salon.objects.public().filter(communaute=communaute)
    ).select_related("salon")
    # One text for all its readers, whatever their clocks.
    paris = ZoneInfo(settings.TIME_ZONE)
    return {
        (row.salon_id, row.numero): Cible(
            row.salon.nom,
            f"message de salon du {date_format(timezone.localtime(row.cree_le, paris), 'j F Y')}",
            Appui(communaute.pk, externe=link_key(row.salon_id)),
        )
        for row in rows
    }


def link_key(pk: int) -> str:
    """What texts that cite a salon, or a line of it, know it by (`forum.actions.rendus.titles_changed`)."""
    return f"salon.{pk}"


def register_finders() -> None:
    register_finder("realtime:salon", "pk", find_salons)
    register_finder("realtime:message", ("pk", "numero"), find_lines)
