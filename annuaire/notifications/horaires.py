"""When a person may be disturbed: their zone, their working days, their quiet hours. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

METROPOLE = "Europe/Paris"
# In the words of those who live there; what is not named has the time of metropolitan France.
FUSEAUX: Mapping[str, str] = {
    METROPOLE: "France métropolitaine",
    "America/Guadeloupe": "Guadeloupe, Saint-Martin, Saint-Barthélemy",
    "America/Martinique": "Martinique",
    "America/Cayenne": "Guyane",
    "America/Miquelon": "Saint-Pierre-et-Miquelon",
    "Indian/Reunion": "La Réunion",
    "Indian/Mayotte": "Mayotte",
    "Indian/Kerguelen": "Terres australes et antarctiques françaises",
    "Pacific/Noumea": "Nouvelle-Calédonie",
    "Pacific/Tahiti": "Polynésie française",
    "Pacific/Wallis": "Wallis-et-Futuna",
}
# Codes of `annuaire.Territoire` (départements, then régions) whose clock is not that of metropolitan France.
FUSEAU_DU_TERRITOIRE: Mapping[str, str] = {
    "971": "America/Guadeloupe", "R01": "America/Guadeloupe", "977": "America/Guadeloupe",
    "978": "America/Guadeloupe", "972": "America/Martinique", "R02": "America/Martinique",
    "973": "America/Cayenne", "R03": "America/Cayenne", "974": "Indian/Reunion", "R04": "Indian/Reunion",
    "976": "Indian/Mayotte", "R06": "Indian/Mayotte", "975": "America/Miquelon",
    "984": "Indian/Kerguelen", "986": "Pacific/Wallis", "987": "Pacific/Tahiti", "988": "Pacific/Noumea",
}  # fmt: skip
SEMAINE = frozenset(range(5))
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def zone_of(territoire_code: str | None) -> str:
    """The clock of a territory."""
    return FUSEAU_DU_TERRITOIRE.get(territoire_code or "", METROPOLE)


@dataclass(frozen=True)
class Calendrier:
    """`jours`: working days, Monday is 0; none means all. Quiet from `calme_debut` to `calme_fin`, through
    midnight when the end comes first; equal or absent, there are no quiet hours."""

    fuseau: str = METROPOLE
    jours: frozenset[int] = SEMAINE
    calme_debut: time | None = None
    calme_fin: time | None = None


def allowed(calendrier: Calendrier, moment: datetime) -> bool:
    """Whether a person may be disturbed at `moment` (aware)."""
    local = moment.astimezone(ZoneInfo(calendrier.fuseau))
    return _works(calendrier, local.date()) and not _quiet(calendrier, local.time())


def next_allowed(calendrier: Calendrier, moment: datetime) -> datetime:
    """The first moment from `moment` (aware) on at which the person may be disturbed."""
    zone = ZoneInfo(calendrier.fuseau)
    candidate = moment
    # A week holds fourteen changes between quiet and not; a change of hour may add two.
    for _ in range(20):
        if allowed(calendrier, candidate):
            return candidate
        local = candidate.astimezone(zone)
        if not _works(calendrier, local.date()):
            candidate = _at(zone, local.date() + timedelta(days=1), time(0), candidate)
            continue
        assert calendrier.calme_debut is not None and calendrier.calme_fin is not None
        wraps = calendrier.calme_fin < calendrier.calme_debut and local.time() >= calendrier.calme_debut
        day = local.date() + timedelta(days=1) if wraps else local.date()
        candidate = _at(zone, day, calendrier.calme_fin, candidate)
    return candidate


def _works(calendrier: Calendrier, day: date) -> bool:
    return not calendrier.jours or day.weekday() in calendrier.jours


def _quiet(calendrier: Calendrier, at: time) -> bool:
    start, end = calendrier.calme_debut, calendrier.calme_fin
    if start is None or end is None or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def _at(zone: ZoneInfo, day: date, at: time, after: datetime) -> datetime:
    """That time of that day, after `after`: in the hour that a change of clocks plays twice, the second one."""
    found = datetime.combine(day, at, zone)
    if found.timestamp() <= after.timestamp():
        found = found.replace(fold=1)
    # Through UTC, so that an hour which a change of clocks skips becomes one that exists.
    return datetime.fromtimestamp(found.timestamp(), after.tzinfo)
