"""One browser tab's end of the line: what waits for it, and how it leaves."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from django.conf import settings

from plateforme.socle.canaux import Canal
from realtime.fermetures import TROP_LENT, Fermeture
from realtime.sorties import Sortie, frame_bytes
from realtime.trames import Fin, TrameEmise, encode

logger = structlog.get_logger(__name__)

GRACE = 5.0  # seconds for a line that was closed to end by itself, before it is cut


def prepare(content: Mapping[str, Any]) -> bytes:
    """A frame as it leaves: encoded once, whatever the number of sockets that get it."""
    return frame_bytes(encode(content))


class Ecoulement:
    """Empties what waits for the sockets of one event loop, once a turn of it.

    What came for a socket in one turn leaves in one write, and the same frames for many sockets are joined once. A
    socket whose reader does not follow is tried again a little later, and holds nobody back.
    """

    RETRY = 0.02  # seconds

    def __init__(self) -> None:
        self._waiting: list[Prise] = []
        self._late: dict[Prise, None] = {}

    def soon(self, prise: "Prise") -> None:
        """Have `prise` write what it has, at the end of this turn of the loop."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._turn)
        self._waiting.append(prise)

    def _turn(self) -> None:
        waiting, self._waiting = self._waiting, []
        joined: dict[tuple[bytes, ...], bytes] = {}
        for prise in waiting:
            try:
                prise.flush(joined)
            except Exception:
                # Its network end went away in the middle of a sentence; the server tells the application.
                logger.debug("websocket_write_failed", agent=prise.agent_id, exc_info=True)
                prise.stop()
            if prise.waits:
                if not self._late:
                    asyncio.get_running_loop().call_later(self.RETRY, self._try_again)
                self._late[prise] = None

    def _try_again(self) -> None:
        late, self._late = self._late, {}
        for prise in late:
            self.soon(prise)


class RegarderEncore(Protocol):
    """Looks again at what a line may have; gives the task that does. Urgent: the line closes if that takes long."""

    def __call__(self, urgent: bool = True) -> "asyncio.Task[None] | None": ...


class Prise:
    """A socket as the hub sees it.

    `push` never waits: a frame goes to the queue, and leaves at the end of the loop's turn if the reader follows.
    What a slow reader leaves there is bounded: over the bound the line closes, and the browser comes back and
    catches up.
    """

    __slots__ = (
        "_bound_frames",
        "_bound_octets",
        "_ecoulement",
        "_octets",
        "_open",
        "_planned",
        "_queue",
        "_shutting",
        "_sortie",
        "active",
        "agent_id",
        "canaux",
        "checked_at",
        "closed",
        "on_access_change",
        "opened_at",
        "password",
        "personne",
        "session_key",
        "token",
    )

    BEHIND = 20  # frames waiting, after which what soon means nothing is left out

    def __init__(
        self,
        personne: Mapping[str, Any],
        session_key: str,
        password: str,
        sortie: Sortie,
        ecoulement: Ecoulement,
        on_access_change: "RegarderEncore" = lambda urgent=True: None,
    ) -> None:
        """`personne` is a `person_frame`; `sortie` writes to the network.

        `password` is the hash at the time of connection: the session is void when it changes.
        """
        self.personne = personne
        self.agent_id: int = personne["id"]
        self.token = secrets.token_hex(6)
        self.session_key = session_key
        self.password = password
        self.on_access_change = on_access_change
        self.canaux: set[Canal] = set()
        self.checked_at = 0.0  # of the loop's clock: when access was last looked at
        self.closed = False
        self.opened_at = time.time_ns() // 1000
        self.active = True  # somebody makes gestures in its pages
        self._sortie = sortie
        sortie.on_empty = self._plan_if_waiting
        self._ecoulement = ecoulement
        self._bound_frames: int = settings.DIRECT["file_trames"]
        self._bound_octets: int = settings.DIRECT["file_octets"]
        self._queue: list[bytes] = []
        self._octets = 0
        self._open = False
        self._planned = False
        self._shutting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """The handshake is done: what was pushed before leaves now, or the line closes if that was asked."""
        self._open = True
        if self._shutting is not None:
            return
        self._plan()

    def push(self, frame: bytes) -> None:
        """Queue a frame made by `prepare`. A full queue closes the socket; a closed one ignores it."""
        if self.closed:
            return
        self._queue.append(frame)
        self._octets += len(frame)
        if len(self._queue) > self._bound_frames or self._octets > self._bound_octets:
            logger.info("websocket_too_slow", agent=self.agent_id, frames=len(self._queue))
            self.close(TROP_LENT)
        elif not self._planned:
            self._plan()

    def push_frame(self, frame: TrameEmise, ref: str | None = None) -> None:
        """Encode and queue a frame that is for this socket alone."""
        self.push(prepare(frame.contenu(ref)))

    def flush(self, joined: dict[tuple[bytes, ...], bytes]) -> None:
        """Write what waits, if the reader follows. `joined` keeps what was joined for the sockets before."""
        self._planned = False
        if not self._open or not self._queue or not self._sortie.ready():
            return
        if len(self._queue) == 1:
            frames, whole = self._queue, self._queue[0]
        else:
            key = tuple(self._queue)
            frames, whole = self._queue, joined.get(key) or joined.setdefault(key, b"".join(key))
        self._queue, self._octets = [], 0
        self._sortie.write(frames, whole)

    @property
    def waits(self) -> bool:
        """Whether something is left that the reader was not ready for."""
        return bool(self._queue) and self._open and not self._planned

    @property
    def behind(self) -> bool:
        """Whether the reader is slow to take what is already there."""
        return len(self._queue) >= self.BEHIND

    def close(self, fermeture: Fermeture) -> None:
        """Say why and close the line; what waits in the queue is thrown away. Harmless when closed."""
        if self.closed:
            return
        self.closed = True
        self._queue, self._octets = [], 0
        self._shutting = asyncio.create_task(self._shut(fermeture), name="prise-close")

    def stop(self) -> None:
        """The line is gone: nothing more is written."""
        self.closed = True
        self._queue = []
        if self._shutting is not None:
            self._shutting.cancel()

    def _plan_if_waiting(self) -> None:
        if self._queue and not self._planned:
            self._plan()

    def _plan(self) -> None:
        self._planned = True
        self._ecoulement.soon(self)

    async def _shut(self, fermeture: Fermeture) -> None:
        while not self._open:
            await asyncio.sleep(self._ecoulement.RETRY)
        await self._sortie.finish(prepare(Fin(fermeture.raison, fermeture.message).contenu()), fermeture.code)
        # A browser that is there answers the close; one that no longer reads never would.
        await asyncio.sleep(GRACE)
        self._sortie.abort()
