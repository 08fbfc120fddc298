"""Reading a salon's messages: pages in both directions for the screen, and forward for a catch-up."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from annuaire.models import Agent
from realtime.access import read_after_in
from realtime.etats import states_of
from realtime.frames import line_frame, message_frame
from realtime.models import MessageSalon, Salon

PAGE = 50
CATCH_UP = 200
# A catch-up page is one frame: this keeps it well under what a socket's queue may hold.
CATCH_UP_CHARACTERS = 200_000
FILE_CHARACTERS = 700


class Passe(NamedTuple):
    """A page of a salon, oldest first. `reste`: there is more before it; `suite`: there is more after it."""

    messages: list[MessageSalon]
    reste: bool
    suite: bool = False


def messages_before(
    salon_id: int, avant: int | None = None, *, apres: int = 0, racine: MessageSalon | None = None
) -> Passe:
    """The last messages of a salon, or the last ones before number `avant`; of those beyond `apres` only; of the thread of
    `racine` if it is given, else without the replies that stay in theirs. One query, as those below."""
    rows = _shown(salon_id, racine).filter(numero__gt=apres).order_by("-numero")
    if avant is not None:
        rows = rows.filter(numero__lt=avant)
    found = list(rows[: PAGE + 1])
    return Passe(found[:PAGE][::-1], reste=len(found) > PAGE, suite=avant is not None)


def messages_since(
    salon_id: int, depuis: int, *, apres: int = 0, racine: MessageSalon | None = None
) -> Passe:
    """The messages that follow number `depuis`; of those beyond `apres` only. One query."""
    rows = _shown(salon_id, racine).filter(numero__gt=max(depuis, apres)).order_by("numero")
    found = list(rows[: PAGE + 1])
    return Passe(found[:PAGE], reste=depuis > apres, suite=len(found) > PAGE)


def messages_around(
    salon_id: int, numero: int, *, apres: int = 0, racine: MessageSalon | None = None
) -> Passe:
    """A page in whose middle is the message `numero`, or what is left around that place. Two queries."""
    half = PAGE // 2
    before = messages_before(salon_id, numero, apres=apres, racine=racine)
    since = messages_since(salon_id, numero - 1, apres=apres, racine=racine)
    # What one side lacks, the other may give.
    after = since.messages[: PAGE - min(half, len(before.messages))]
    room = PAGE - len(after)
    return Passe(
        [*before.messages[max(0, len(before.messages) - room) :], *after],
        reste=before.reste or len(before.messages) > room,
        suite=since.suite or len(since.messages) > len(after),
    )


def first_of_day(salon_id: int, jour: datetime, *, apres: int = 0) -> int | None:
    """The number of the first message said from the moment `jour` on; None if nobody spoke since. One query."""
    rows = MessageSalon.objects.filter(salon_id=salon_id, au_salon=True, numero__gt=apres, cree_le__gte=jour)
    return rows.order_by("cree_le", "numero").values_list("numero", flat=True).first()


def pinned(salon_id: int, *, apres: int = 0) -> list[MessageSalon]:
    """The pinned lines of a salon beyond number `apres`, the latest pinned first. One query."""
    rows = _with_author(salon_id).filter(epingle_le__isnull=False, numero__gt=apres)
    return list(rows.order_by("-epingle_le"))


def frames_after(agent: Agent, salon_id: int, apres: int) -> tuple[list[dict[str, Any]], bool]:
    """Frames of the messages that follow number `apres` and that `agent`, who is in the salon, may read, in order; and
    whether there are more.

    At least one if there is any, so that asking again with the last number always gets to the end.
    """
    readable = read_after_in(agent, salon_id)
    found = list(
        _with_author(salon_id).filter(numero__gt=max(apres, readable)).order_by("numero")[: CATCH_UP + 1]
    )
    taken = _as_many_as_fit(found)
    states = states_of(taken, agent, apres=readable)
    frames = [message_frame(message, states.get(message.pk), lecteur=True) for message in taken]
    return frames, len(frames) < len(found)


def changes_since(agent: Agent, salon_id: int, revision: int) -> tuple[list[dict[str, Any]], int, bool]:
    """Frames of the lines changed since `revision`, as they are now, in the order of their last change; the revision
    that whoever shows them has reached; whether there are more.

    A line stands once, at its last change: what is read in one query misses no revision below the last it sees. The
    salon's own revision is read before: lines that no longer exist leave no hole.
    """
    known = Salon.objects.filter(pk=salon_id).values_list("revision", flat=True).first() or 0
    apres = read_after_in(agent, salon_id)
    rows = _with_author(salon_id).filter(revision__gt=max(revision, 0), numero__gt=apres).order_by("revision")
    found = list(rows[: CATCH_UP + 1])
    taken = _as_many_as_fit(found)
    states = states_of(taken, agent, apres=apres)
    frames = [line_frame(message, states.get(message.pk), lecteur=True) for message in taken]
    last = taken[-1].revision if taken else 0
    more = len(taken) < len(found)
    return frames, last if more else max(known, last), more


def _as_many_as_fit(found: list[MessageSalon]) -> list[MessageSalon]:
    """Those of one catch-up page: at least one."""
    characters = 0
    for index, message in enumerate(found[:CATCH_UP]):
        characters += len(message.html) + FILE_CHARACTERS * message.nb_fichiers
        if index and characters > CATCH_UP_CHARACTERS:
            return found[:index]
    return found[:CATCH_UP]


def _shown(salon_id: int, racine: MessageSalon | None) -> QuerySet[MessageSalon]:
    """What is shown together: the lines of a salon, or the replies of one thread."""
    rows = _with_author(salon_id)
    return rows.filter(au_salon=True) if racine is None else rows.filter(racine=racine)


def _with_author(salon_id: int) -> QuerySet[MessageSalon]:
    """With what a frame says of each: whose it is, and what it answers."""
    return (
        MessageSalon.objects.filter(salon_id=salon_id)
        .select_related("auteur__service", "auteur__territoire", "racine")
        .defer("racine__texte", "racine__html")
    )
