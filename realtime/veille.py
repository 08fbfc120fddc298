"""The watch: hears from PostgreSQL what takes access away, whatever becomes of Redis.

Triggers tell of each withdrawal at its commit (`plateforme.socle.retraits`); one connection a process listens. What holds:

- the connection lives: the lines concerned are looked at again within milliseconds, and told why they close;
- it was cut: it is opened again, and what was told meanwhile is read from the table;
- PostgreSQL is out of this process's reach for more than `SILENCE`: the process is *blind*, and hands out no event that it
  cannot answer for. They are kept aside, and given once the withdrawals have been read; what is too much is caught up
  with by the browsers, as any event that is lost.

So nothing reaches a removed member later than two seconds after the removal, and no outage of a part makes a leak.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from django.conf import settings
from django.db import connections
from django.utils import timezone

from plateforme.socle.retraits import NOTIFICATION

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)

# What PostgreSQL calls the connection that listens (`pg_stat_activity`).
NAME = "plateforme-veille"


def session_mark(session_key: str) -> str:
    """What stands for a session in what the database tells."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class Veille:
    """One for a hub: `run` is its task."""

    PULSE = 0.5  # seconds between two proofs that the connection lives
    PATIENCE = 1.0  # seconds for one of them to come
    SILENCE = 1.8  # seconds without any, after which the process is blind
    # Seconds for the table to be read: a network that swallows everything says nothing for minutes.
    READING = 5.0
    RETRY = 0.3  # seconds
    # How far back the table is read: a withdrawal is dated when it is written and told when it is committed.
    LOOK_BACK = timedelta(minutes=10)

    def __init__(self, hub: "Hub", on_sight: Callable[[], None]) -> None:
        """`on_sight` is called each time that the hub is known to see."""
        self._hub = hub
        self._on_sight = on_sight
        self._heard = float("-inf")  # of the loop's clock
        self._since = timezone.now()

    @property
    def blind(self) -> bool:
        return asyncio.get_running_loop().time() - self._heard > self.SILENCE

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError):
                logger.warning("watch_cut", exc_info=True)
            except Exception:
                logger.exception("watch_failed")
            await asyncio.sleep(self.RETRY)

    async def _listen(self) -> None:
        async with asyncio.timeout(5):
            connection = await psycopg.AsyncConnection.connect(
                **_parameters(), application_name=NAME, autocommit=True
            )
        try:
            async with asyncio.timeout(self.PATIENCE):
                await connection.execute(f"LISTEN {NOTIFICATION}")
            await self._read_missed(connection)
            self._hear()
            while True:
                async with asyncio.timeout(self.PULSE + self.PATIENCE):
                    async for told in connection.notifies(timeout=self.PULSE):
                        self._apply(told.payload)
                async with asyncio.timeout(self.PATIENCE):
                    await connection.execute("SELECT 1")
                if self.blind:
                    # It stalled and was not cut. What was told meanwhile may have come just before this answer, and
                    # would be heard only at the next turn: too late for what was kept aside.
                    await self._read_missed(connection)
                self._hear()
        finally:
            await connection.close()

    async def _read_missed(self, connection: psycopg.AsyncConnection[Any]) -> None:
        now = timezone.now()
        async with asyncio.timeout(self.READING):
            rows = await connection.execute(
                "SELECT DISTINCT cible FROM socle_retrait WHERE quand > %s", [self._since - self.LOOK_BACK]
            )
            missed = await rows.fetchall()
        looks = [look for (cible,) in missed for look in self._apply(cible)]
        if looks:
            # Nothing is handed out before those who may no longer have it are known; a look bounds itself.
            await asyncio.wait(looks)
        self._since = now

    def _hear(self) -> None:
        self._heard = asyncio.get_running_loop().time()
        self._since = timezone.now()
        self._on_sight()

    def _apply(self, cible: str) -> list[asyncio.Task[None]]:
        """Look again at the lines that a withdrawal concerns; gives the looks that are under way."""
        kind, _, value = cible.partition(".")
        looks: list[asyncio.Task[None]] = []
        if kind == "presence":
            # Nothing of what the person may have: those of a whole morning's end are read together.
            self._hub.etats.look(int(value))
            return looks
        for prise in tuple(self._hub.prises):
            mine = (kind == "agent" and prise.agent_id == int(value)) or (
                kind == "session" and session_mark(prise.session_key) == value
            )
            # A community that closes concerns all who read it without being members: everybody's turn comes.
            if mine or kind == "communaute":
                look = prise.on_access_change(urgent=mine)
                if look is not None and mine:
                    looks.append(look)
        return looks


def _parameters() -> dict[str, Any]:
    """The site's own database, or the address that leads straight to it where a pooler stands in front."""
    if settings.DATABASE_DIRECTE_URL:
        return {"conninfo": settings.DATABASE_DIRECTE_URL}
    parameters = connections["default"].get_connection_params()
    for name in ("context", "cursor_factory", "prepare_threshold"):
        parameters.pop(name, None)
    return parameters
