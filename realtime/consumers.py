"""The WebSocket endpoint: one line per browser tab, for everything that appears live."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from plateforme.socle.canaux import Canal
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from realtime.canaux import look_again
from realtime.echanges import obey
from realtime.ecriture import Droits
from realtime.fermetures import A_REPRENDRE, SESSION_TERMINEE, TROP_DE_TRAMES, VERSION_INCONNUE, Fermeture
from realtime.fils import in_guard_thread, in_thread
from realtime.frames import person_frame
from realtime.hub import Hub, get_hub
from realtime.identite import cookie_key, identify
from realtime.prises import Prise
from realtime.protocole import VERSION, VERSIONS, TrameRecue, TrameRefusee, parse_frame
from realtime.sorties import way_out
from realtime.trames import Bonjour, Erreur, Ferme, Fin, TrameEmise, encode

logger = structlog.get_logger(__name__)

# Seconds for a look that somebody's access hangs on; told and closed within two, as the protocol promises.
URGENT = 1.5
UNHURRIED = 30.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Debit:
    """How fast one socket may speak: a burst at once, then as many every `PERIOD` seconds."""

    PERIOD = 10.0  # seconds

    def __init__(self, now: float) -> None:
        self._burst: int = settings.DIRECT["trames_par_10_s"]
        self._credit = float(self._burst)
        self._at = now
        self._refused = 0

    def allow(self, now: float) -> bool:
        """Count a frame received at `now` (the loop's clock)."""
        self._credit = min(self._burst, self._credit + (now - self._at) * self._burst / self.PERIOD)
        self._at = now
        if self._credit < 1:
            self._refused += 1
            return False
        self._credit -= 1
        self._refused = 0
        return True

    @property
    def exhausted(self) -> bool:
        """So many frames refused in a row that the line is to be cut."""
        return self._refused > settings.DIRECT["trames_refusees"]


async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application behind `/ws/`."""
    await Connexion(scope, receive, send).run()


class Connexion:
    """Reads frames, has them obeyed, and leaves the sending of events to the hub.

    A plain ASGI application rather than a Channels consumer: one task for an idle line. Frames are counted as
    they arrive, then obeyed one after the other: what somebody says twice in a row arrives in order, and a
    database that is slow to answer does not let a flood pile up behind it.
    """

    prise: Prise
    agent_id: int
    hub: Hub

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self.droits = Droits()
        self._waiting: deque[TrameRecue] = deque()
        self._obeying: asyncio.Task[None] | None = None
        self.changes = 0  # of what the person may have, counted
        self._looking: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """From the handshake to the end of the line."""
        await self._receive()  # websocket.connect
        key = cookie_key(self._scope)
        known = await _identify(key) if key else None
        if known is None:
            await self._send({"type": "websocket.close", "code": SESSION_TERMINEE.code})
            return
        if not await self._speaks_our_version():
            return
        agent = known.agent
        self.agent_id, self.hub = agent.pk, get_hub()
        loop = asyncio.get_running_loop()
        self._debit = Debit(loop.time())
        self.prise = Prise(
            personne=person_frame(agent),
            session_key=known.session_key,
            password=agent.password,
            sortie=way_out(self._scope, self._send),
            ecoulement=self.hub.ecoulement,
            on_access_change=self._look_again,
        )
        self.prise.checked_at = loop.time()
        try:
            # Before the line opens: a session that ends now must find the socket.
            await self.hub.register(self.prise)
            await self._send({"type": "websocket.accept"})
            self.reply(_welcome(agent.pk))
            self.prise.start()
            while (event := await self._receive())["type"] == "websocket.receive":
                self._take(event.get("text"))
        finally:
            # Also when the server cancels the application, or when it fails.
            await self._leave()

    async def _speaks_our_version(self) -> bool:
        """Refuse, in words, a browser that asks for a protocol that is no longer spoken, or not yet."""
        asked = parse_qs(self._scope.get("query_string", b"").decode("latin-1")).get("v", [str(VERSION)])[-1]
        if asked in {str(version) for version in VERSIONS}:
            return True
        await self._send({"type": "websocket.accept"})
        why = encode(Fin(VERSION_INCONNUE.raison, VERSION_INCONNUE.message).contenu())
        await self._send({"type": "websocket.send", "text": why})
        await self._send({"type": "websocket.close", "code": VERSION_INCONNUE.code})
        return False

    def _take(self, text: str | None) -> None:
        """Count one frame, and have it obeyed after those before it.

        Whatever it holds, the answer is a frame, never a broken line.
        """
        if self.prise.closed:
            return
        try:
            frame = parse_frame(text)
        except TrameRefusee as refused:
            if self._within_rate(refused.ref):
                self._error(refused.code, refused.message, refused.ref)
            return
        if self._within_rate(frame.ref):
            self._waiting.append(frame)
            if self._obeying is None:
                self._obeying = asyncio.create_task(self._obey_all(), name="obey")

    async def _obey_all(self) -> None:
        while self._waiting and not self.prise.closed:
            await self._obey(self._waiting.popleft())
        self._obeying = None

    async def _obey(self, frame: TrameRecue) -> None:
        try:
            await obey(self, frame)
        except TropDeDemandes as refused:
            self.reply(Erreur(refused.code, refused.message, refused.attente), frame.ref)
        except ActionRefusee as refused:
            self._error(refused.code, refused.message, frame.ref)
        except PermissionDenied as refused:
            self._error("acces_refuse", str(refused), frame.ref)
        except Http404 as missing:
            self._error("introuvable", str(missing), frame.ref)
        except Exception:
            logger.exception("frame_failed", frame=type(frame).__name__)
            self._error(
                "erreur_interne", "Le serveur n’a pas pu répondre. Rien n’est perdu : réessayez.", frame.ref
            )

    # --- Access ------------------------------------------------------------------------------

    def _look_again(self, urgent: bool = True) -> asyncio.Task[None]:
        """What the person may have changed, or it is time to look: look again at all that is open.

        A look that is waiting for its turn will see this change as well; one that has begun may not.
        """
        self.droits.forget()
        self.changes += 1
        if self._looking is not None and not self._looking.done():
            if not urgent:
                return self._looking
            self._looking.cancel()
        self._looking = asyncio.create_task(self._look(URGENT if urgent else UNHURRIED), name="look-again")
        return self._looking

    async def _look(self, patience: float) -> None:
        seen = -1
        while seen != self.changes and not self.prise.closed:
            seen = self.changes
            try:
                async with asyncio.timeout(patience):
                    found = await _look_again(
                        self.agent_id,
                        self.prise.session_key,
                        self.prise.password,
                        frozenset(self.prise.canaux),
                    )
            except Exception:
                # Better a line cut, which comes back and is checked, than one that may say too much.
                logger.warning("look_again_failed", exc_info=True)
                self.prise.close(A_REPRENDRE)
                return
            if isinstance(found, Fermeture):
                self.prise.close(found)
                return
            for canal, why in found.items():
                await self.withdraw(canal, why)

    async def withdraw(self, canal: Canal, why: str) -> None:
        """Stop a subscription that is no longer allowed, and say so."""
        await self.hub.unsubscribe(self.prise, canal)
        self.reply(Ferme(str(canal), why))

    # --- Answers -----------------------------------------------------------------------------

    def reply(self, frame: TrameEmise, ref: str | None = None) -> None:
        """Send a frame to this line alone; `ref` is that of the frame it answers."""
        self.prise.push_frame(frame, ref)

    def _within_rate(self, ref: str | None) -> bool:
        if self._debit.allow(asyncio.get_running_loop().time()):
            return True
        if self._debit.exhausted:
            self.prise.close(TROP_DE_TRAMES)
        else:
            self._error("trop_de_trames", "Trop de messages à la fois : attendez quelques secondes.", ref)
        return False

    def _error(self, code: str, message: str, ref: str | None) -> None:
        self.reply(Erreur(code, message), ref)

    async def _leave(self) -> None:
        for task in (self._obeying, self._looking):
            if task is not None:
                task.cancel()
        self.prise.stop()
        with contextlib.suppress(Exception):
            await self.hub.unregister(self.prise)


def _welcome(agent_id: int) -> Bonjour:
    now: datetime = timezone.now()
    return Bonjour(VERSION, sorted(VERSIONS), agent_id, now.isoformat(), dict(settings.DIRECT))


_identify = in_thread(identify)
_look_again = in_guard_thread(look_again)
