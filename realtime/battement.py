"""The heartbeat: what makes up for every event that was lost on the way.

Events travel at most once. Every 25 seconds each socket hears the last number of the salons it has open, so
that a browser notices a last message it never got; and sessions and accounts are looked at again, so that
no socket outlives them by more than that even if the event that should have closed it was lost.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from annuaire.models import Agent
from realtime.models import Salon
from realtime.prises import SESSION_ENDED, Prise, encode

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)


class Battement:
    """Beats for all the sockets of a hub at once: a few queries for hundreds of them."""

    EVERY = 25.0  # seconds
    # Memberships are looked at again too, in case the event of a removal was lost; more queries, so rarer.
    RECHECK_EVERY = 300.0  # seconds
    BATCH = 500  # sockets

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.EVERY)
            try:
                await self.beat()
            except Exception:
                logger.exception("heartbeat_failed")

    async def beat(self) -> None:
        """One beat. With the database away, sockets still hear that the line is open, without numbers."""
        await self._hub.presence.refresh()
        prises = list(self._hub.prises)
        for start in range(0, len(prises), self.BATCH):
            batch = prises[start : start + self.BATCH]
            salons = {canal.pk for prise in batch for canal in prise.canaux if canal.genre == "salon"}
            try:
                void, numbers = await _look(batch, salons)
            except Exception:
                logger.warning("heartbeat_without_database", exc_info=True)
                void, numbers = set(), {}
            for prise in batch:
                if prise in void:
                    prise.close(SESSION_ENDED)
                else:
                    prise.push(_frame(prise, numbers))
                    self._recheck_if_due(prise)

    def _recheck_if_due(self, prise: Prise) -> None:
        now = asyncio.get_running_loop().time()
        if now - prise.checked_at >= self.RECHECK_EVERY:
            prise.checked_at = now
            prise.on_access_change()


def _frame(prise: Prise, numbers: dict[int, int]) -> str:
    salons = {
        str(canal): numbers[canal.pk]
        for canal in prise.canaux
        if canal.genre == "salon" and canal.pk in numbers
    }
    return encode({"type": "battement", "salons": salons})


def _look_now(prises: list[Prise], salons: Iterable[int]) -> tuple[set[Prise], dict[int, int]]:
    """The sockets whose session or account is over, and the salons' last numbers. Three queries at most.

    Reads the sessions' table: the session engine must keep them there (`cached_db` does).
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
    void = {
        prise
        for prise in prises
        if prise.session_key not in sessions or passwords.get(prise.agent_id) != prise.password
    }
    numbers = dict(Salon.objects.filter(pk__in=salons).values_list("pk", "dernier_numero")) if salons else {}
    return void, numbers


_look = database_sync_to_async(_look_now, thread_sensitive=False)
