"""When the meetings of a series are. Pure: reads a `Serie`'s fields, queries nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from realtime.reunions.models.series import Serie

DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
# Beyond, a series has been forgotten: somebody plans another.
LONGEST_SERIES = timedelta(days=3 * 366)


def every(serie: Serie) -> Iterator[datetime]:
    """All the occurrences, exceptions included, from the first: each at the same hour of the series' own clock.

    At an hour that a change of clocks skips, the moment is the one it would have been before (RFC 5545, 3.3.5).
    """
    zone = ZoneInfo(serie.fuseau)
    start = serie.debut.astimezone(zone)
    for naive in _rule(serie, start.replace(tzinfo=None)):
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
        if moment > serie.debut + LONGEST_SERIES:
            return
        yield moment


def first_on_rhythm(serie: Serie) -> datetime | None:
    """The first occurrence from `serie.debut` on: what its start becomes, so that calendars agree on the rule."""
    return next(every(serie), None)


def between(serie: Serie, after: datetime | None, until: datetime) -> list[datetime]:
    """Occurrences later than `after` and not later than `until`, without the exceptions."""
    left_out = set(serie.exceptions)
    found = []
    for moment in every(serie):
        if moment > until:
            break
        if (after is None or moment > after) and moment not in left_out:
            found.append(moment)
    return found


def last_moment(serie: Serie) -> datetime | None:
    """The very last moment of the last day of a series that has one."""
    if serie.jusqu_au is None:
        return None
    return datetime.combine(serie.jusqu_au, time(23, 59, 59), ZoneInfo(serie.fuseau)).astimezone(UTC)


def as_rrule(serie: Serie) -> dict[str, Any]:
    """The rule as RFC 5545 writes it."""
    monthly = serie.frequence == Serie.Frequence.MENSUELLE
    names = [str(DAYS[day]) for day in sorted(serie.jours)]
    rule: dict[str, Any] = {
        "FREQ": "MONTHLY" if monthly else "WEEKLY",
        "BYDAY": [f"{serie.rang}{names[0]}"] if monthly else names,
    }
    if serie.frequence == Serie.Frequence.QUINZAINE:
        rule |= {"INTERVAL": 2, "WKST": "MO"}
    if serie.nombre is not None:
        rule["COUNT"] = serie.nombre
    elif serie.jusqu_au is not None:
        rule["UNTIL"] = last_moment(serie)
    return rule


def say_rhythm(serie: Serie) -> str:
    """« chaque semaine, le mardi et le jeudi », « chaque mois, le premier mardi », with its end."""
    names = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    days = [names[day] for day in sorted(serie.jours)]
    if serie.frequence == Serie.Frequence.MENSUELLE:
        said = f"chaque mois, le {Serie.Rang(serie.rang).label} {days[0]}"
    else:
        listed = " et le ".join([", le ".join(days[:-1]), days[-1]]) if len(days) > 1 else days[0]
        every_ = (
            "chaque semaine"
            if serie.frequence == Serie.Frequence.HEBDOMADAIRE
            else "toutes les deux semaines"
        )
        said = f"{every_}, le {listed}"
    if serie.jusqu_au is not None:
        said += f", jusqu’au {serie.jusqu_au:%d/%m/%Y}"
    elif serie.nombre is not None:
        said += f", {serie.nombre} fois"
    return said


def _rule(serie: Serie, start: datetime) -> rrule.rrule:
    monthly = serie.frequence == Serie.Frequence.MENSUELLE
    days = [DAYS[day] for day in sorted(serie.jours)]
    return rrule.rrule(
        rrule.MONTHLY if monthly else rrule.WEEKLY,
        dtstart=start,
        interval=2 if serie.frequence == Serie.Frequence.QUINZAINE else 1,
        wkst=rrule.MO,
        byweekday=[days[0](serie.rang)] if monthly else days,
        count=serie.nombre,
        until=datetime.combine(serie.jusqu_au, time(23, 59, 59)) if serie.jusqu_au else None,
    )
