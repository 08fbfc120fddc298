"""Messages on their way to the database: what waits for the same salon at the same moment shares a transaction.

The numbers of a salon are given under the lock of its row, held until the commit: messages of one salon are written one
after the other whatever one does, and a commit waits for the disk. While one transaction is under way the next ones
gather, and leave together; alone, a message leaves at once. Each is acknowledged after the commit, never before.
"""

import asyncio
from collections.abc import Sequence

from realtime.actions import Demande, send_messages
from realtime.fils import in_thread
from realtime.models import MessageSalon

TOGETHER = 32  # messages of one transaction


class Redaction:
    """The hub's desk: one task per salon in which something is being said."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[tuple[Demande, asyncio.Future[int]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def say(self, salon_id: int, demande: Demande) -> int:
        """The number of the message, once it is in the database. Raises what refuses it.

        A caller that goes away meanwhile takes nothing back: the message is written.
        """
        written: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        under_way = salon_id in self._waiting
        self._waiting.setdefault(salon_id, []).append((demande, written))
        if not under_way:
            task = asyncio.create_task(self._write(salon_id), name="redaction")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await written

    async def _write(self, salon_id: int) -> None:
        while waiting := self._waiting[salon_id]:
            together, self._waiting[salon_id] = waiting[:TOGETHER], waiting[TOGETHER:]
            outcomes: Sequence[MessageSalon | Exception]
            try:
                outcomes = await _send(salon_id, [demande for demande, _ in together])
            except Exception as error:
                outcomes = [error] * len(together)
            for (_, written), outcome in zip(together, outcomes, strict=True):
                if written.done():
                    continue
                if isinstance(outcome, Exception):
                    written.set_exception(outcome)
                else:
                    written.set_result(outcome.numero)
        del self._waiting[salon_id]


_send = in_thread(send_messages)
