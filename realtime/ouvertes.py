"""The open lines of each person, over all processes: how many there are, and whether anybody is at one of them.

Kept in Redis as presence is: a sorted set for each person, a member for each line, scored by the time at which it expires,
so that the lines of a process that was killed free their places by themselves. What changes in the same moment is
exchanged at once; nothing here waits for Redis, nor fails without it.
"""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from realtime.fermetures import TROP_DE_CONNEXIONS
from realtime.prises import Prise

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)

# Members of the sets: when the line opened (so that the oldest comes first), which it is, whether somebody is there.
ACTIVE, IDLE = "a", "i"


class Ouvertes:
    """The hub's view of the lines of its people."""

    GATHER = 0.05  # seconds in which changes wait for others
    TOGETHER = 500  # people of one exchange with Redis

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._lifetime = hub.presence.lifetime
        # By person: what this process wrote of them.
        self._written: dict[int, set[str]] = {}
        self._idle: set[int] = set()
        self._changed: set[int] = set()
        self._exchanging: asyncio.Task[None] | None = None

    def idle(self, person: int) -> bool:
        """Whether somebody of this process has done nothing for a while in any page, wherever it is open."""
        return person in self._idle

    def changed(self, person: int) -> None:
        """A line of theirs opened, closed, was left idle or taken up again here: tell the others soon."""
        self._changed.add(person)
        if self._exchanging is None or self._exchanging.done():
            self._exchanging = asyncio.create_task(self._exchange_soon(), name="ouvertes")

    def at_screen(self, prise: Prise, actif: bool) -> None:
        """Its person makes a gesture there, or has made none for a while."""
        if prise.active != actif:
            prise.active = actif
            self.changed(prise.agent_id)

    def hear(self, event: Mapping[str, Any]) -> None:
        """What another process found: somebody is idle or no longer, or lines here are to give way."""
        if event["type"] == "ceder":
            self._give_way(event["agent"], event["lignes"])
        elif event["type"] == "eveil" and self._hub.lines_of(event["agent"]):
            self._set_idle(event["agent"], event["inactif"])

    async def idle_among(self, people: Collection[int]) -> set[int]:
        """Those of these people, connected anywhere, who are idle; none without Redis. One exchange."""
        if not people:
            return set()
        ordered = list(people)
        try:
            async with self._hub.presence.client().pipeline(transaction=False) as pipe:
                for person in ordered:
                    pipe.zrangebyscore(_key(person), time.time(), "+inf")
                found = await pipe.execute()
        except (RedisError, OSError):
            return set()
        return {person for person, lines in zip(ordered, found, strict=True) if _nobody_there(lines)}

    async def refresh(self) -> None:
        """Keep this process's lines alive. At each heartbeat."""
        await self._exchange({*self._written, *self._hub.people()})

    async def close(self) -> None:
        if self._exchanging is not None:
            self._exchanging.cancel()
            await asyncio.gather(self._exchanging, return_exceptions=True)
        await self._exchange(set(self._written), leaving=True)

    async def _exchange_soon(self) -> None:
        while self._changed:
            await asyncio.sleep(self.GATHER)
            people, self._changed = self._changed, set()
            await self._exchange(people, changed=True)

    async def _exchange(self, people: Iterable[int], *, changed: bool = False, leaving: bool = False) -> None:
        ordered = list(people)
        for start in range(0, len(ordered), self.TOGETHER):
            batch = ordered[start : start + self.TOGETHER]
            wanted = {person: set() if leaving else self._members(person) for person in batch}
            try:
                found = await self._write(wanted)
            except (RedisError, OSError):
                logger.warning("open_lines_not_counted", people=len(batch))
                found = {person: sorted(members) for person, members in wanted.items()}
            else:
                for person, members in wanted.items():
                    if members:
                        self._written[person] = members
                    else:
                        self._written.pop(person, None)
            for person, lines in found.items():
                await self._take(person, lines, changed=changed)

    async def _write(self, wanted: Mapping[int, set[str]]) -> dict[int, list[str]]:
        """Write this process's own lines, and learn of all of them, the oldest first."""
        now = time.time()
        async with self._hub.presence.client().pipeline(transaction=True) as pipe:
            for person, members in wanted.items():
                key, gone = _key(person), self._written.get(person, set()) - members
                if members:
                    pipe.zadd(key, dict.fromkeys(members, now + self._lifetime))
                if gone:
                    pipe.zrem(key, *gone)
                pipe.zremrangebyscore(key, "-inf", now)
                pipe.expire(key, self._lifetime)
                pipe.zrange(key, 0, -1)
            answers = await pipe.execute()
        # Each person's last answer is the list.
        lists = [answer for answer in answers if isinstance(answer, list)]
        return {person: sorted(lines) for person, lines in zip(wanted, lists, strict=True)}

    async def _take(self, person: int, lines: list[str], *, changed: bool) -> None:
        own = self._hub.lines_of(person)
        if not own:
            self._idle.discard(person)
        if not lines:
            return
        excess = len(lines) - settings.DIRECT["connexions"]
        if excess > 0:
            tokens = [line.split(":")[1] for line in lines[:excess]]
            elsewhere = set(tokens) - {prise.token for prise in own}
            self._give_way(person, tokens)
            if elsewhere:
                await self._hub.tell_hubs({"type": "ceder", "agent": person, "lignes": sorted(elsewhere)})
        if not own:
            # Their last page here: it may be loading the next one. The others find out at their heartbeat.
            return
        nobody, here = _nobody_there(lines), {prise.token for prise in own}
        self._set_idle(person, nobody)
        # Where somebody is at a line elsewhere, nothing here makes a difference.
        if changed and _nobody_there([line for line in lines if line.split(":")[1] not in here]):
            await self._hub.tell_hubs({"type": "eveil", "agent": person, "inactif": nobody})

    def _give_way(self, person: int, tokens: Collection[str]) -> None:
        for prise in self._hub.lines_of(person):
            if prise.token in tokens:
                prise.close(TROP_DE_CONNEXIONS)

    def _set_idle(self, person: int, idle: bool) -> None:
        if idle == (person in self._idle):
            return
        if idle:
            self._idle.add(person)
        else:
            self._idle.discard(person)
        self._hub.presence.changed(person)

    def _members(self, person: int) -> set[str]:
        return {
            f"{prise.opened_at:015d}:{prise.token}:{ACTIVE if prise.active else IDLE}"
            for prise in self._hub.lines_of(person)
            if not prise.closed
        }


def _key(person: int) -> str:
    return f"{settings.REDIS_PREFIX}.ouvertes.{person}"


def _nobody_there(lines: Collection[str]) -> bool:
    return bool(lines) and all(line.endswith(f":{IDLE}") for line in lines)
