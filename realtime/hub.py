"""Live events inside one process: one Redis subscription per channel, then straight to each socket.

A Channels consumer per socket in a group would cost a task wake-up, a decoding and an encoding per member
and message; here each event is decoded and encoded once, and the loop below only appends to queues.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from plateforme.socle.canaux import Canal, parse_canal
from plateforme.socle.diffusion import group_name
from realtime.actions import mark_salons_read
from realtime.battement import Battement
from realtime.ecriture import Ecriture
from realtime.etats_personnes import Etats
from realtime.fermetures import TROP_DE_CONNEXIONS
from realtime.lectures import Lectures
from realtime.ouvertes import Ouvertes
from realtime.presence import Presence
from realtime.prises import Ecoulement, Prise, prepare
from realtime.redaction import Redaction
from realtime.reponses import mark_fils_read
from realtime.veille import Veille

logger = structlog.get_logger(__name__)

JOIN_PATIENCE = 2.0  # seconds that a subscription waits for Redis before going on without it
RETRY_EVERY = 1.0  # seconds
# Events handed out before the sockets get their turn to write: well under what one of their queues holds.
BURST = 50
# What processes tell one another: no channel that a browser could follow.
HUBS = "hubs"
HELD = 2000  # events kept aside while the process is blind (`realtime.veille`)


class Hub:
    """What one event loop (one process, in production) listens to, and for whom. Not thread-safe.

    Redis may go away and come back: subscriptions are asked again until they are held, and browsers fill
    what they missed through the heartbeat.
    """

    def __init__(self) -> None:
        self.prises: set[Prise] = set()
        self.ecoulement = Ecoulement()
        self.presence = Presence(self)
        self.etats = Etats(self)
        self.ouvertes = Ouvertes(self)
        self.battement = Battement(self)
        self.ecriture = Ecriture(self)
        self.redaction = Redaction()
        self.lectures: Lectures[int] = Lectures(mark_salons_read)
        self.lectures_fils: Lectures[tuple[int, int]] = Lectures(mark_fils_read)
        self.veille = Veille(self, self._release)
        self._layer = get_channel_layer()
        self._name: str | None = None
        # Dictionaries for their order: the oldest first.
        self._by_person: dict[int, dict[Prise, None]] = {}
        self._listeners: dict[str, set[Prise]] = {}
        # Subscriptions whose access is being looked at, and what came for them meanwhile.
        self._entering: dict[str, dict[Prise, list[bytes]]] = {}
        self._held: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=HELD)
        self._joined: set[str] = set()
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._joining: set[asyncio.Task[None]] = set()

    # --- Sockets come and go -----------------------------------------------------------------

    async def register(self, prise: Prise) -> None:
        """Take a new socket in: from now on, what concerns its person's access reaches it.

        A person who has too many loses the oldest: the new one is the page that they are looking at. Counted at once in
        this process, which is what its memory needs and holds without Redis; soon after, over all (`realtime.ouvertes`).
        """
        self._ensure_running()
        self.prises.add(prise)
        own = self._by_person.setdefault(prise.agent_id, {})
        own[prise] = None
        alive = [other for other in own if not other.closed]
        for oldest in alive[: max(0, len(alive) - settings.DIRECT["connexions"])]:
            oldest.close(TROP_DE_CONNEXIONS)
        self.ouvertes.changed(prise.agent_id)

    async def unregister(self, prise: Prise) -> None:
        """Forget a socket, with all it listened to. Harmless when it is not known."""
        if prise not in self.prises:
            return
        # Everything that is not awaited first: this runs at the end of tasks that may be cancelled again.
        self.prises.discard(prise)
        canaux, prise.canaux = prise.canaux, set()
        for canal in canaux:
            self._forget(canal, prise)
        own = self._by_person[prise.agent_id]
        del own[prise]
        if not own:
            del self._by_person[prise.agent_id]
            self.etats.forget(prise.agent_id)
        self.ouvertes.changed(prise.agent_id)
        for canal in canaux:
            await self._settle(str(canal))

    async def enter(self, prise: Prise, canal: Canal) -> None:
        """Begin to listen for `prise`; what comes is kept until `admit`, once its access has been looked at.

        Nothing is awaited before the socket is counted in: an access withdrawn meanwhile finds it.
        """
        prise.canaux.add(canal)
        self._entering.setdefault(str(canal), {})[prise] = []
        await self._settle(str(canal))

    def admit(self, prise: Prise, canal: Canal) -> None:
        """Give what came since `enter`, and everything from now on. Harmless if the socket left meanwhile."""
        entering = self._entering.get(str(canal), {})
        kept = entering.pop(prise, None)
        if kept is None:
            return
        if not entering:
            del self._entering[str(canal)]
        self._listeners.setdefault(str(canal), set()).add(prise)
        if canal.options.presence:
            self.presence.enter(canal, prise)
        for frame in kept:
            prise.push(frame)

    async def subscribe(self, prise: Prise, canal: Canal) -> None:
        """`enter` and `admit` in one: the caller has checked that the person may."""
        await self.enter(prise, canal)
        self.admit(prise, canal)

    async def unsubscribe(self, prise: Prise, canal: Canal) -> None:
        """The opposite of `subscribe` and of `enter`; harmless when not subscribed."""
        if canal not in prise.canaux:
            return
        prise.canaux.discard(canal)
        self._forget(canal, prise)
        await self._settle(str(canal))

    def listeners(self, canal: Canal) -> tuple[Prise, ...]:
        return tuple(self._listeners.get(str(canal), ()))

    def people(self) -> tuple[int, ...]:
        """Those who have sockets here."""
        return tuple(self._by_person)

    def lines_of(self, person: int) -> tuple[Prise, ...]:
        """Their sockets here, the oldest first."""
        return tuple(self._by_person.get(person, ()))

    def hide(self, person: int) -> None:
        """They became invisible: they leave every channel as if their pages were closed, and go on hearing all."""
        for prise, canal in self._shown_in(person):
            self.presence.leave(canal, prise)

    def show(self, person: int) -> None:
        """The opposite of `hide`."""
        for prise, canal in self._shown_in(person):
            self.presence.enter(canal, prise)

    def _shown_in(self, person: int) -> list[tuple[Prise, Canal]]:
        return [
            (prise, canal)
            for prise in self.lines_of(person)
            for canal in prise.canaux
            if canal.options.presence and prise in self._listeners.get(str(canal), ())
        ]

    # --- Events ------------------------------------------------------------------------------

    async def publish(self, canal: Canal, event: Mapping[str, Any]) -> None:
        """Send an event that no transaction stands behind (presence, writing). Lost without a word if Redis is away."""
        message = {"type": "diffusion", "channel": str(canal), "event": dict(event)}
        try:
            await self._layer.group_send(group_name(str(canal)), message)
        except Exception:
            logger.warning("live_event_lost", channel=str(canal), type=event.get("type"))

    async def tell_hubs(self, event: Mapping[str, Any]) -> None:
        """Say something to the other processes. Lost without a word if Redis is away."""
        message = {"type": "diffusion", "channel": HUBS, "event": dict(event)}
        try:
            await self._layer.group_send(group_name(HUBS), message)
        except Exception:
            logger.warning("live_event_lost", channel=HUBS, type=event.get("type"))

    def deliver(self, channel: str, event: Mapping[str, Any]) -> None:
        """Hand an event to the local sockets that listen. Encoded once, never waits."""
        if channel == HUBS:
            self.ouvertes.hear(event)
            return
        if self.veille.blind:
            self._held.append((channel, event))
            return
        listeners, entering = self._listeners.get(channel), self._entering.get(channel)
        canal = parse_canal(channel)
        if canal is None or (not listeners and not entering):
            return
        frame = prepare({"canal": channel, **event})
        genre = event.get("type")
        if genre == "presence":
            self.presence.hear(canal, event)
        if genre == "lectures":
            # Whoever is coming in is told of them all with their answer, and of the next ones.
            for prise in tuple(listeners or ()):
                if self.etats.of(prise.agent_id).montre_lectures:
                    prise.push(frame)
            return
        for kept in (entering or {}).values():
            kept.append(frame)
        if genre == "ecrit":
            self.ecriture.hear(channel, event)
            for prise in tuple(listeners or ()):
                if self.ecriture.concerns(event, prise):
                    prise.push(frame)
            return
        for prise in tuple(listeners or ()):
            prise.push(frame)
        if genre in canal.options.fermants:
            # After the event: the page says what happened before it stops hearing of it.
            for prise in (*(listeners or ()), *(entering or ())):
                prise.on_access_change(urgent=False)

    def _release(self) -> None:
        """The process sees again: what it kept aside is given, to those who may still have it."""
        if not self._held:
            return
        held, self._held = self._held, deque(maxlen=HELD)
        for channel, event in held:
            self.deliver(channel, event)
        if len(held) == HELD:
            # What did not fit shows in the numbers.
            self.battement.soon()

    # --- Redis -------------------------------------------------------------------------------

    async def close(self) -> None:
        """Stop everything and leave Redis. For tests, and for a loop that ends before its process."""
        running = [*self._tasks, *self._joining]
        while waiting := [task for task in running if not task.done()]:
            # Again if need be: a cancellation that falls in the first connection to Redis is lost there.
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting, timeout=0.2)
        for prise in tuple(self.prises):
            prise.stop()
        await self.lectures.close()
        await self.lectures_fils.close()
        await self.ecriture.close()
        await self.etats.close()
        await self.ouvertes.close()
        await self.presence.close()
        await self._layer.flush()
        _hubs.pop(asyncio.get_running_loop(), None)

    def _ensure_running(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._receive(), name="hub-receive"),
                asyncio.create_task(self._heal(), name="hub-heal"),
                asyncio.create_task(self.battement.run(), name="hub-heartbeat"),
                asyncio.create_task(self.veille.run(), name="hub-watch"),
            ]

    async def _receive(self) -> None:
        delivered = 0
        while True:
            try:
                if self._name is None:
                    async with self._lock:
                        await self._channel_name()
                message = await self._layer.receive(self._name)
                self.deliver(message["channel"], message["event"])
                delivered += 1
                if delivered % BURST == 0:
                    # What is already received is given without ever pausing: a burst would fill every queue.
                    await asyncio.sleep(0)
            except Exception:
                logger.warning("hub_receive_failed", exc_info=True)
                await asyncio.sleep(RETRY_EVERY)

    async def _heal(self) -> None:
        """Ask again for what Redis did not take: a subscription made while it was away."""
        await self._join_or_leave(HUBS)
        while True:
            await asyncio.sleep(RETRY_EVERY)
            for channel in {HUBS, *self._listeners, *self._entering, *self._joined}:
                await self._join_or_leave(channel)

    async def _channel_name(self) -> str:
        """The name under which this hub is a member of groups: one for all its sockets. Under the lock."""
        if self._name is None:
            self._name = await self._layer.new_channel("hub.")
        return self._name

    async def _settle(self, channel: str) -> None:
        """Join or leave the channel's group, as its listeners want; waits a little, not for ever."""
        if self._wanted(channel) == (channel in self._joined):
            return
        task = asyncio.create_task(self._join_or_leave(channel))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)
        await asyncio.wait({task}, timeout=JOIN_PATIENCE)

    async def _join_or_leave(self, channel: str) -> None:
        # One at a time: a leave that overtakes a join would leave the channel deaf.
        async with self._lock:
            wanted = self._wanted(channel)
            if wanted == (channel in self._joined):
                return
            try:
                if wanted:
                    await self._layer.group_add(group_name(channel), await self._channel_name())
                    self._joined.add(channel)
                else:
                    self._joined.discard(channel)
                    await self._layer.group_discard(group_name(channel), await self._channel_name())
            except Exception:
                logger.warning("hub_subscription_failed", channel=channel, exc_info=True)

    def _wanted(self, channel: str) -> bool:
        return channel == HUBS or channel in self._listeners or channel in self._entering

    def _forget(self, canal: Canal, prise: Prise) -> None:
        """Remove a socket from a channel, leaving nothing empty behind: what is there is wanted."""
        channel = str(canal)
        for table in (self._listeners, self._entering):
            prises: Any = table.get(channel)
            if prises is None or prise not in prises:
                continue
            if isinstance(prises, dict):
                del prises[prise]
            else:
                prises.discard(prise)
                if canal.options.presence:
                    self.presence.leave(canal, prise)
            if not prises:
                del table[channel]


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def get_hub() -> Hub:
    """The running loop's hub, made at the first call."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    return hub
