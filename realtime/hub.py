"""Live events inside one process: one Redis subscription per channel, then straight to each socket.

A Channels consumer per socket in a group would cost a task wake-up, a decoding and an encoding per member
and message; here each event is decoded and encoded once, and the loop below only appends to queues.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils.crypto import salted_hmac

from plateforme.socle.canaux import Canal, parse_canal
from plateforme.socle.diffusion import group_name
from realtime.battement import Battement
from realtime.ecriture import Ecriture
from realtime.fermetures import COMPTE_FERME, SESSION_TERMINEE, TROP_DE_CONNEXIONS
from realtime.presence import Presence
from realtime.prises import Prise
from realtime.trames import encode

logger = structlog.get_logger(__name__)

JOIN_PATIENCE = 2.0  # seconds that a subscription waits for Redis before going on without it
RETRY_EVERY = 1.0  # seconds
# Events handed out before the sockets get their turn to write: well under what one of their queues holds.
BURST = 50
# Events after which what a person may do, or wants shown of them, is to be looked at again.
ACCESS = {"acces.change", "participation.change", "profil.change"}


class Hub:
    """What one event loop (one process, in production) listens to, and for whom. Not thread-safe.

    Redis may go away and come back: subscriptions are asked again until they are held, and browsers fill
    what they missed through the heartbeat.
    """

    def __init__(self) -> None:
        self.prises: set[Prise] = set()
        self.presence = Presence(self)
        self.battement = Battement(self)
        self.ecriture = Ecriture(self)
        self._layer = get_channel_layer()
        self._name: str | None = None
        self._listeners: dict[str, set[Prise]] = {}
        # Dictionaries for their order: the oldest first.
        self._own: dict[str, dict[Prise, None]] = {}
        self._joined: set[str] = set()
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._joining: set[asyncio.Task[None]] = set()

    # --- Sockets come and go -----------------------------------------------------------------

    async def register(self, prise: Prise) -> None:
        """Take a new socket in: from now on, what concerns its person's access reaches it.

        A person who has too many loses the oldest: the new one is the page that they are looking at. Counted
        in this process alone, which is what its memory needs and holds without Redis.
        """
        self._ensure_running()
        self.prises.add(prise)
        channel = f"agent.{prise.agent_id}"
        own = self._own.setdefault(channel, {})
        own[prise] = None
        alive = [other for other in own if not other.closed]
        for oldest in alive[: max(0, len(alive) - settings.DIRECT["connexions"])]:
            oldest.close(TROP_DE_CONNEXIONS)
        await self._settle(channel)

    async def unregister(self, prise: Prise) -> None:
        """Forget a socket, with all it listened to. Harmless when it is not known."""
        if prise not in self.prises:
            return
        # Everything that is not awaited first: this runs at the end of tasks that may be cancelled again.
        self.prises.discard(prise)
        canaux, prise.canaux = prise.canaux, set()
        for canal in canaux:
            _discard(self._listeners, str(canal), prise)
        own = f"agent.{prise.agent_id}"
        self._own[own].pop(prise)
        if not self._own[own]:
            del self._own[own]
        for canal in canaux:
            if canal.options.presence:
                await self.presence.leave(canal, prise)
            await self._settle(str(canal))
        await self._settle(own)

    async def subscribe(self, prise: Prise, canal: Canal) -> None:
        """Have `prise` receive the channel's events. The caller has checked that its person may.

        Nothing is awaited before the socket is counted in: an access withdrawn meanwhile finds it.
        """
        prise.canaux.add(canal)
        self._listeners.setdefault(str(canal), set()).add(prise)
        await self._settle(str(canal))
        if canal.options.presence:
            await self.presence.enter(canal, prise)

    async def unsubscribe(self, prise: Prise, canal: Canal) -> None:
        """The opposite of `subscribe`; harmless when not subscribed."""
        if canal not in prise.canaux:
            return
        prise.canaux.discard(canal)
        _discard(self._listeners, str(canal), prise)
        if canal.options.presence:
            await self.presence.leave(canal, prise)
        await self._settle(str(canal))

    def listeners(self, canal: Canal) -> tuple[Prise, ...]:
        return tuple(self._listeners.get(str(canal), ()))

    def with_presence(self) -> list[Canal]:
        """The channels that tell who is there and that somebody of this process follows."""
        return list({canal for prise in self.prises for canal in prise.canaux if canal.options.presence})

    # --- Events ------------------------------------------------------------------------------

    async def publish(self, canal: Canal, event: Mapping[str, Any]) -> None:
        """Send an event that no transaction stands behind (presence, writing). Lost without a word if Redis is away."""
        message = {"type": "diffusion", "channel": str(canal), "event": dict(event)}
        try:
            await self._layer.group_send(group_name(str(canal)), message)
        except Exception:
            logger.warning("live_event_lost", channel=str(canal), type=event.get("type"))

    def deliver(self, channel: str, event: Mapping[str, Any]) -> None:
        """Hand an event to the local sockets that listen. Encoded once, never waits."""
        own = self._own.get(channel)
        if own:
            if _is_for_the_hub(event):
                self._apply(event, tuple(own))
                return
            if event.get("type") in ACCESS:
                for prise in tuple(own):
                    prise.on_access_change()
        listeners = self._listeners.get(channel)
        if listeners:
            text = encode({"canal": channel, **event})
            canal = parse_canal(channel)
            closing = canal is not None and event.get("type") in canal.options.fermants
            writing = event.get("type") == "ecrit"
            if writing:
                self.ecriture.hear(channel, event)
            for prise in tuple(listeners):
                if writing and not self.ecriture.concerns(event, prise):
                    continue
                prise.push(text)
                if closing:
                    # After the event: the page says what happened before it stops hearing of it.
                    prise.on_access_change()

    def _apply(self, event: Mapping[str, Any], prises: tuple[Prise, ...]) -> None:
        for prise in prises:
            if event["type"] == "compte.ferme":
                prise.close(COMPTE_FERME)
            elif session_mark(prise.session_key) == event.get("session"):
                prise.close(SESSION_TERMINEE)

    # --- Redis -------------------------------------------------------------------------------

    async def close(self) -> None:
        """Stop everything and leave Redis. For tests, and for a loop that ends before its process."""
        running = [*self._tasks, *self._joining]
        for task in running:
            task.cancel()
        for task in running:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for prise in tuple(self.prises):
            prise.stop()
        await self.ecriture.close()
        await self.presence.close()
        await self._layer.flush()
        _hubs.pop(asyncio.get_running_loop(), None)

    def _ensure_running(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._receive(), name="hub-receive"),
                asyncio.create_task(self._heal(), name="hub-heal"),
                asyncio.create_task(self.battement.run(), name="hub-heartbeat"),
            ]

    async def _receive(self) -> None:
        delivered = 0
        while True:
            try:
                async with self._lock:
                    name = await self._channel_name()
                message = await self._layer.receive(name)
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
        while True:
            await asyncio.sleep(RETRY_EVERY)
            for channel in {*self._listeners, *self._own, *self._joined}:
                await self._join_or_leave(channel)

    async def _channel_name(self) -> str:
        """The name under which this hub is a member of groups: one for all its sockets. Under the lock."""
        if self._name is None:
            self._name = await self._layer.new_channel("hub.")
        return self._name

    async def _settle(self, channel: str) -> None:
        """Join or leave the channel's group, as its listeners want; waits a little, not for ever."""
        task = asyncio.create_task(self._join_or_leave(channel))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)
        await asyncio.wait({task}, timeout=JOIN_PATIENCE)

    async def _join_or_leave(self, channel: str) -> None:
        # One at a time: a leave that overtakes a join would leave the channel deaf.
        async with self._lock:
            wanted = channel in self._listeners or channel in self._own
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


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def get_hub() -> Hub:
    """The running loop's hub, made at the first call."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    return hub


def session_mark(session_key: str) -> str:
    """What stands for a session in an event: Redis has no need of a key that opens it."""
    return salted_hmac("realtime.session", session_key, algorithm="sha256").hexdigest()


def _is_for_the_hub(event: Mapping[str, Any]) -> bool:
    return event.get("type") in {"session.fin", "compte.ferme"}


def _discard(table: dict[str, set[Prise]], channel: str, prise: Prise) -> None:
    """Remove, and leave no empty set behind: its presence means that the channel is wanted."""
    prises = table.get(channel)
    if prises is not None:
        prises.discard(prise)
        if not prises:
            del table[channel]
