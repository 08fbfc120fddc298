"""The heartbeat: what makes up for every event that was lost on the way.

Events travel at most once. At each beat every socket hears the last number of the channels it follows, so
that a browser notices a last event that it never got; and sessions and accounts are looked at again: sessions
expire without anybody doing anything, and what the watch tells (`realtime.veille`) is told once.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.canaux import Canal
from realtime import trames
from realtime.fermetures import COMPTE_FERME, SESSION_TERMINEE, Fermeture
from realtime.fils import in_guard_thread
from realtime.prises import Prise, prepare

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)


class Battement:
    """Beats for all the sockets of a hub at once: a few queries for hundreds of them."""

    # Memberships are looked at again too, for rules that nothing tells (a date that passes); more queries, so rarer.
    RECHECK_EVERY = 300.0  # seconds
    BATCH = 500  # sockets

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._now = asyncio.Event()

    def soon(self) -> None:
        """Beat at once: numbers may have been missed."""
        self._now.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._now.wait(), settings.DIRECT["battement_s"])
            self._now.clear()
            try:
                await self.beat()
            except Exception:
                logger.exception("heartbeat_failed")

    async def beat(self) -> None:
        """One beat. With the database away, sockets still hear that the line is open, without numbers."""
        self._hub.etats.expire()
        await self._hub.presence.refresh()
        await self._hub.ouvertes.refresh()
        prises = list(self._hub.prises)
        for start in range(0, len(prises), self.BATCH):
            batch = prises[start : start + self.BATCH]
            counted = {canal for prise in batch for canal in prise.canaux if canal.options.numeros}
            try:
                void, numbers, revisions = await _look(batch, counted)
                looked = True
            except Exception:
                logger.warning("heartbeat_without_database", exc_info=True)
                void, numbers, revisions, looked = {}, {}, {}, False
            # Most follow the same channels: encoded once for them all.
            frames: dict[frozenset[Canal], bytes] = {}
            for prise in batch:
                if prise in void:
                    prise.close(void[prise])
                else:
                    heard = frozenset(prise.canaux & (numbers.keys() | revisions.keys()))
                    if heard not in frames:
                        known = {str(canal): numbers[canal] for canal in heard if canal in numbers}
                        reached = {str(canal): revisions[canal] for canal in heard if canal in revisions}
                        frames[heard] = prepare(trames.Battement(known, reached).contenu(None))
                    prise.push(frames[heard])
                    if looked:
                        self._recheck_if_due(prise)

    def _recheck_if_due(self, prise: Prise) -> None:
        now = asyncio.get_running_loop().time()
        if now - prise.checked_at >= self.RECHECK_EVERY:
            prise.checked_at = now
            prise.on_access_change(urgent=False)


def _look_now(
    prises: list[Prise], canaux: Iterable[Canal]
) -> tuple[dict[Prise, Fermeture], dict[Canal, int], dict[Canal, int]]:
    """The sockets whose session or account is over, the channels' last numbers, their last revisions. A query for each
    matter.

    Reads the sessions' table: the session engine must keep them there.
    """
    sessions = set(
        Session.objects.filter(
            session_key__in=[prise.session_key for prise in prises], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    passwords = dict(
        Agent.objects.active()
        .filter(pk__in={prise.agent_id for prise in prises})
        .values_list("pk", "password")
    )
    void = {}
    for prise in prises:
        if prise.agent_id not in passwords:
            void[prise] = COMPTE_FERME
        elif prise.session_key not in sessions or passwords[prise.agent_id] != prise.password:
            void[prise] = SESSION_TERMINEE
    numbers: dict[Canal, int] = {}
    revisions: dict[Canal, int] = {}
    by_kind: dict[str, list[Canal]] = {}
    for canal in canaux:
        by_kind.setdefault(canal.genre, []).append(canal)
    for genre, alike in by_kind.items():
        found = alike[0].options.numeros
        assert found is not None
        pks = [canal.pk for canal in alike]
        numbers |= {Canal(genre, pk): last for pk, last in found(pks).items()}
        changing = alike[0].options.revisions
        if changing is not None:
            revisions |= {Canal(genre, pk): last for pk, last in changing(pks).items()}
    return void, numbers, revisions


_look = in_guard_thread(_look_now)
