"""What lines have beyond their own columns: who reacted, the files they carry, what was made of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from annuaire.models import Agent
from plateforme.socle.requetes import fetch
from realtime.fichiers.models import FichierSalon
from realtime.models import MessageSalon

# People named of those who reacted in one way; the others are counted.
NOMMES = 12

_REACTIONS = (
    "SELECT r.message_id, r.genre, count(*),"
    " (array_agg(trim(a.prenom || ' ' || a.nom) ORDER BY r.id))[1:%(nommes)s],"
    " coalesce(bool_or(r.agent_id = %(agent)s), false)"
    " FROM realtime_reactionsalon r JOIN annuaire_agent a ON a.id = r.agent_id"
    " WHERE r.message_id = ANY(%(messages)s) GROUP BY r.message_id, r.genre"
)


@dataclass(frozen=True, slots=True)
class Reactions:
    """Those of one kind: how many, and the first people's names."""

    nombre: int
    noms: list[str]


class Devenir(NamedTuple):
    """What was made of a line, as a reader sees it. `genre`: sujet, decision or tache; `etat`: of its kind."""

    genre: str
    texte: str
    etat: str
    url: str

    def contenu(self) -> dict[str, Any]:
        """As frames have it."""
        return self._asdict()


@dataclass(slots=True)
class Etat:
    """What one line has gathered, and carries. `miennes`: kinds of the reader's own reactions, where there is a reader.

    `reserve`: something was made of it that not all those who are in the salon may know of, left out of `devenirs`;
    never, where there is a reader.
    """

    reactions: dict[str, Reactions] = field(default_factory=dict)
    miennes: frozenset[str] = frozenset()
    fichiers: list[FichierSalon] = field(default_factory=list)
    devenirs: list[Devenir] = field(default_factory=list)
    reserve: bool = False


class Devenirs(Protocol):
    """Says what was made of lines: by their number in the database, what `agent` may know of, in the order it was made;
    without `agent`, what all those who are in the salon may, and whether there is more. One query for lines of which
    nothing was made."""

    def __call__(
        self, messages: Collection[int], agent: Agent | None
    ) -> Mapping[int, tuple[list[Devenir], bool]]: ...


_devenirs: list[Devenirs] = []


def register_outcomes(finder: Devenirs) -> None:
    """Say what was made of lines; called when an app above is ready."""
    _devenirs.append(finder)


def states_of(messages: Iterable[MessageSalon], agent: Agent | None = None) -> Mapping[int, Etat]:
    """By number in the database. None when nothing has changed of any, as each change leaves a revision; else a query
    for reactions, and one for what was made of lines, a few more if something was. One more when some carry files."""
    shown = [message for message in messages if message.visible]
    found: dict[int, Etat] = {}
    carrying = [message.pk for message in shown if message.nb_fichiers]
    if carrying:
        for fichier in FichierSalon.objects.filter(message__in=carrying).order_by("message", "rang"):
            found.setdefault(fichier.message_id, Etat()).fichiers.append(fichier)
    changed = [message.pk for message in shown if message.revision]
    if not changed:
        return found
    values = {"messages": changed, "agent": agent.pk if agent is not None else None, "nommes": NOMMES}
    for pk, genre, nombre, noms, mine in fetch(_REACTIONS, values):
        etat = found.setdefault(pk, Etat())
        etat.reactions[genre] = Reactions(nombre, noms)
        if mine:
            etat.miennes |= {genre}
    for finder in _devenirs:
        for pk, (devenirs, reserve) in finder(changed, agent).items():
            etat = found.setdefault(pk, Etat())
            etat.devenirs, etat.reserve = devenirs, reserve
    return found
