"""When a reminder comes, in the words and at the clock of the person who asks for it. Pure: no query, no clock."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from annuaire.notifications.horaires import FUSEAUX, JOURS, METROPOLE

MATIN, SOIR = time(9), time(18)
# In whole days: a retention period or a review comes back after three or five years, hardly later.
LE_PLUS_LOIN = timedelta(days=5 * 366)
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def at(day: date, hour: time, zone: str) -> datetime:
    """That hour of that day there, in UTC. One that a change of clocks skips becomes the one that follows it; of
    one that it plays twice, the first."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Choix:
    """A moment proposed: `titre` says when people mean, `moment` gives it for a day."""

    titre: str
    moment: Callable[[date], tuple[date, time]]


def _in_a_month(today: date) -> date:
    year, month = divmod(today.year * 12 + today.month, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


CHOIX: Mapping[str, Choix] = {
    "soir": Choix("Ce soir", lambda today: (today, SOIR)),
    "demain": Choix("Demain matin", lambda today: (today + timedelta(days=1), MATIN)),
    "lundi": Choix(
        "Lundi matin prochain", lambda today: (today + timedelta(days=7 - today.weekday()), MATIN)
    ),
    "mois": Choix("Dans un mois", lambda today: (_in_a_month(today), MATIN)),
}


def moment_of(choix: str, maintenant: datetime, zone: str) -> datetime:
    """The moment of one of `CHOIX`, as it is meant at `maintenant` (aware)."""
    return at(*CHOIX[choix].moment(maintenant.astimezone(ZoneInfo(zone)).date()), zone)


def propositions(maintenant: datetime, zone: str) -> list[tuple[str, str]]:
    """The choices that are still to come, each with its words: « Demain matin, à 9 h »."""
    found = []
    for nom, choix in CHOIX.items():
        moment = moment_of(nom, maintenant, zone)
        if moment > maintenant:
            local = moment.astimezone(ZoneInfo(zone))
            day = "" if nom in ("soir", "demain") else f", {_day(local.date())}"
            found.append((nom, f"{choix.titre}{day}, à {_hour(local)}"))
    return found


def dire(moment: datetime, maintenant: datetime, zone: str) -> str:
    """A moment to come or just past: « demain à 9 h », « lundi 30 novembre à 9 h », « le 3 mars 2027 à 9 h »."""
    local, today = moment.astimezone(ZoneInfo(zone)), maintenant.astimezone(ZoneInfo(zone)).date()
    days = (local.date() - today).days
    near = {-1: "hier", 0: "aujourd’hui", 1: "demain"}
    if days in near:
        day = near[days]
    elif 0 < days < 60:
        day = f"{JOURS[local.weekday()]} {_day(local.date())}"
    else:
        year = "" if local.year == today.year else f" {local.year}"
        day = f"le {_day(local.date())}{year}"
    return f"{day} à {_hour(local)}"


def precision(zone: str) -> str:
    """Whose clock it is, when it is not that of metropolitan France."""
    return "" if zone == METROPOLE else FUSEAUX.get(zone, zone)


def _day(day: date) -> str:
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first}\u00a0{MOIS[day.month - 1]}"


def _hour(local: datetime) -> str:
    minutes = f"\u00a0{local:%M}" if local.minute else ""
    return f"{local.hour}\u00a0h{minutes}"
