"""Who is in a channel, over all processes: kept in Redis, so that it dies with what kept it alive.

For each channel a sorted set of `agent:process`, scored by the time at which the entry expires. A process
pushes its own entries' time forward at each heartbeat; those of a process that died go by themselves. What a process
knows of the others it keeps at hand, fed by the events of presence and set right at each heartbeat: a thousand browsers
that come back at once cost a few exchanges with Redis, not a thousand lists of a thousand people.

Presence is a comfort: whatever Redis does, it never fails a subscription.
"""

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.utils import timezone
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
class _Lieu:
    """One channel, as this process sees it."""

    # Sockets of this process, by person.
    ici: Counter[int] = field(default_factory=Counter)
    # Everybody, here or elsewhere; with their `person_frame` where it is known.
    presents: dict[int, Mapping[str, Any] | None] = field(default_factory=dict)
    known: bool = False  # whether Redis was asked who is there
    # Who came and went here since it was last told; of those who came, who was not there by another process.
    arrivees: set[int] = field(default_factory=set)
    nouveaux: set[int] = field(default_factory=set)
    departs: set[int] = field(default_factory=set)
    # Of those who are here, whose state is to be told.
    changes: set[int] = field(default_factory=set)


class Presence:
    """The hub's view of who is where. Several tabs of one person count once, in whatever processes."""

    BEATS = 2.8  # that an entry outlives without being renewed
    # A page that reloads leaves and comes back: what cancels out within this time is not told.
    TELL_AFTER = 1.5  # seconds

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._token = secrets.token_hex(6)
        self.lifetime = max(5, round(settings.DIRECT["battement_s"] * self.BEATS))  # seconds
        self._redis: Redis | None = None
        self._lieux: dict[Canal, _Lieu] = {}
        self._telling: asyncio.Task[None] | None = None

    # --- Coming and going: nothing here waits ------------------------------------------------

    def enter(self, canal: Canal, prise: Prise) -> None:
        """Count a socket in; the channel is told soon, if its person was not there yet. Who is invisible is nowhere."""
        person = prise.agent_id
        if self._hub.etats.invisible(person):
            return
        lieu = self._lieux.setdefault(canal, _Lieu())
        lieu.ici[person] += 1
        if lieu.ici[person] > 1:
            return
        if person in lieu.departs:
            lieu.departs.discard(person)
        else:
            lieu.arrivees.add(person)
            if person not in lieu.presents:
                lieu.nouveaux.add(person)
        lieu.presents[person] = prise.personne
        self._tell_soon()

    def leave(self, canal: Canal, prise: Prise) -> None:
        """Count a socket out; the channel is told soon, if it was its person's last."""
        lieu = self._lieux.get(canal)
        if lieu is None or not lieu.ici[prise.agent_id]:
            return
        lieu.ici[prise.agent_id] -= 1
        if lieu.ici[prise.agent_id]:
            return
        del lieu.ici[prise.agent_id]
        lieu.arrivees.discard(prise.agent_id)
        lieu.changes.discard(prise.agent_id)
        if prise.agent_id in lieu.nouveaux:
            # Nobody was told that they came.
            lieu.nouveaux.discard(prise.agent_id)
            del lieu.presents[prise.agent_id]
            return
        lieu.departs.add(prise.agent_id)
        self._tell_soon()

    def changed(self, person: int) -> None:
        """Tell the channels in which somebody is of the state that they show now, if they are here."""
        for lieu in self._lieux.values():
            if lieu.ici[person]:
                lieu.changes.add(person)
                self._tell_soon()

    def hear(self, canal: Canal, event: Mapping[str, Any]) -> None:
        """Take what a process says of a channel."""
        lieu = self._lieux.get(canal)
        if lieu is None:
            return
        for person in event["arrivees"]:
            lieu.presents[person["id"]] = person
        for person in event["departs"]:
            if not lieu.ici[person]:
                lieu.presents.pop(person, None)
        for change in event.get("etats", ()):
            known = lieu.presents.get(change["id"])
            if known is not None:
                lieu.presents[change["id"]] = _with_state(known, change["etat"])

    async def present(self, canal: Canal) -> dict[int, Mapping[str, Any] | None]:
        """Everybody who is there, each with their `person_frame` where this process knows it."""
        lieu = self._lieux.setdefault(canal, _Lieu())
        if not lieu.known:
            with contextlib.suppress(RedisError, OSError):
                found = await self.client().zrangebyscore(_key(canal), time.time(), "+inf")
                for person in _people(found):
                    lieu.presents.setdefault(person, None)
                lieu.known = True
        return lieu.presents

    def shown(self, canal: Canal) -> dict[int, Mapping[str, Any] | None]:
        """The first `SHOWN` of those who are there, with the state that they show now; None who is not known here."""
        lieu = self._lieux.get(canal)
        if lieu is None:
            return {}
        return {person: self._now(lieu, person) for person in islice(lieu.presents, SHOWN)}

    def _now(self, lieu: _Lieu, person: int) -> Mapping[str, Any] | None:
        """Somebody who is there, with the state that they show now; after its end, none."""
        frame = lieu.presents.get(person)
        if frame is None:
            return None
        if lieu.ici[person]:
            return _with_state(frame, self._hub.etats.frame(person))
        end = frame.get("etat", {}).get("fin")
        return (
            frame if end is None or datetime.fromisoformat(end) > timezone.now() else _with_state(frame, None)
        )

    # --- With Redis --------------------------------------------------------------------------

    async def refresh(self) -> None:
        """Keep this process's people present, and tell of those whose process died."""
        for canal, lieu in list(self._lieux.items()):
            if not lieu.ici and not lieu.departs:
                del self._lieux[canal]
                continue
            before = set(lieu.presents)
            await self._exchange(canal, lieu, keep=list(lieu.ici))
            gone = before - set(lieu.presents)
            if gone:
                lieu.departs |= gone
                self._tell_soon()

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._telling
        for canal, lieu in self._lieux.items():
            await self._exchange(canal, lieu, drop=[*lieu.ici, *lieu.departs])
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    def client(self) -> Redis:
        if self._redis is None:
            self._redis = Redis.from_url(
                settings.REDIS_URL,
                decode_responses=True,
                socket_timeout=2,
                socket_connect_timeout=1,
                retry=Retry(NoBackoff(), 1),  # one more try: the first may meet a connection cut meanwhile
            )
        return self._redis

    async def _exchange(
        self, canal: Canal, lieu: _Lieu, keep: Iterable[int] = (), drop: Iterable[int] = ()
    ) -> bool:
        """Write this process's own entries, and learn who is there in all; False without Redis."""
        now = time.time()
        kept = {f"{person}:{self._token}": now + self.lifetime for person in keep}
        dropped = [f"{person}:{self._token}" for person in drop]
        try:
            async with self.client().pipeline(transaction=True) as pipe:
                if kept:
                    pipe.zadd(_key(canal), kept)
                if dropped:
                    pipe.zrem(_key(canal), *dropped)
                pipe.zremrangebyscore(_key(canal), "-inf", now)
                pipe.expire(_key(canal), self.lifetime)
                pipe.zrange(_key(canal), 0, -1)
                *_, remaining = await pipe.execute()
        except (RedisError, OSError):
            logger.warning("presence_unavailable")
            return False
        there = _people(remaining) | set(lieu.ici)
        lieu.presents = {person: lieu.presents.get(person) for person in there}
        lieu.known = True
        return True

    # --- Telling -----------------------------------------------------------------------------

    def _tell_soon(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="presence")

    async def _tell(self) -> None:
        """One event a channel for all that moved in the meantime: a crowd that arrives is not a storm."""
        while moved := [
            canal for canal, lieu in self._lieux.items() if lieu.arrivees or lieu.departs or lieu.changes
        ]:
            await asyncio.sleep(self.TELL_AFTER)
            for canal in moved:
                if (lieu := self._lieux.get(canal)) is not None:
                    await self._tell_of(canal, lieu)

    async def _tell_of(self, canal: Canal, lieu: _Lieu) -> None:
        arrivees, lieu.arrivees = lieu.arrivees, set()
        nouveaux, lieu.nouveaux = lieu.nouveaux, set()
        departs, lieu.departs = lieu.departs, set()
        changes, lieu.changes = lieu.changes - nouveaux, set()
        if not arrivees and not departs and not changes:
            return
        if not await self._exchange(canal, lieu, keep=arrivees, drop=departs):
            for person in departs:
                lieu.presents.pop(person, None)
        # Who left from here and is still there from elsewhere has not left.
        departs -= set(lieu.presents)
        people = [shown for person in nouveaux if (shown := self._now(lieu, person))]
        etats = [
            {"id": person, "etat": self._hub.etats.frame(person)}
            for person in sorted(changes)
            if lieu.ici[person]
        ]
        if people or departs or etats:
            event = {
                "type": "presence",
                "arrivees": people[:SHOWN],
                "departs": sorted(departs),
                "nombre": len(lieu.presents),
            }
            if etats:
                event["etats"] = etats
            await self._hub.publish(canal, event)


def _key(canal: Canal) -> str:
    return f"{settings.REDIS_PREFIX}.presence.{canal}"


def _with_state(frame: Mapping[str, Any], etat: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A person's frame with the state that they show; who is en ligne and says nothing has none there."""
    bare = {name: value for name, value in frame.items() if name != "etat"}
    return bare if etat is None else {**bare, "etat": etat}


def _people(members: Iterable[str]) -> set[int]:
    return {int(member.partition(":")[0]) for member in members}
