"""Reading a salon's messages: pages going back for the screen, pages going forward for a catch-up."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from annuaire.models import Agent
from realtime.access import read_after_in
from realtime.frames import message_frame
from realtime.models import MessageSalon

PAGE = 50
CATCH_UP = 200
# A catch-up page is one frame: this keeps it well under what a socket's queue may hold.
CATCH_UP_CHARACTERS = 200_000


class Passe(NamedTuple):
    """A page of a salon's past, oldest first. `reste`: there is more before it."""

    messages: list[MessageSalon]
    reste: bool


def messages_before(salon_id: int, avant: int | None = None, *, apres: int = 0) -> Passe:
    """The last messages of a salon, or the last ones before number `avant`; of those beyond `apres` only. One query."""
    rows = _with_author(salon_id).filter(numero__gt=apres).order_by("-numero")
    if avant is not None:
        rows = rows.filter(numero__lt=avant)
    found = list(rows[: PAGE + 1])
    return Passe(found[:PAGE][::-1], reste=len(found) > PAGE)


def frames_after(agent: Agent, salon_id: int, apres: int) -> tuple[list[dict[str, Any]], bool]:
    """Frames of the messages that follow number `apres` and that `agent`, who is in the salon, may read, in order; and
    whether there are more.

    At least one if there is any, so that asking again with the last number always gets to the end.
    """
    apres = max(apres, read_after_in(agent, salon_id))
    found = list(_with_author(salon_id).filter(numero__gt=apres).order_by("numero")[: CATCH_UP + 1])
    frames: list[dict[str, Any]] = []
    characters = 0
    for message in found[:CATCH_UP]:
        characters += len(message.html)
        if frames and characters > CATCH_UP_CHARACTERS:
            break
        frames.append(message_frame(message))
    return frames, len(frames) < len(found)


def _with_author(salon_id: int) -> QuerySet[MessageSalon]:
    return MessageSalon.objects.filter(salon_id=salon_id).select_related(
        "auteur__service", "auteur__territoire"
    )
