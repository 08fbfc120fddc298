"""The WebSocket endpoint: one consumer per browser tab, for everything that appears live."""

import asyncio
import contextlib
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.exceptions import PermissionDenied
from django.http import Http404

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from realtime.access import get_salon
from realtime.actions import mark_salon_read, send_message
from realtime.canaux import Canal, can_write_in, last_number_for, refused_among
from realtime.ecriture import Droits
from realtime.frames import person_frame
from realtime.historique import frames_after
from realtime.hub import get_hub
from realtime.presence import SHOWN
from realtime.prises import SESSION_ENDED, TOO_MANY_FRAMES, Prise
from realtime.protocole import (
    Abonner,
    Desabonner,
    Dire,
    Ecrit,
    Lu,
    Ping,
    Recu,
    Trame,
    TrameRefusee,
    parse_frame,
)

logger = structlog.get_logger(__name__)

TRY_AGAIN_LATER = 1013
MAX_SUBSCRIPTIONS = 50


class Debit:
    """How fast one socket may speak: `BURST` frames at once, then `BURST` every `PERIOD` seconds."""

    BURST = 30
    PERIOD = 10.0  # seconds
    PATIENCE = 300  # frames refused in a row before the line is cut

    def __init__(self, now: float) -> None:
        self._credit = float(self.BURST)
        self._at = now
        self.refused = 0

    def allow(self, now: float) -> bool:
        """Count a frame received at `now` (the loop's clock)."""
        self._credit = min(self.BURST, self._credit + (now - self._at) * self.BURST / self.PERIOD)
        self._at = now
        if self._credit < 1:
            self.refused += 1
            return False
        self._credit -= 1
        self.refused = 0
        return True


class LiveConsumer(AsyncWebsocketConsumer):
    """Reads frames, hands them to the actions, and leaves the sending of events to the hub.

    Frames of one socket are taken one after the other: what somebody says twice in a row arrives in order.
    """

    # No channel of its own in the channel layer: the hub has one for the whole process.
    channel_layer_alias = "aucune"

    prise: Prise | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also when the server cancels the consumer, or when it fails.
            await self._leave()

    async def connect(self) -> None:
        user = self.scope["user"]
        session_key = self.scope["session"].session_key
        agent = await _load(user.pk) if user.is_authenticated and session_key else None
        if agent is None:
            await self.close(SESSION_ENDED)
            return
        loop = asyncio.get_running_loop()
        self._debit = Debit(loop.time())
        self._droits = Droits()
        self._rechecks: set[asyncio.Task[None]] = set()
        self._hub = get_hub()
        self.prise = Prise(
            personne=person_frame(agent),
            session_key=session_key,
            password=agent.password,
            send=self.send,
            close=self.close,
            on_access_change=self._recheck_soon,
        )
        self.prise.checked_at = loop.time()
        # Before the line opens: a session that ends now must find the socket.
        await self._hub.register(self.prise)
        await self.accept()
        self.prise.start()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Obey one frame. Whatever it holds, the answer is a frame, never a broken line."""
        assert self.prise is not None
        if self.prise.closed:
            return
        try:
            frame = parse_frame(text_data)
        except TrameRefusee as refused:
            if self._within_rate():
                self._error(refused.code, refused.message, refused.ref)
            return
        # The answer to our own question is not counted: the server decides how many there are.
        if isinstance(frame, Recu) and self.prise.acknowledge(frame.n):
            return
        if not self._within_rate(frame.ref):
            return
        try:
            await self._obey(frame)
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

    async def _obey(self, frame: Trame) -> None:
        match frame:
            case Abonner():
                await self._subscribe(frame)
            case Desabonner():
                await self._hub.unsubscribe(self._prise, frame.canal)
                self._droits.leave(frame.canal)
                self._answer({"type": "desabonne", "canal": str(frame.canal)}, frame.ref)
            case Dire():
                numero = await _say(self._prise.agent_id, frame)
                self._answer(
                    {
                        "type": "accuse",
                        "salon": frame.salon,
                        "client_id": str(frame.client_id),
                        "numero": numero,
                    },
                    frame.ref,
                )
            case Lu():
                await _read(self._prise.agent_id, frame)
            case Ecrit():
                await self._tell_of_writing(frame)
            case Ping():
                self._answer({"type": "pong"}, frame.ref)
            case Recu():
                self._error("champ_invalide", "Ce jalon n’a pas été envoyé.", frame.ref)

    async def _tell_of_writing(self, frame: Ecrit) -> None:
        """Pass on that the person writes. What is too much, or not permitted, is dropped without a word:
        nobody waits for an answer."""
        canal, prise, droits = frame.canal, self._prise, self._droits
        now = asyncio.get_running_loop().time()
        if canal not in prise.canaux or droits.too_soon(canal, now):
            return
        ecriture = self._hub.ecriture
        # Before any look at the database: in a crowd, most stop here.
        if not ecriture.may_say(canal, prise.agent_id, frame.actif):
            return
        nom = droits.known(canal, now)
        if nom is None:
            oublis = droits.oublis
            nom = await _name_to_show(prise.agent_id, canal)
            # Withdrawn while we looked: what was read may be of before.
            if droits.oublis != oublis or canal not in prise.canaux:
                return
            droits.remember(canal, nom, now)
            if not ecriture.may_say(canal, prise.agent_id, frame.actif):
                return
        if nom:
            ecriture.say(canal, prise.agent_id, nom, frame.actif)

    # --- Subscriptions -----------------------------------------------------------------------

    async def _subscribe(self, frame: Abonner) -> None:
        canal, prise = frame.canal, self._prise
        new = canal not in prise.canaux
        if new:
            if len(prise.canaux) >= MAX_SUBSCRIPTIONS:
                self._error(
                    "trop_d_abonnements", "Cette page suit déjà trop de conversations à la fois.", frame.ref
                )
                return
            await _check(prise.agent_id, canal)
            await self._hub.subscribe(prise, canal)
        # Read after the subscription holds, access included: what is said between the two comes live, and an
        # access withdrawn between the two is either seen here or finds the subscription.
        named = new or frame.apres is None
        present = await self._hub.presence.present(canal) if canal.genre == "salon" and named else []
        try:
            news = await _news(prise.agent_id, canal, frame.apres, present[:SHOWN])
        except (Http404, PermissionDenied):
            await self._hub.unsubscribe(prise, canal)
            raise
        answer: dict[str, Any] = {
            "type": "abonne",
            "canal": str(canal),
            "dernier_numero": news["dernier_numero"],
        }
        if canal.genre == "salon" and named:
            answer |= {"presents": news["presents"], "nombre": len(present)}
        self._answer(answer, frame.ref)
        if "messages" in news:
            prise.push_frame(
                {
                    "type": "rattrapage",
                    "canal": str(canal),
                    "messages": news["messages"],
                    "suite": news["suite"],
                }
            )

    def _recheck_soon(self) -> None:
        """The person's memberships changed (or it is time to look): look again at all that is open."""
        self._droits.forget()
        task = asyncio.create_task(self._recheck(), name="recheck")
        self._rechecks.add(task)
        task.add_done_callback(self._rechecks.discard)

    async def _recheck(self) -> None:
        try:
            refused = await _refused(self._prise.agent_id, frozenset(self._prise.canaux))
        except Exception:
            # Better a line cut, which comes back and is checked, than one that may say too much.
            logger.warning("recheck_failed", exc_info=True)
            self._prise.close(TRY_AGAIN_LATER)
            return
        for canal in refused:
            await self._hub.unsubscribe(self._prise, canal)
            self._prise.push_frame({"type": "ferme", "canal": str(canal)})

    # --- Answers -----------------------------------------------------------------------------

    @property
    def _prise(self) -> Prise:
        assert self.prise is not None
        return self.prise

    def _within_rate(self, ref: str | None = None) -> bool:
        if self._debit.allow(asyncio.get_running_loop().time()):
            return True
        if self._debit.refused > Debit.PATIENCE:
            self._prise.close(TOO_MANY_FRAMES)
        else:
            self._error("trop_de_trames", "Trop de messages à la fois : attendez quelques secondes.", ref)
        return False

    def _answer(self, frame: dict[str, Any], ref: str | None) -> None:
        self._prise.push_frame(frame if ref is None else {**frame, "ref": ref})

    def _error(self, code: str, message: str, ref: str | None) -> None:
        self._prise.push_frame({"type": "erreur", "code": code, "message": message, "ref": ref})

    async def _leave(self) -> None:
        if self.prise is None:
            return
        for task in tuple(self._rechecks):
            task.cancel()
        self.prise.stop()
        with contextlib.suppress(Exception):
            await self._hub.unregister(self.prise)


