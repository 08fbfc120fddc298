"""How long a state lasts, in the words in which people say it. Pure."""

from datetime import date, datetime, time, timedelta

# In the order in which they are offered.
DUREES = {
    "": "Jusqu’à ce que je le change",
    "30min": "Pendant 30 minutes",
    "1h": "Pendant 1 heure",
    "4h": "Pendant 4 heures",
    "soir": "Jusqu’à ce soir",
    "matin": "Jusqu’à demain matin",
    "date": "Jusqu’à une date",
}
_SPANS = {"30min": timedelta(minutes=30), "1h": timedelta(hours=1), "4h": timedelta(hours=4)}
SOIR, MATIN = time(18), time(8)
# A state that outlives a year was forgotten.
LONGEST = timedelta(days=366)


def end_of(duree: str, now: datetime, jour: date | None = None) -> datetime | None:
    """When a state chosen at `now`, at the person's own clock, ends; None for never. `jour`: the last day, for « date ».

    « Ce soir » is six o'clock, or midnight for who says it later.
    """
    if duree in _SPANS:
        return now + _SPANS[duree]
    today = now.date()
    if duree == "soir":
        evening = _at(today, SOIR, now)
        return evening if evening > now else _at(today + timedelta(days=1), time(0), now)
    if duree == "matin":
        return _at(today + timedelta(days=1), MATIN, now)
    if duree == "date" and jour is not None:
        return _at(jour + timedelta(days=1), time(0), now)
    return None


def _at(day: date, at: time, now: datetime) -> datetime:
    return datetime.combine(day, at, now.tzinfo)
