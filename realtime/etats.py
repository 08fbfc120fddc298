"""What lines have beyond their own columns: who reacted, the files they carry, what was made of them, who answered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from annuaire.models import Agent
from plateforme.socle.requetes import fetch
from plateforme.socle.templatetags.socle import couleur_agent
from realtime.fichiers.models import FichierSalon
from realtime.models import MANY, MessageSalon

# People named of those who reacted in one way; the others are counted.
NOMMES = 12
# Faces shown of those who answered.
VISAGES = 3

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


# One statement, thus one moment: `rang` rises with each reply and each change of the salon, under the lock of both.
_FILS = (
    "SELECT racine.id, racine.numero, racine.nb_reponses, racine.derniere_reponse_le,"
    " salon.dernier_numero + salon.revision, visages.agents, coalesce(moi.suit, false),"
    " CASE WHEN moi.suit THEN (SELECT count(*) FROM (SELECT 1 FROM realtime_messagesalon m WHERE m.racine_id = racine.id"
    "  AND m.numero > moi.lu AND m.auteur_id <> moi.agent_id AND m.supprime_le IS NULL LIMIT %(many)s) AS n) ELSE 0 END"
    " FROM realtime_messagesalon racine JOIN realtime_salon salon ON salon.id = racine.salon_id"
    " LEFT JOIN realtime_suivifil moi ON moi.racine_id = racine.id AND moi.agent_id = %(agent)s"
    " LEFT JOIN LATERAL (SELECT array_agg(dernier.agent_id ORDER BY dernier.repondu DESC) FROM"
    "  (SELECT s.agent_id, s.repondu FROM realtime_suivifil s WHERE s.racine_id = racine.id AND s.repondu > 0"
    "  ORDER BY s.repondu DESC LIMIT %(visages)s) AS dernier) AS visages (agents) ON true"
    " WHERE racine.id = ANY(%(racines)s)"
)


@dataclass(frozen=True, slots=True)
class ResumeFil:
    """What is shown of a thread under its root. `personnes`: the last who answered. `suit`, `non_lus`: of the reader,
    where there is one. Of two summaries of one thread, the one with the higher `rang` is the later."""

    racine: int
    nombre: int
    derniere_le: datetime | None
    rang: int
    personnes: list[dict[str, Any]]
    suit: bool = False
    non_lus: int = 0


@dataclass(slots=True)
class Etat:
    """What one line has gathered, and carries. `miennes`: kinds of the reader's own reactions, where there is a reader.

    `reserve`: something was made of it that not all those who are in the salon may know of, left out of `devenirs`;
    never, where there is a reader. `fil`: of the thread that it began, or in which it answers.
    """

    reactions: dict[str, Reactions] = field(default_factory=dict)
    miennes: frozenset[str] = frozenset()
    fichiers: list[FichierSalon] = field(default_factory=list)
    fil: ResumeFil | None = None
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


def states_of(
    messages: Collection[MessageSalon], agent: Agent | None = None, *, apres: int = 0, fils: bool = True
) -> Mapping[int, Etat]:
    """By number in the database. None when nothing has changed of any, as each change leaves a revision; else a query
    for reactions, and one for what was made of lines, a few more if something was. One more when some carry files; two
    more when any is in a thread and `fils` asks for these. Nothing is said of threads that began up to number `apres`."""
    found: dict[int, Etat] = {}
    concerned = [message for message in messages if message.racine_id or message.nb_reponses] if fils else []
    threads = summaries_of({message.racine_id or message.pk for message in concerned}, agent)
    for message in concerned:
        thread = threads.get(message.racine_id or message.pk)
        if thread is not None and thread.racine > apres:
            found[message.pk] = Etat(fil=thread)
    shown = [message for message in messages if message.visible]
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


def summaries_of(racines: Collection[int], agent: Agent | None = None) -> Mapping[int, ResumeFil]:
    """Of threads, by the root's number in the database. Two queries, none for none."""
    if not racines:
        return {}
    values = {
        "racines": list(racines),
        "agent": agent.pk if agent is not None else None,
        "visages": VISAGES,
        "many": MANY,
    }
    rows = fetch(_FILS, values)
    faces = _faces({pk for row in rows for pk in row[5] or ()})
    return {
        pk: ResumeFil(
            numero, nombre, derniere, rang, [faces[face] for face in people or () if face in faces], suit, new
        )
        for pk, numero, nombre, derniere, rang, people, suit, new in rows
    }


def _faces(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What is shown of people beside a thread."""
    return {
        agent.pk: {
            "id": agent.pk,
            "nom": agent.nom_complet,
            "initiales": agent.initiales,
            "couleur": couleur_agent(agent),
        }
        for agent in Agent.objects.filter(pk__in=list(pks))
    }
