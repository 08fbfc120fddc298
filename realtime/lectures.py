"""How far people have read, on its way to the database: a salon that five hundred people follow is not five hundred
writes a message."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import structlog

from realtime.fils import in_thread

logger = structlog.get_logger(__name__)

# What is read: a salon, or a thread by its salon and its root's number.
Lieu = TypeVar("Lieu")


class Lectures(Generic[Lieu]):
    """Gathers what the sockets of one hub say they have read, for `mark`. Lost with the process: a second of reading at
    most."""

    EVERY = 1.0  # seconds
    TOGETHER = 2000  # people and salons of one query

    def __init__(self, mark: Callable[[Mapping[tuple[int, Lieu], int]], None]) -> None:
        self._mark = in_thread(mark)
        self._lus: dict[tuple[int, Lieu], int] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, agent_id: int, lieu: Lieu, numero: int) -> None:
        """The person has read up to `numero`. The caller knows that they may read there."""
        key = (agent_id, lieu)
        self._lus[key] = max(numero, self._lus.get(key, 0))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_soon(), name="lectures")

    async def close(self) -> None:
        """Write what waits, at the end of the hub."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._lus:
            await self._write()

    async def _write_soon(self) -> None:
        while self._lus:
            await asyncio.sleep(self.EVERY)
            await self._write()

    async def _write(self) -> None:
        keys = list(self._lus)[: self.TOGETHER]
        together = {key: self._lus.pop(key) for key in keys}
        try:
            await self._mark(together)
        except Exception:
            # The database is away: kept for the next time, which does not go back on what was read since.
            logger.warning("reading_marks_wait", exc_info=True)
            for key, numero in together.items():
                self._lus[key] = max(numero, self._lus.get(key, 0))
