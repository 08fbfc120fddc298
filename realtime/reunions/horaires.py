"""Moments of meetings as people say them, each by its own clock. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from annuaire.notifications.horaires import FUSEAUX, METROPOLE

NBSP = "\u00a0"
# Where a clock is, as one says it after an hour.
LIEUX = {
    METROPOLE: "à Paris",
    "America/Guadeloupe": "en Guadeloupe",
    "America/Martinique": "en Martinique",
    "America/Cayenne": "à Cayenne",
    "America/Miquelon": "à Saint-Pierre-et-Miquelon",
    "Indian/Reunion": "à La Réunion",
    "Indian/Mayotte": "à Mayotte",
    "Indian/Kerguelen": "aux Kerguelen",
    "Pacific/Noumea": "à Nouméa",
    "Pacific/Tahiti": "à Tahiti",
    "Pacific/Wallis": "à Wallis",
}
assert set(LIEUX) == set(FUSEAUX)


def local(moment: datetime, fuseau: str) -> datetime:
    """`moment` by the clock of `fuseau`."""
    return moment.astimezone(ZoneInfo(fuseau))


def say_hour(moment: datetime) -> str:
    """« 9 h », « 14 h 05 »: the hour of `moment` by the clock it carries."""
    minutes = f"{NBSP}{moment:%M}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def say_day(moment: datetime, *, weekday: bool = True, year: bool = False) -> str:
    """« jeudi 12 mars », with its year if asked."""
    day = "1er" if moment.day == 1 else str(moment.day)
    end = formats.date_format(moment, "F Y" if year else "F")
    return f"{formats.date_format(moment, 'l')} {day} {end}" if weekday else f"{day} {end}"


def say_moment(moment: datetime, fuseau: str, *, year: bool = False) -> str:
    """« jeudi 12 mars à 14 h 30 » by the clock of `fuseau`."""
    there = local(moment, fuseau)
    return f"{say_day(there, year=year)} à {say_hour(there)}"


def say_duration(minutes: int) -> str:
    """« 45 minutes », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NBSP}minute{'s' if minutes > 1 else ''}"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}heure{'s' if hours > 1 else ''}"


def say_hours_by_zone(moment: datetime, fuseaux: Iterable[str]) -> str:
    """« 14 h à Paris, 9 h à Cayenne »: one hour for each clock that differs; says the day where it is another one.

    The first of `fuseaux` gives the day. Clocks that say the same at that moment are named once, by the first.
    """
    said: list[str] = []
    seen: set[timedelta | None] = set()
    first: datetime | None = None
    for fuseau in fuseaux:
        there = local(moment, fuseau)
        if there.utcoffset() in seen:
            continue
        seen.add(there.utcoffset())
        first = first or there
        day = "" if there.date() == first.date() else f" le {say_day(there, weekday=False)}"
        said.append(f"{say_hour(there)} {LIEUX[fuseau]}{day}")
    return ", ".join(said)


def same_clock(moment: datetime, one: str, other: str) -> bool:
    """Whether two places' clocks say the same at `moment`."""
    return local(moment, one).utcoffset() == local(moment, other).utcoffset()
