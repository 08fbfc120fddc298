"""One browser tab's end of the line: a bounded queue and the task that empties it."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from django.conf import settings

from plateforme.socle.canaux import Canal
from realtime.fermetures import TROP_LENT, Fermeture
from realtime.trames import Fin, Jalon, TrameEmise, encode

logger = structlog.get_logger(__name__)

LAST_WORD = 1.0  # seconds given to the frame that says why a line closes


class Prise:
    """A socket as the hub sees it.

    `push` never waits: a text goes to the queue, and a queue over its bound closes the socket (the browser
    comes back and catches up). ASGI servers take what they are given without saying when it has left
    (Daphne's `send` returns at once, its buffer grows), so the socket asks: after every `MARK_EVERY`
    characters it sends a `jalon`, which the browser answers by `recu`; with `MAX_MARKS` unanswered it sends
    no more, and what arrives stays in the queue.
    """

    MARK_EVERY = 64_000
    MAX_MARKS = 8
    BEHIND = 20  # frames waiting, after which what soon means nothing is left out

    def __init__(
        self,
        personne: Mapping[str, Any],
        session_key: str,
        password: str,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
        on_access_change: Callable[[], None] = lambda: None,
    ) -> None:
        """`personne` is a `person_frame`; `send` and `close` write to the network.

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
        self._send = send
        self._close = close
        self._fermeture: Fermeture | None = None
        self._max_frames = settings.DIRECT["file_trames"]
        self._max_characters = settings.DIRECT["file_caracteres"]
        self._queue: deque[str] = deque()
        self._characters = 0
        self._unmarked = 0
        self._marks_sent = 0
        self._marks_back = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin writing; what was pushed before leaves now, or the line closes if that was asked."""
        self._task = asyncio.create_task(self._shut() if self.closed else self._write(), name="prise")

    def push(self, text: str) -> None:
        """Queue an encoded frame. A full queue closes the socket; a closed one ignores it."""
        if self.closed:
            return
        self._characters += len(text)
        if len(self._queue) >= self._max_frames or self._characters > self._max_characters:
            logger.info("websocket_too_slow", agent=self.agent_id, frames=len(self._queue))
            self.close(TROP_LENT)
            return
        self._queue.append(text)
        self._wake.set()

    @property
    def behind(self) -> bool:
        """Whether the reader is slow to take what is already there."""
        return len(self._queue) >= self.BEHIND

    def push_frame(self, frame: TrameEmise, ref: str | None = None) -> None:
        """Encode and queue a frame that is for this socket alone."""
        self.push(encode(frame.contenu(ref)))

    def close(self, fermeture: Fermeture) -> None:
        """Say why and close the line; what waits in the queue is thrown away. Harmless when closed."""
        if self.closed:
            return
        self.closed = True
        self._fermeture = fermeture
        self._queue.clear()
        if self._task is not None:
            # The writer may be waiting for a network that takes nothing more.
            self._task.cancel()
            self._task = asyncio.create_task(self._shut(), name="prise-close")

    def acknowledge(self, mark: int) -> bool:
        """Take a browser's `recu`; False if nothing of the sort was asked."""
        if not self._marks_back < mark <= self._marks_sent:
            return False
        self._marks_back = mark
        self._wake.set()
        return True

    def stop(self) -> None:
        """The line is gone: stop writing."""
        self.closed = True
        if self._task is not None:
            self._task.cancel()

    async def _write(self) -> None:
        try:
            while True:
                if not self._queue or self._marks_sent - self._marks_back >= self.MAX_MARKS:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                text = self._queue.popleft()
                self._characters -= len(text)
                await self._send(text)
                await self._mark(len(text))
        except Exception:
            # The network end went away in the middle of a sentence; the server tells the consumer.
            logger.debug("websocket_write_failed", agent=self.agent_id, exc_info=True)
            self.closed = True

    async def _shut(self) -> None:
        assert self._fermeture is not None
        last = encode(Fin(self._fermeture.raison, self._fermeture.message).contenu())
        with contextlib.suppress(Exception):  # a network that takes nothing more, or is already gone
            await asyncio.wait_for(self._send(last), LAST_WORD)
        with contextlib.suppress(Exception):
            await self._close(self._fermeture.code)

    async def _mark(self, characters: int) -> None:
        self._unmarked += characters
        if self._unmarked >= self.MARK_EVERY:
            self._unmarked = 0
            self._marks_sent += 1
            await self._send(encode(Jalon(self._marks_sent).contenu()))
