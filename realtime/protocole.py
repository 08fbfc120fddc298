"""What browsers may say through the WebSocket. Reading a frame touches neither database nor network.

Every frame is a JSON object with a `type`; `docs/protocole-temps-reel.md` describes both ways.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from realtime.canaux import WRITTEN, Canal, parse_canal

MAX_FRAME = 16 * 1024  # characters
MAX_REF = 64
MAX_NUMBER = 2**31 - 1  # of a message; the database's integers end there


class TrameRefusee(Exception):
    """A frame that cannot be obeyed. `message` is a French sentence for developers of a client.

    `ref` is what the client gave to recognise the answer, when it could be read.
    """

    def __init__(self, code: str, message: str, ref: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.ref = ref


@dataclass(frozen=True)
class Abonner:
    """Listen to a channel; with `apres`, first get what a salon has said since that number."""

    canal: Canal
    apres: int | None
    ref: str | None


@dataclass(frozen=True)
class Desabonner:
    canal: Canal
    ref: str | None


@dataclass(frozen=True)
class Dire:
    """Say something in a salon. `client_id` makes a resend harmless."""

    salon: int
    texte: str
    client_id: UUID
    ref: str | None


@dataclass(frozen=True)
class Lu:
    """Everything up to `numero` has been seen."""

    salon: int
    numero: int
    ref: str | None


@dataclass(frozen=True)
class Ecrit:
    """The person is writing in a channel, or no longer is. No answer is given."""

    canal: Canal
    actif: bool
    ref: str | None


@dataclass(frozen=True)
class Ping:
    ref: str | None


@dataclass(frozen=True)
class Recu:
    """Answer to a `jalon`: everything sent before it has arrived."""

    n: int
    ref: str | None


Trame = Abonner | Desabonner | Dire | Lu | Ecrit | Ping | Recu


def parse_frame(text: str | None) -> Trame:
    """Read a frame, `text` being None for a binary one. Raises `TrameRefusee`, and nothing else."""
    if text is None:
        raise TrameRefusee("trame_illisible", "Les trames sont du texte en JSON.")
    if len(text) > MAX_FRAME:
        raise TrameRefusee("trame_trop_longue", f"Une trame compte {MAX_FRAME} caractères au plus.")
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise TrameRefusee("trame_illisible", "Cette trame n’est pas du JSON.") from None
    if not isinstance(content, dict):
        raise TrameRefusee("trame_illisible", "Une trame est un objet JSON.")
    ref = _ref(content)
    genre = content.get("type")
    read = READERS.get(genre) if isinstance(genre, str) else None
    if read is None:
        raise TrameRefusee("trame_inconnue", "Ce type de trame n’existe pas.", ref)
    try:
        return read(content, ref)
    except _BadField as bad:
        raise TrameRefusee("champ_invalide", f"Le champ « {bad} » manque ou ne convient pas.", ref) from None


class _BadField(Exception):
    pass


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


def _number(content: Mapping[str, Any], field: str, maximum: int = MAX_NUMBER) -> int:
    value = content.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= maximum:
        raise _BadField(field)
    return value


def _canal(content: Mapping[str, Any]) -> Canal:
    canal = parse_canal(content.get("canal"))
    if canal is None:
        raise _BadField("canal")
    return canal


def _salon(content: Mapping[str, Any]) -> int:
    return _number(content, "salon", 10**18 - 1)


def _texte(content: Mapping[str, Any]) -> str:
    texte = content.get("texte")
    if not isinstance(texte, str) or not _is_writable(texte):
        raise _BadField("texte")
    return texte


def _client_id(content: Mapping[str, Any]) -> UUID:
    value = content.get("client_id")
    if not isinstance(value, str) or len(value) != 36:
        raise _BadField("client_id")
    try:
        return UUID(value)
    except ValueError:
        raise _BadField("client_id") from None


def _abonner(content: Mapping[str, Any], ref: str | None) -> Abonner:
    apres = None if content.get("apres") is None else _number(content, "apres")
    return Abonner(_canal(content), apres, ref)


def _ecrit(content: Mapping[str, Any], ref: str | None) -> Ecrit:
    canal, actif = _canal(content), content.get("actif")
    if canal.genre not in WRITTEN:
        raise _BadField("canal")
    if not isinstance(actif, bool):
        raise _BadField("actif")
    return Ecrit(canal, actif, ref)


READERS: dict[str, Callable[[Mapping[str, Any], str | None], Trame]] = {
    "abonner": _abonner,
    "desabonner": lambda content, ref: Desabonner(_canal(content), ref),
    "dire": lambda content, ref: Dire(_salon(content), _texte(content), _client_id(content), ref),
    "lu": lambda content, ref: Lu(_salon(content), _number(content, "numero"), ref),
    "ecrit": _ecrit,
    "ping": lambda content, ref: Ping(ref),
    "recu": lambda content, ref: Recu(_number(content, "n"), ref),
}