# --- Database, each in a thread of its own so that sockets do not wait for one another ---------------


def _in_thread(function: Any) -> Any:
    return database_sync_to_async(function, thread_sensitive=False)


@_in_thread
def _load(agent_id: int) -> Agent | None:
    return Agent.objects.active().with_place().filter(pk=agent_id).first()


def _agent(agent_id: int) -> Agent:
    """The person as they are now: names change and accounts close while a tab stays open for days."""
    agent = Agent.objects.active().with_place().filter(pk=agent_id).first()
    if agent is None:
        raise PermissionDenied("Ce compte est fermé.")
    return agent


@_in_thread
def _check(agent_id: int, canal: Canal) -> None:
    last_number_for(_agent(agent_id), canal)


_refused = _in_thread(refused_among)


@_in_thread
def _name_to_show(agent_id: int, canal: Canal) -> str:
    """The name under which the channel may be told that this person writes; empty if it may not, or if they
    would rather not."""
    agent = Agent.objects.active().filter(pk=agent_id).first()
    shown = agent is not None and agent.montre_ecriture and can_write_in(agent, canal)
    return agent.nom_complet if shown else ""


@_in_thread
def _say(agent_id: int, frame: Dire) -> int:
    agent = _agent(agent_id)
    return send_message(agent, get_salon(agent, frame.salon), frame.texte, frame.client_id).numero


@_in_thread
def _read(agent_id: int, frame: Lu) -> None:
    agent = _agent(agent_id)
    mark_salon_read(agent, get_salon(agent, frame.salon), frame.numero)


@_in_thread
def _news(agent_id: int, canal: Canal, apres: int | None, present: list[int]) -> dict[str, Any]:
    """What a subscription begins with: last number, who is there, what was missed since `apres`."""
    news: dict[str, Any] = {"dernier_numero": last_number_for(_agent(agent_id), canal)}
    if canal.genre == "salon":
        people = Agent.objects.active().with_place().filter(pk__in=present).order_by("nom", "prenom", "pk")
        news["presents"] = [person_frame(person) for person in people]
        if apres is not None:
            news["messages"], news["suite"] = frames_after(canal.pk, apres)
    return news
