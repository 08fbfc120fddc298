"""What the people of this process chose to show, kept at hand: asked for at each arrival and each word.

PostgreSQL tells of every change (`realtime.veille`), and the end of a state is looked for at each heartbeat: whoever becomes
invisible leaves at once, as if their pages were closed.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from django.utils import timezone

from annuaire.presence.lecture import Choix, choices_of
from realtime.fils import in_guard_thread

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = structlog.get_logger(__name__)

NOTHING = Choix()


class Etats:
    """The hub's view of what its people chose: learnt at their first subscription, before anybody is told of them."""

    RETRY = 1.0  # seconds

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        # As chosen, ends included; and what of it was last acted upon.
        self._chosen: dict[int, Choix] = {}
        self._shown: dict[int, Choix] = {}
        self._to_read: set[int] = set()
        self._reading: asyncio.Task[None] | None = None

    def of(self, person: int) -> Choix:
        """What the person shows, as others were told of it."""
        return self._shown.get(person, NOTHING)

    def invisible(self, person: int) -> bool:
        return self.of(person).invisible

    def frame(self, person: int) -> dict[str, Any] | None:
        """What browsers get of somebody of this process who is visible; None for who is en ligne and says nothing."""
        choix = self._chosen.get(person, NOTHING).at(timezone.now())
        shown = NOTHING if choix.invisible else choix
        return shown.frame(inactif=self._hub.ouvertes.idle(person))

    def learn(self, person: int, choix: Choix) -> None:
        """Take what was read of a person who has sockets here; an older reading that comes late changes nothing."""
        known = self._chosen.get(person)
        if known is not None and known.version > choix.version:
            return
        if known is None or known.version < choix.version:
            self._chosen[person] = choix
        self._act(person)

    def forget(self, person: int) -> None:
        """They have no socket here any more."""
        self._chosen.pop(person, None)
        self._shown.pop(person, None)

    def look(self, person: int) -> None:
        """Their state changed in the database: read it soon, with those that change in the same moment."""
        if self._hub.lines_of(person):
            self._to_read.add(person)
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read(), name="etats")

    def expire(self) -> None:
        """Act upon the states whose time is over."""
        for person in list(self._chosen):
            self._act(person)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        while self._to_read:
            people, self._to_read = self._to_read, set()
            try:
                found = await _choices_of(people)
            except Exception:
                # The database is away. What it tells again when it is back includes these.
                logger.warning("states_not_read", people=len(people), exc_info=True)
                self._to_read |= people
                await asyncio.sleep(self.RETRY)
                continue
            for person, choix in found.items():
                if self._hub.lines_of(person):
                    self.learn(person, choix)

    def _act(self, person: int) -> None:
        before, now = self.of(person), self._chosen[person].at(timezone.now())
        if before == now:
            return
        self._shown[person] = now
        if now.invisible and not before.invisible:
            self._hub.hide(person)
        elif before.invisible and not now.invisible:
            self._hub.show(person)
        elif not now.invisible:
            self._hub.presence.changed(person)


_choices_of = in_guard_thread(choices_of)
