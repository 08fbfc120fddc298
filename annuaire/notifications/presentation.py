"""What the list of notifications shows: each conversation once, told as a person would."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from annuaire.models import Agent
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from plateforme.socle.requetes import fetch

# Kinds that each filter of the list keeps: empty, all.
FILTRES = (("", "Toutes"), ("non-lues", "Non lues"), ("mentions", "Citations"))
CITATIONS = (Genre.MENTION, Genre.SALON)
# Beyond, one more is no news: « 100 fois ou plus ».
MOST_IN_GROUP = 100
# Of several people on one conversation: singular, plural.
PHRASES = {
    Genre.REPONSE: ("a répondu à", "ont répondu à"),
    Genre.MENTION: ("vous cite dans", "vous citent dans"),
    Genre.PRIVE: ("a écrit dans", "ont écrit dans"),
    Genre.FIL: ("a répondu dans un fil de", "ont répondu dans un fil de"),
    Genre.REACTION: ("a réagi à votre message dans", "ont réagi à vos messages dans"),
}
# Of each conversation given by its head: its first news, who made them (latest first) and their kinds.
_SAME = (
    "notifications_notification m WHERE m.destinataire_id = tete.destinataire_id AND m.fil = tete.fil AND m.fil <> ''"
    " AND (m.lue_le IS NULL) = (tete.lue_le IS NULL) AND m.id <= tete.id"
    " AND (%(genres)s::text[] IS NULL OR m.genre = ANY(%(genres)s))"
)
_GROUPS = (
    f"SELECT tete.id, (SELECT min(m.id) FROM {_SAME}), suite.nombre, suite.acteurs, suite.genres"  # noqa: S608  (constants)
    " FROM notifications_notification tete CROSS JOIN LATERAL"
    " (SELECT count(*) AS nombre, array_agg(n.acteur_id ORDER BY n.id DESC) AS acteurs,"
    f"  array_agg(DISTINCT n.genre) AS genres FROM (SELECT m.id, m.acteur_id, m.genre FROM {_SAME}"
    "  ORDER BY m.id DESC LIMIT %(limite)s) AS n) AS suite"
    " WHERE tete.id = ANY(%(tetes)s)"
)


@dataclass(frozen=True)
class Groupe:
    """What one conversation has to say; `derniere` is the latest and gives its picture, date and extract."""

    derniere: Notification
    titre: str
    url: str
    nombre: int

    @property
    def tete(self) -> int:
        """What the group is named by: `actions.set_group_read`."""
        return self.derniere.pk

    @property
    def lue(self) -> bool:
        return self.derniere.lue_le is not None


def group_heads(heads: Sequence[Notification], genres: Collection[str] = ()) -> list[Groupe]:
    """The groups whose latest are `heads` (`NotificationQuerySet.heads`, with the same `genres`), with their actor.

    Two queries, each bounded by `MOST_IN_GROUP` a group, however much was told of a conversation.
    """
    threads = [row.pk for row in heads if row.fil]
    values = {"tetes": threads, "genres": list(genres) or None, "limite": MOST_IN_GROUP}
    found = {row[0]: row[1:] for row in fetch(_GROUPS, values)} if threads else {}
    people = {row.acteur_id: row.acteur for row in heads if row.acteur is not None}
    others = {pk for _, _, actors, _ in found.values() for pk in _first_two(actors) if pk not in people}
    people |= Agent.objects.in_bulk(others)
    groups = []
    for row in heads:
        first, number, actors, kinds = found.get(row.pk, (row.pk, 1, [row.acteur_id], [row.genre]))
        distinct = list(dict.fromkeys(pk for pk in actors if pk is not None))
        names = [people[pk].nom_complet for pk in distinct[:2] if pk in people]
        groups.append(
            Groupe(
                row, _title(row, number, names, len(distinct), set(kinds)), f"/notifications/{first}/", number
            )
        )
    return groups


def _first_two(actors: Sequence[int | None]) -> list[int]:
    return list(dict.fromkeys(pk for pk in actors if pk is not None))[:2]


def group(notifications: Sequence[Notification]) -> list[Groupe]:
    """The notifications given, latest first, by conversation. Read and unread ones stay apart. No query."""
    found: dict[tuple[str, bool], list[Notification]] = {}
    for row in notifications:
        found.setdefault((row.fil or row.cle, row.lue_le is not None), []).append(row)
    return [_group(rows) for rows in found.values()]


def _group(rows: list[Notification]) -> Groupe:
    names = list(dict.fromkeys(row.acteur.nom_complet for row in rows if row.acteur is not None))
    titre = _title(rows[0], len(rows), names, len(names), {row.genre for row in rows})
    return Groupe(rows[0], titre, f"/notifications/{rows[-1].pk}/", len(rows))


def _title(last: Notification, number: int, names: Sequence[str], people: int, genres: set[str]) -> str:
    """In words: `names` of the first two of `people` persons, latest first."""
    if number == 1 or not last.intitule:
        return last.titre
    if len(genres) > 1 or last.genre not in PHRASES or not names:
        many = f"{number} nouvelles ou plus" if number >= MOST_IN_GROUP else f"{number} nouvelles"
        return f"{many} de « {last.intitule} »"
    singular, plural = PHRASES[Genre(last.genre)]
    if people == 1:
        times = "fois ou plus" if number >= MOST_IN_GROUP else "fois"
        return f"{names[0]} {singular} « {last.intitule} » ({number} {times})"
    if people == 2:
        return f"{names[0]} et {names[1]} {plural} « {last.intitule} »"
    return f"{names[0]} et {people - 1} autres {plural} « {last.intitule} »"
