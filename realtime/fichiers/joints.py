"""How a browser names the files of a line: by what the server gave back when it took each in, with its description."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from realtime.protocole import read_text, read_uuid

# More than a line carries, so that the refusal is a sentence and not a frame that cannot be read.
READ_MAX = 30


@dataclass(frozen=True, slots=True)
class Joint:
    """A file that a line is to carry. `alternative`: what a picture shows; None leaves what is known of it."""

    id: UUID
    alternative: str | None = None


def _joints(value: Any) -> tuple[Joint, ...]:
    if not isinstance(value, list) or len(value) > READ_MAX:
        raise ValueError
    found: dict[UUID, Joint] = {}
    for one in value:
        if not isinstance(one, dict):
            raise ValueError
        alternative = one.get("alternative")
        pk = read_uuid(one.get("id"))
        found[pk] = Joint(pk, None if alternative is None else read_text(alternative))
    return tuple(found.values())


Joints = Annotated[tuple[Joint, ...], _joints]
