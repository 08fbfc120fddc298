"""The hub: one group membership whatever the number of tabs, and no tab that holds the others back."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from channels.layers import get_channel_layer

from plateforme.socle.canaux import Canal
from plateforme.socle.diffusion import group_name
from realtime.fermetures import TROP_LENT
from realtime.hub import Hub
from realtime.presence import Presence, _key
from realtime.prises import Ecoulement, Prise, prepare
from realtime.sorties import SortieAsgi, text_of

SALON = Canal("salon", 4_000_001)


class Bout:
    """A network end that keeps what it gets."""

    def __init__(self, blocked: bool = False) -> None:
        self.texts: list[str] = []
        self.code: int | None = None
        self._open = asyncio.Event()
        if not blocked:
            self._open.set()

    async def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.code = message["code"]
            return
        await self._open.wait()
        self.texts.append(message["text"])

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    def of(self, genre: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == genre]


def make_prise(bout: Bout, agent_id: int = 1) -> Prise:
    sortie = SortieAsgi(bout.take)
    prise = Prise({"id": agent_id, "nom": f"Agent {agent_id}"}, "cle", "secret", sortie, Ecoulement())
    prise.start()
    return prise


async def until(condition: Callable[[], Any], patience: float = 3.0) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.01)


async def publish(canal: Canal, **event: Any) -> None:
    await get_channel_layer().group_send(
        group_name(str(canal)), {"type": "diffusion", "channel": str(canal), "event": event}
    )


async def test_many_tabs_one_membership(hub: Hub):
    bouts = [Bout() for _ in range(50)]
    prises = [make_prise(bout, number) for number, bout in enumerate(bouts, 1)]
    for prise in prises:
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    layer = get_channel_layer()
    assert len(layer.groups[layer._get_group_channel_name(group_name(str(SALON)))]) == 1
    assert len(layer.channels) == 1
    await publish(SALON, type="essai", texte="Évènement")
    await until(lambda: all(bout.of("essai") for bout in bouts))
    # The very same encoded text for all.
    assert len({next(text for text in bout.texts if "essai" in text) for bout in bouts}) == 1
    assert bouts[0].of("essai") == [{"canal": str(SALON), "type": "essai", "texte": "Évènement"}]
    for prise in prises:
        await hub.unregister(prise)
    # What processes tell one another stays.
    assert set(layer.groups) <= {layer._get_group_channel_name(group_name("hubs"))}
    for prise in prises:
        prise.stop()


async def test_slow_socket_is_dropped_and_the_others_hear_all(hub: Hub, settings: Any):
    settings.DIRECT = {**settings.DIRECT, "file_trames": 60}
    slow, quick = Bout(blocked=True), Bout()
    prises = [make_prise(slow, 1), make_prise(quick, 2)]
    for prise in prises:
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    # A burst far over the bound: only who does not read is dropped for it.
    for number in range(300):
        await publish(SALON, type="essai", numero=number)
    await until(lambda: len(quick.of("essai")) == 300)
    assert [frame["numero"] for frame in quick.of("essai")] == list(range(300))
    await until(lambda: slow.code is not None)
    assert slow.code == TROP_LENT.code
    assert quick.code is None
    for prise in prises:
        await hub.unregister(prise)
        prise.stop()


async def test_what_a_reader_is_not_ready_for_waits_then_leaves_in_order(settings: Any):
    """The way out says whether the reader follows; what waits is tried again without any new event."""

    class Bouchee(Bout):
        open = False
        written: list[list[bytes]]

        def ready(self) -> bool:
            return self.open

        def write(self, frames: list[bytes], joined: bytes) -> None:
            assert joined == b"".join(frames)
            self.texts += [text_of(frame) for frame in frames]

    bout = Bouchee()
    prise = Prise({"id": 1, "nom": "Agent 1"}, "cle", "secret", bout, Ecoulement())
    prise.start()
    for number in range(Prise.BEHIND):
        prise.push(prepare({"type": "essai", "n": number}))
    await asyncio.sleep(0.12)
    assert bout.texts == []
    assert prise.behind
    bout.open = True
    await until(lambda: bout.texts)
    assert [frame["n"] for frame in bout.frames] == list(range(Prise.BEHIND))
    assert not prise.behind
    prise.stop()


async def test_queue_is_bounded_in_bytes(settings: Any):
    settings.DIRECT = {**settings.DIRECT, "file_octets": 5000}
    bout = Bout(blocked=True)
    prise = make_prise(bout)
    for _ in range(8):
        prise.push(b"a" * 1000)
    await until(lambda: bout.code is not None)
    assert bout.code == TROP_LENT.code
    prise.push(b"plus rien")
    assert bout.texts == []


async def test_redis_away_then_back(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    """A subscription made while Redis does not answer holds without it, and works when it is back."""
    monkeypatch.setattr("realtime.hub.RETRY_EVERY", 0.05)
    layer = get_channel_layer()._get_layer()
    really_add = layer.group_add
    answers = SimpleNamespace(there=False)

    async def group_add(group: str, channel: str) -> None:
        if not answers.there:
            raise ConnectionError("Redis is away")
        await really_add(group, channel)

    monkeypatch.setattr(layer, "group_add", group_add)
    bout = Bout()
    prise = make_prise(bout)
    await hub.register(prise)
    await hub.subscribe(prise, SALON)
    await publish(SALON, type="perdu")
    answers.there = True
    await until(lambda: str(SALON) in hub._joined)
    await publish(SALON, type="essai")
    await until(lambda: bout.of("essai"))
    assert not bout.of("perdu")
    await hub.unregister(prise)
    prise.stop()


async def test_connection_to_redis_cut_is_mended(hub: Hub):
    bout = Bout()
    prise = make_prise(bout)
    await hub.register(prise)
    await hub.subscribe(prise, SALON)
    # This process's own line only: the other workers use the same Redis.
    shard = get_channel_layer()._get_layer()._shards[0]
    shard._pubsub.connection._writer.transport.abort()

    async def heard() -> bool:
        with contextlib.suppress(Exception):
            await publish(SALON, type="essai")
        await asyncio.sleep(0.05)
        return bool(bout.of("essai"))

    async with asyncio.timeout(5):
        while not await heard():
            pass
    await hub.unregister(prise)
    prise.stop()


async def test_presence_counts_people_not_tabs(hub: Hub):
    witness, bout = Bout(), Bout()
    watching = make_prise(witness, 9)
    tabs = [make_prise(bout, 1), make_prise(bout, 1)]
    await hub.register(watching)
    await hub.subscribe(watching, SALON)
    for tab in tabs:
        await hub.register(tab)
        await hub.subscribe(tab, SALON)
    assert set(await hub.presence.present(SALON)) == {1, 9}
    await until(lambda: any(tabs[0].personne in f["arrivees"] for f in witness.of("presence")))
    await hub.unregister(tabs[0])
    await asyncio.sleep(0.2)
    assert set(await hub.presence.present(SALON)) == {1, 9}
    assert not any(f["departs"] for f in witness.of("presence"))
    await hub.unregister(tabs[1])
    await until(lambda: any(f["departs"] == [1] and f["nombre"] == 1 for f in witness.of("presence")))
    assert set(await hub.presence.present(SALON)) == {9}
    await hub.unregister(watching)
    for prise in (watching, *tabs):
        prise.stop()


async def test_a_page_that_reloads_is_no_news(hub: Hub):
    witness, bout = Bout(), Bout()
    watching, tab = make_prise(witness, 9), make_prise(bout, 1)
    for prise in (watching, tab):
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    await until(lambda: witness.of("presence"))
    before = len(witness.of("presence"))
    await hub.unsubscribe(tab, SALON)
    await hub.subscribe(tab, SALON)
    # Nor is somebody who comes and goes before anything was told.
    passing = make_prise(bout, 2)
    await hub.register(passing)
    await hub.subscribe(passing, SALON)
    await hub.unregister(passing)
    await asyncio.sleep(0.3)
    assert len(witness.of("presence")) == before
    assert set(await hub.presence.present(SALON)) == {1, 9}
    for prise in (watching, tab):
        await hub.unregister(prise)
        prise.stop()


async def test_presence_over_several_processes(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    """Another process is another `Presence` on the same Redis."""
    elsewhere = Presence(hub)
    witness, bout = Bout(), Bout()
    watching, here, there = make_prise(witness, 9), make_prise(bout, 1), make_prise(bout, 1)
    for prise in (watching, here):
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    elsewhere.enter(SALON, there)
    elsewhere.enter(SALON, make_prise(bout, 5))
    await until(lambda: any(5 in [p["id"] for p in f["arrivees"]] for f in witness.of("presence")))
    assert set(await hub.presence.present(SALON)) == {1, 5, 9}
    # Gone from here, still there.
    await hub.unregister(here)
    await asyncio.sleep(0.2)
    assert set(await hub.presence.present(SALON)) == {1, 5, 9}
    assert not any(f["departs"] for f in witness.of("presence"))
    elsewhere.leave(SALON, there)
    await until(lambda: any(f["departs"] == [1] for f in witness.of("presence")))
    await elsewhere.close()
    await hub.unregister(watching)
    for prise in (watching, here, there):
        prise.stop()


async def test_presence_of_a_dead_process_expires(hub: Hub):
    witness = Bout()
    watching = make_prise(witness, 9)
    await hub.register(watching)
    # Entered by a process that died before it left.
    await hub.presence.client().zadd(_key(SALON), {"5:mort": time.time() + 0.6})
    await hub.subscribe(watching, SALON)
    assert set(await hub.presence.present(SALON)) == {5, 9}
    await asyncio.sleep(0.65)
    await hub.presence.refresh()
    assert set(await hub.presence.present(SALON)) == {9}
    await until(lambda: any(f["departs"] == [5] for f in witness.of("presence")))
    await hub.unregister(watching)
    watching.stop()


async def test_a_sujet_hidden_or_moved_has_its_readers_looked_at_again(hub: Hub):
    sujet, bout = Canal("sujet", 4_000_002), Bout()
    prise = make_prise(bout)
    looked: list[bool] = []
    prise.on_access_change = lambda urgent: looked.append(urgent)
    await hub.register(prise)
    await hub.subscribe(prise, sujet)
    await publish(sujet, type="sujet.masque", sujet=sujet.pk)
    await until(lambda: looked)
    # Told first: the page says what happened.
    await until(lambda: bout.of("sujet.masque"))
    await publish(sujet, type="message.nouveau", sujet=sujet.pk)
    await until(lambda: bout.of("message.nouveau"))
    assert looked == [False]
