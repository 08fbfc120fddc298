"""Who is in a salon, over all processes: kept in Redis, so that it dies with what kept it alive.

For each salon a sorted set of `agent:socket`, scored by the time at which the entry expires. A process
pushes its own entries' time forward at each heartbeat; those of a process that died go by themselves.
Presence is a comfort: whatever Redis does, it never fails a subscription.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from plateforme.socle.canaux import Canal
from realtime.prises import Prise

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)

SHOWN = 60  # people named in a list; beyond, a number says it better


@dataclass
class _Mouvements:
    """Who came and went in a salon since the last word about it."""

    arrivees: dict[int, Any] = field(default_factory=dict)
    departs: set[int] = field(default_factory=set)


class Presence:
    """The hub's view of who is where. Several tabs of one person count once, in whatever processes."""

    LIFETIME = 70  # seconds: two heartbeats and a half
    # A page that reloads leaves and comes back: what cancels out within this time is not told.
    TELL_AFTER = 1.5  # seconds

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._redis: Redis | None = None
        self._mouvements: dict[Canal, _Mouvements] = {}
        self._telling: asyncio.Task[None] | None = None

    async def enter(self, canal: Canal, prise: Prise) -> None:
        """Count a socket in; tells the salon if its person was not there yet."""
        before = await self._change(canal, add=_member(prise))
        if before is not None and prise.agent_id not in _people(before):
            mouvements = self._mouvements.setdefault(canal, _Mouvements())
            if prise.agent_id in mouvements.departs:
                mouvements.departs.discard(prise.agent_id)
            else:
                mouvements.arrivees[prise.agent_id] = dict(prise.personne)
            self._tell_soon()

    async def leave(self, canal: Canal, prise: Prise) -> None:
        """Count a socket out; tells the salon if it was its person's last."""
        after = await self._change(canal, remove=_member(prise))
        if after is not None and prise.agent_id not in _people(after):
            self._note_departures(canal, {prise.agent_id})

    async def present(self, canal: Canal) -> list[int]:
        """Identifiers of the people in a salon, in no order that matters; none if Redis is away."""
        try:
            return sorted(_people(await self._client().zrangebyscore(_key(canal), time.time(), "+inf")))
        except (RedisError, OSError):
            return []

    async def refresh(self) -> None:
        """Keep this process's sockets present, and tell of those whose process died."""
        now = time.time()
        for canal in self._hub.with_presence():
            members = {_member(prise): now + self.LIFETIME for prise in self._hub.listeners(canal)}
            try:
                async with self._client().pipeline(transaction=True) as pipe:
                    if members:
                        pipe.zadd(_key(canal), members)
                    pipe.zrangebyscore(_key(canal), "-inf", now)
                    pipe.zremrangebyscore(_key(canal), "-inf", now)
                    pipe.zrange(_key(canal), 0, -1)
                    pipe.expire(_key(canal), self.LIFETIME)
                    *_, expired, _, remaining, _ = await pipe.execute()
            except (RedisError, OSError):
                logger.warning("presence_unavailable")
                return
            self._note_departures(canal, _people(expired) - _people(remaining))

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._telling
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    def _client(self) -> Redis:
        if self._redis is None:
            self._redis = Redis.from_url(
                settings.REDIS_URL,
                decode_responses=True,
                socket_timeout=2,
                socket_connect_timeout=1,
                retry=Retry(NoBackoff(), 1),  # one more try: the first may meet a connection cut meanwhile
            )
        return self._redis

    async def _change(self, canal: Canal, add: str = "", remove: str = "") -> list[str] | None:
        """Add or remove an entry, and give the others present at that very moment; None without Redis."""
        now = time.time()
        try:
            async with self._client().pipeline(transaction=True) as pipe:
                if remove:
                    pipe.zrem(_key(canal), remove)
                pipe.zrangebyscore(_key(canal), now, "+inf")
                if add:
                    pipe.zadd(_key(canal), {add: now + self.LIFETIME})
                    pipe.expire(_key(canal), self.LIFETIME)
                results = await pipe.execute()
        except (RedisError, OSError):
            logger.warning("presence_unavailable")
            return None
        present: list[str] = results[1] if remove else results[0]
        return present

    def _note_departures(self, canal: Canal, people: set[int]) -> None:
        if not people:
            return
        mouvements = self._mouvements.setdefault(canal, _Mouvements())
        for person in people:
            if mouvements.arrivees.pop(person, None) is None:
                mouvements.departs.add(person)
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="presence")

    async def _tell(self) -> None:
        """One event a salon for all that moved in the meantime: a crowd that arrives is not a storm."""
        while self._mouvements:
            await asyncio.sleep(self.TELL_AFTER)
            moved, self._mouvements = self._mouvements, {}
            for canal, mouvements in moved.items():
                if not mouvements.arrivees and not mouvements.departs:
                    continue
                await self._hub.publish(
                    canal,
                    {
                        "type": "presence",
                        "arrivees": list(mouvements.arrivees.values())[:SHOWN],
                        "departs": sorted(mouvements.departs),
                        "nombre": len(await self.present(canal)),
                    },
                )


def _key(canal: Canal) -> str:
    return f"{settings.REDIS_PREFIX}.presence.{canal}"


def _member(prise: Prise) -> str:
    return f"{prise.agent_id}:{prise.token}"


def _people(members: Iterable[str]) -> set[int]:
    return {int(member.partition(":")[0]) for member in members}
