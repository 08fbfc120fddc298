"""What is said of meetings in notifications and e-mails. Pure: reads rows that are loaded, queries nothing."""

from dataclasses import dataclass
from datetime import datetime

from realtime.reunions.horaires import LIEUX, local, say_day, say_duration, say_hour, say_moment
from realtime.reunions.models.commun import Visio
from realtime.reunions.models.reunions import Reunion
from realtime.reunions.models.series import Serie


@dataclass(frozen=True)
class Avant:
    """What a meeting was before a change."""

    titre: str
    debut: datetime
    fuseau: str
    duree_minutes: int
    lieu: str
    visio: str
    lien_visio: str


def photograph(reunion: Reunion | Serie) -> Avant:
    """What a meeting or a series is now, to be told apart from what it becomes."""
    return Avant(**{name: getattr(reunion, name) for name in Avant.__dataclass_fields__})


def say_changes(before: Avant, after: Reunion | Serie) -> list[str]:
    """What changed, in words, the time first: « déplacée du 12 mars à 14 h au 13 mars à 9 h 30 »."""
    said: list[str] = []
    if before.debut != after.debut:
        said.append(_move(before.debut, after.debut, after.fuseau))
    elif before.fuseau != after.fuseau:
        said.append(f"l’heure est maintenant donnée {LIEUX[after.fuseau]}")
    if before.duree_minutes != after.duree_minutes:
        said.append(
            f"durée de {say_duration(after.duree_minutes)} au lieu de {say_duration(before.duree_minutes)}"
        )
    if before.lieu != after.lieu:
        if not after.lieu:
            said.append(f"le lieu « {before.lieu} » est retiré")
        else:
            said.append(f"lieu : {after.lieu}" + (f" au lieu de « {before.lieu} »" if before.lieu else ""))
    if (before.visio, before.lien_visio) != (after.visio, after.lien_visio):
        said.append(
            "plus de visioconférence"
            if after.visio == Visio.AUCUNE
            else "nouvelle adresse de visioconférence"
            if before.lien_visio
            else "visioconférence ajoutée"
        )
    if before.titre != after.titre:
        said.append(f"nouvel objet, au lieu de « {before.titre} »")
    return said


def _move(before: datetime, after: datetime, fuseau: str) -> str:
    old, new = local(before, fuseau), local(after, fuseau)
    if old.date() == new.date():
        return f"déplacée de {say_hour(old)} à {say_hour(new)}, le {say_day(new, weekday=False)}"
    year = old.year != new.year
    return (
        f"déplacée du {say_day(old, weekday=False, year=year)} à {say_hour(old)} "
        f"au {say_day(new, weekday=False, year=year)} à {say_hour(new)}"
    )


def say_when(reunion: Reunion, fuseau: str) -> str:
    """« jeudi 12 mars à 14 h 30 » for somebody whose clock is `fuseau`."""
    return say_moment(reunion.debut, fuseau)
