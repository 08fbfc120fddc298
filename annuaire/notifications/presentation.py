"""What the list of notifications shows: each conversation once, told as a person would."""

from collections.abc import Sequence
from dataclasses import dataclass

from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification

FILTRES = (("", "Toutes"), ("non-lues", "Non lues"), ("mentions", "Citations"))
# Of several people on one conversation: singular, plural.
PHRASES = {
    Genre.REPONSE: ("a répondu à", "ont répondu à"),
    Genre.MENTION: ("vous cite dans", "vous citent dans"),
    Genre.REACTION: ("a réagi à votre message dans", "ont réagi à vos messages dans"),
}


@dataclass(frozen=True)
class Groupe:
    """What one conversation has to say; `derniere` is the latest and gives its picture, date and extract."""

    derniere: Notification
    titre: str
    url: str
    lue: bool
    nombre: int
    ids: str


def group(notifications: Sequence[Notification]) -> list[Groupe]:
    """The notifications of one page by conversation, latest first. Read and unread ones stay apart."""
    found: dict[tuple[str, bool], list[Notification]] = {}
    for row in notifications:
        found.setdefault((row.fil or row.cle, row.lue_le is not None), []).append(row)
    return [_group(rows) for rows in found.values()]


def _group(rows: list[Notification]) -> Groupe:
    first_unread = rows[-1]
    return Groupe(
        derniere=rows[0],
        titre=_title(rows),
        url=f"/notifications/{first_unread.pk}/",
        lue=rows[0].lue_le is not None,
        nombre=len(rows),
        ids=",".join(str(row.pk) for row in rows),
    )


def _title(rows: list[Notification]) -> str:
    last = rows[0]
    if len(rows) == 1 or not last.intitule:
        return last.titre
    names = list(dict.fromkeys(row.acteur.nom_complet for row in rows if row.acteur is not None))
    genres = {row.genre for row in rows}
    if len(genres) > 1 or last.genre not in PHRASES or not names:
        return f"{len(rows)} nouvelles de « {last.intitule} »"
    singular, plural = PHRASES[Genre(last.genre)]
    if len(names) == 1:
        return f"{names[0]} {singular} « {last.intitule} » ({len(rows)} fois)"
    if len(names) == 2:
        return f"{names[0]} et {names[1]} {plural} « {last.intitule} »"
    return f"{names[0]} et {len(names) - 1} autres {plural} « {last.intitule} »"
