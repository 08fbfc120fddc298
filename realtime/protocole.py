"""Reading what browsers say through the WebSocket: one schema a type of frame, and nothing else gets in.

A type of frame is a dataclass whose fields' types say how each is read; one whose default is None may be absent:

    @trame_recue("dire")
    @dataclass(frozen=True, slots=True)
    class Dire(TrameRecue):
        salon: Identifiant
        texte: Texte

`realtime.trames` has those of the live layer itself; another module adds its own, with what is done of it
(`realtime.echanges`). Reading touches neither database nor network. `docs/protocole-temps-reel.md` describes both
ways.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_origin, get_type_hints
from uuid import UUID

from django.conf import settings

from plateforme.socle.canaux import Canal, parse_canal

# Raised when what a client may send or must understand changes so that an older one would go wrong; what is only
# added keeps the number.
VERSION = 1
VERSIONS = frozenset({VERSION})  # those still spoken

MAX_REF = 64


class TrameRefusee(Exception):
    """A frame that cannot be obeyed. `message` is a French sentence for developers of a client.

    `ref` is what the client gave to recognise the answer, when it could be read.
    """

    def __init__(self, code: str, message: str, ref: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.ref = ref


@dataclass(frozen=True, slots=True)
class TrameRecue:
    """What all frames of browsers have: `ref`, which the answer repeats."""

    ref: str | None = field(default=None, kw_only=True)


# Reads one value of a frame; raises `ValueError` for one that does not do.
Lecture = Callable[[Any], Any]
T = TypeVar("T", bound=type[TrameRecue])

_schemas: dict[str, tuple[type[TrameRecue], tuple[tuple[str, Lecture, bool], ...]]] = {}


def trame_recue(genre: str) -> Callable[[T], T]:
    """Let browsers send frames of this type, read into the dataclass that this decorates."""

    def register(schema: T) -> T:
        assert genre not in _schemas, genre
        hints = get_type_hints(schema, include_extras=True)
        _schemas[genre] = (
            schema,
            tuple(
                (part.name, _reader(hints[part.name]), part.default is None)
                for part in fields(schema)
                if part.name != "ref"
            ),
        )
        return schema

    return register


def _reader(hint: Any) -> Lecture:
    """How a field is read: what its annotation carries (`Annotated[int, …]`, or that or None)."""
    options = hint.__args__ if get_origin(hint) in {Union, UnionType} else (hint,)
    return next(option.__metadata__[0] for option in options if get_origin(option) is Annotated)


def received_fields() -> dict[str, dict[str, bool]]:
    """For each type of frame, its fields and whether each is optional."""
    return {
        genre: {name: optional for name, _, optional in columns} for genre, (_, columns) in _schemas.items()
    }


def parse_frame(text: str | None) -> TrameRecue:
    """Read a frame, `text` being None for a binary one. Raises `TrameRefusee`, and nothing else."""
    if text is None:
        raise TrameRefusee("trame_illisible", "Les trames sont du texte en JSON.")
    longest = settings.DIRECT["trame_max"]
    if len(text) > longest:
        raise TrameRefusee("trame_trop_longue", f"Une trame compte {longest} caractères au plus.")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise TrameRefusee("trame_illisible", "Cette trame n’est pas du JSON.") from None
    if not isinstance(content, dict):
        raise TrameRefusee("trame_illisible", "Une trame est un objet JSON.")
    ref = _ref(content)
    genre = content.get("type")
    schema = _schemas.get(genre) if isinstance(genre, str) else None
    if schema is None:
        raise TrameRefusee("trame_inconnue", "Ce type de trame n’existe pas.", ref)
    kind, columns = schema
    values = {}
    for name, read, optional in columns:
        value = content.get(name)
        if optional and value is None:
            continue
        try:
            values[name] = read(value)
        except ValueError:
            raise TrameRefusee(
                "champ_invalide", f"Le champ « {name} » manque ou ne convient pas.", ref
            ) from None
    return kind(**values, ref=ref)


# --- How values are read -----------------------------------------------------------------------------


def _number(maximum: int) -> Lecture:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= maximum:
            raise ValueError
        return value

    return read


def _channel(value: Any) -> Canal:
    found = parse_canal(value)
    if found is None:
        raise ValueError
    return found


def _written_channel(value: Any) -> Canal:
    found = _channel(value)
    if found.options.ecriture is None:
        raise ValueError
    return found


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def read_text(value: Any) -> str:
    if not isinstance(value, str) or not _is_writable(value):
        raise ValueError
    return value


def read_uuid(value: Any) -> UUID:
    if not isinstance(value, str) or len(value) != 36:
        raise ValueError
    return UUID(value)


# What fields are made of.
Numero = Annotated[int, _number(2**31 - 1)]  # of a message; the database's integers end there
Identifiant = Annotated[int, _number(10**18 - 1)]  # of a row
NomCanal = Annotated[Canal, _channel]  # of a channel that may exist
CanalEcrit = Annotated[Canal, _written_channel]  # in which people write
Drapeau = Annotated[bool, _flag]
Texte = Annotated[
    str, read_text
]  # that the database and the network can hold; its length is the action's business
Uuid = Annotated[UUID, read_uuid]


def _refuse_constant(name: str) -> None:
    """NaN and infinities are no JSON, though Python reads them."""
    raise ValueError(name)


def _ref(content: Mapping[str, Any]) -> str | None:
    """What the client wants back in the answer; one that cannot be sent back is as good as none."""
    ref = content.get("ref")
    return ref if isinstance(ref, str) and len(ref) <= MAX_REF and _is_writable(ref) else None


def _is_writable(text: str) -> bool:
    """False for what neither UTF-8 nor PostgreSQL can hold: half a surrogate pair, the null character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
