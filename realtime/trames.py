"""The frames of the live layer itself, both ways: one dataclass a type. Nothing here queries anything.

What browsers send is read by `realtime.protocole`; what they get is made from the second half. The events of channels
travel as the apps publish them, with their channel added.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

from realtime.fichiers.joints import Joints
from realtime.protocole import (
    CanalEcrit,
    Drapeau,
    Identifiant,
    NomCanal,
    Numero,
    Texte,
    TrameRecue,
    Uuid,
    trame_recue,
)

# --- From browsers -------------------------------------------------------------------------------


@trame_recue("abonner")
@dataclass(frozen=True, slots=True)
class Abonner(TrameRecue):
    """Listen to a channel; with `apres`, first get what it has said since that number; with `revision`, what has
    changed since of what it had said."""

    canal: NomCanal
    apres: Numero | None = None
    revision: Numero | None = None


@trame_recue("desabonner")
@dataclass(frozen=True, slots=True)
class Desabonner(TrameRecue):
    canal: NomCanal


@trame_recue("dire")
@dataclass(frozen=True, slots=True)
class Dire(TrameRecue):
    """Say something in a salon: words, files that were sent before, or both; or in the thread of line `racine`; `au_salon`:
    there and among the lines of the salon. `client_id` makes a resend harmless."""

    salon: Identifiant
    texte: Texte
    client_id: Uuid
    fichiers: Joints | None = None
    racine: Numero | None = None
    au_salon: Drapeau | None = None


@trame_recue("lu")
@dataclass(frozen=True, slots=True)
class Lu(TrameRecue):
    """Everything up to `numero` has been seen: in the salon, or in the thread of line `racine`."""

    salon: Identifiant
    numero: Numero
    racine: Numero | None = None


@trame_recue("modifier")
@dataclass(frozen=True, slots=True)
class Modifier(TrameRecue):
    """Say one's line otherwise. `version`: the one that was on the screen; `fichiers`: those it keeps, all if absent."""

    salon: Identifiant
    numero: Numero
    texte: Texte
    version: Numero
    fichiers: Joints | None = None


@trame_recue("supprimer")
@dataclass(frozen=True, slots=True)
class Supprimer(TrameRecue):
    """Withdraw a line; `motif` when it is somebody else's."""

    salon: Identifiant
    numero: Numero
    motif: Texte | None = None


@trame_recue("retablir")
@dataclass(frozen=True, slots=True)
class Retablir(TrameRecue):
    """Put a deleted line back."""

    salon: Identifiant
    numero: Numero


@trame_recue("reagir")
@dataclass(frozen=True, slots=True)
class Reagir(TrameRecue):
    """Have a reaction on a line, or no longer."""

    salon: Identifiant
    numero: Numero
    genre: Texte
    present: Drapeau


@trame_recue("epingler")
@dataclass(frozen=True, slots=True)
class Epingler(TrameRecue):
    """Pin a line, or no longer."""

    salon: Identifiant
    numero: Numero
    present: Drapeau


@trame_recue("ecrit")
@dataclass(frozen=True, slots=True)
class Ecrit(TrameRecue):
    """The person is writing in a channel, or no longer is; in the thread of line `racine` of a salon. No answer is given."""

    canal: CanalEcrit
    actif: Drapeau
    racine: Numero | None = None


@trame_recue("eveil")
@dataclass(frozen=True, slots=True)
class Eveil(TrameRecue):
    """Nobody has made a gesture in this browser's pages for a while, or somebody does again. No answer is given."""

    actif: Drapeau


@trame_recue("ping")
@dataclass(frozen=True, slots=True)
class Ping(TrameRecue):
    pass


# --- To browsers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrameEmise:
    """A frame that the server makes. A field whose default is None is left out when it is None."""

    genre: ClassVar[str]

    def contenu(self, ref: str | None = None) -> dict[str, Any]:
        """The JSON object, with `ref` for the answer to a frame that had one."""
        content: dict[str, Any] = {"type": self.genre}
        for part in fields(self):
            value = getattr(self, part.name)
            if value is not None or part.default is not None:
                content[part.name] = value
        if ref is not None:
            content["ref"] = ref
        return content


T = TypeVar("T", bound=type[TrameEmise])
emises: dict[str, type[TrameEmise]] = {}


def trame_emise(genre: str) -> Callable[[T], T]:
    """Name the type of the frames that a dataclass describes."""

    def register(schema: T) -> T:
        assert genre not in emises, genre
        schema.genre = genre
        emises[genre] = schema
        return schema

    return register


@trame_emise("bonjour")
@dataclass(frozen=True, slots=True)
class Bonjour(TrameEmise):
    """The first frame of a line: which protocol, whose line it is, what it bears, what time it is here."""

    version: int
    versions: list[int]
    agent: int
    heure: str
    limites: dict[str, int]


@trame_emise("fin")
@dataclass(frozen=True, slots=True)
class Fin(TrameEmise):
    """The last frame before the server closes: why, for programs and for people."""

    raison: str
    message: str


@trame_emise("abonne")
@dataclass(frozen=True, slots=True)
class Abonne(TrameEmise):
    canal: str
    dernier_numero: int | None
    presents: list[dict[str, Any]] | None = None
    nombre: int | None = None
    revision: int | None = None
    lectures: list[dict[str, Any]] | None = None
    lu_par: int | None = None


@trame_emise("rattrapage")
@dataclass(frozen=True, slots=True)
class Rattrapage(TrameEmise):
    """What was missed, in order. `jusqu_a`: nothing is missing up to this number; those that are not here are no more."""

    canal: str
    messages: list[dict[str, Any]]
    suite: bool
    jusqu_a: int


@trame_emise("changements")
@dataclass(frozen=True, slots=True)
class Changements(TrameEmise):
    """Lines that changed since the revision that was given, as they are now; `revision`: what this brings to."""

    canal: str
    lignes: list[dict[str, Any]]
    revision: int
    suite: bool


@trame_emise("fait")
@dataclass(frozen=True, slots=True)
class Fait(TrameEmise):
    """What was asked of a line is in the database; `revision`: the line's, now."""

    salon: int
    numero: int
    revision: int


@trame_emise("desabonne")
@dataclass(frozen=True, slots=True)
class Desabonne(TrameEmise):
    canal: str


@trame_emise("ferme")
@dataclass(frozen=True, slots=True)
class Ferme(TrameEmise):
    """Access to a channel was withdrawn: nothing more comes from it."""

    canal: str
    message: str


@trame_emise("accuse")
@dataclass(frozen=True, slots=True)
class Accuse(TrameEmise):
    """The message is in the database."""

    salon: int
    client_id: str
    numero: int


@trame_emise("battement")
@dataclass(frozen=True, slots=True)
class Battement(TrameEmise):
    """The line lives; last number of each channel that counts its events and that this line follows, last revision of
    those whose events change."""

    numeros: dict[str, int]
    revisions: dict[str, int]


@trame_emise("erreur")
@dataclass(frozen=True, slots=True)
class Erreur(TrameEmise):
    """What a frame asked was not done. `attente`: seconds after which it may be asked again."""

    code: str
    message: str
    attente: int | None = None


@trame_emise("pong")
@dataclass(frozen=True, slots=True)
class Pong(TrameEmise):
    pass


def encode(content: Mapping[str, Any]) -> str:
    """A frame as it travels: compact, letters with accents as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
