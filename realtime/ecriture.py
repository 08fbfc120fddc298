"""Who is writing at this moment: said to those who read the same channel, kept nowhere, and never in a storm."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plateforme.socle.canaux import Canal
from realtime.prises import Prise

if TYPE_CHECKING:
    from realtime.hub import Hub

EVERY = 2.0  # seconds between two words of one socket, or of one person, about one channel
SHOWN_FOR = 6.0  # seconds that a page shows somebody after their last word (static/realtime/ecriture.js)
# People at once on a channel; a page says « Plusieurs personnes » well before.
CROWD = 5
# Events on their way to Redis: when it is slow, the others are not worth waiting for.
IN_FLIGHT = 50


@dataclass
class Droits:
    """What one socket may say of its person's writing, remembered so that a keystroke costs no query."""

    REMEMBERED = 30.0  # seconds

    # By channel: the name to show, empty where nothing may be said, and until when that holds.
    noms: dict[Canal, tuple[str, float]] = field(default_factory=dict)
    dits: dict[Canal, float] = field(default_factory=dict)
    oublis: int = 0

    def forget(self) -> None:
        """Access may have changed: all is to be looked at again, what is being looked at included."""
        self.noms.clear()
        self.oublis += 1

    def leave(self, canal: Canal) -> None:
        """The socket no longer listens to `canal`. The pace is kept: coming back at once gives no advantage."""
        self.noms.pop(canal, None)

    def too_soon(self, canal: Canal, now: float) -> bool:
        """Whether this socket spoke of `canal` less than `EVERY` ago; if not, counts this word."""
        if now - self.dits.get(canal, -EVERY) < EVERY:
            return True
        self.dits = {other: at for other, at in self.dits.items() if now - at < EVERY}
        self.dits[canal] = now
        return False

    def known(self, canal: Canal, now: float) -> str | None:
        """The name to show in `canal`, empty if nothing may be said; None when it is to be looked at."""
        nom, until = self.noms.get(canal, ("", now))
        return nom if now < until else None

    def remember(self, canal: Canal, nom: str, now: float) -> None:
        self.noms[canal] = (nom, now + self.REMEMBERED)


class Ecriture:
    """The hub's view of who writes where: what this process says, and what it hears of the others."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        # By channel, then person: when last heard, and whether they were writing.
        self._recents: dict[str, dict[int, tuple[float, bool]]] = {}
        self._swept_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def may_say(self, canal: Canal, agent_id: int, actif: bool) -> bool:
        """Whether the channel can bear one more word about this person now, and is to learn something by it."""
        now = asyncio.get_running_loop().time()
        recents = self._recents.get(str(canal), {})
        last, writing = recents.get(agent_id, (-EVERY, False))
        if now - last < EVERY or not (actif or writing):
            return False
        others = sum(
            actif and now - at < SHOWN_FOR for person, (at, actif) in recents.items() if person != agent_id
        )
        return others < CROWD and len(self._tasks) < IN_FLIGHT

    def say(self, canal: Canal, agent_id: int, nom: str, actif: bool, racine: int | None = None) -> None:
        """Publish, in the thread of line `racine` if it is given; waits for nothing. The caller has checked the right,
        and asked `may_say`."""
        event: dict[str, Any] = {"type": "ecrit", "auteur": {"id": agent_id, "nom": nom}, "actif": actif}
        if racine is not None:
            event["racine"] = racine
        self.hear(str(canal), event)
        task = asyncio.create_task(self._hub.publish(canal, event), name="ecriture")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def hear(self, channel: str, event: Mapping[str, Any]) -> None:
        """Note what was said, here or in another process: the bound is the channel's, not the process's."""
        now = asyncio.get_running_loop().time()
        self._sweep(now)
        self._recents.setdefault(channel, {})[event["auteur"]["id"]] = (now, event["actif"])

    def concerns(self, event: Mapping[str, Any], prise: Prise) -> bool:
        """Whether a socket is to get this: not its own person's, and not on top of what it has yet to read."""
        return prise.agent_id != event["auteur"]["id"] and not prise.behind

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _sweep(self, now: float) -> None:
        if now - self._swept_at < SHOWN_FOR:
            return
        self._swept_at = now
        recents = {
            channel: {person: said for person, said in people.items() if now - said[0] < SHOWN_FOR}
            for channel, people in self._recents.items()
        }
        self._recents = {channel: people for channel, people in recents.items() if people}
