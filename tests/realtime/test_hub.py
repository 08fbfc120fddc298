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
from realtime.presence import _key
from realtime.prises import Prise
from realtime.trames import encode

SALON = Canal("salon", 4_000_001)


class Bout:
    """A network end that keeps what it gets."""

    def __init__(self, blocked: bool = False) -> None:
        self.texts: list[str] = []
        self.code: int | None = None
        self._open = asyncio.Event()
        if not blocked:
            self._open.set()

    async def send(self, text: str) -> None:
        await self._open.wait()
        self.texts.append(text)

    async def close(self, code: int) -> None:
        self.code = code

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    def of(self, genre: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == genre]


def make_prise(bout: Bout, agent_id: int = 1) -> Prise:
    prise = Prise({"id": agent_id, "nom": f"Agent {agent_id}"}, "cle", "secret", bout.send, bout.close)
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
    assert layer.groups == {}
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


async def test_unanswered_marks_stop_the_sending(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Prise, "MARK_EVERY", 1000)
    monkeypatch.setattr(Prise, "MAX_MARKS", 2)
    bout = Bout()
    prise = make_prise(bout)
    for number in range(10):
        prise.push(encode({"type": "essai", "n": number, "texte": "a" * 1000}))
    await until(lambda: len(bout.of("jalon")) == 2)
    await asyncio.sleep(0.05)
    assert len(bout.of("essai")) == 2
    assert not prise.acknowledge(3)
    assert not prise.acknowledge(0)
    assert prise.acknowledge(1)
    assert not prise.acknowledge(1)
    await until(lambda: len(bout.of("essai")) == 3)
    assert prise.acknowledge(3)
    await until(lambda: len(bout.of("essai")) == 5)
    prise.stop()


async def test_queue_is_bounded_in_characters(settings: Any):
    settings.DIRECT = {**settings.DIRECT, "file_caracteres": 5000}
    bout = Bout(blocked=True)
    prise = make_prise(bout)
    for _ in range(8):
        prise.push("a" * 1000)
    await until(lambda: bout.code is not None)
    assert bout.code == TROP_LENT.code
    prise.push("plus rien")
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
    assert await hub.presence.present(SALON) == [1, 9]
    await until(
        lambda: any(
            f["arrivees"] == [tabs[0].personne] or len(f["arrivees"]) == 2 for f in witness.of("presence")
        )
    )
    await hub.unregister(tabs[0])
    assert await hub.presence.present(SALON) == [1, 9]
    await hub.unregister(tabs[1])
    assert await hub.presence.present(SALON) == [9]
    await until(lambda: any(f["departs"] == [1] and f["nombre"] == 1 for f in witness.of("presence")))
    await hub.unregister(watching)
    assert await hub.presence.present(SALON) == []
    for prise in (watching, *tabs):
        prise.stop()


async def test_presence_of_a_dead_process_expires(hub: Hub):
    witness = Bout()
    watching = make_prise(witness, 9)
    await hub.register(watching)
    # Entered by a process that died before it left.
    await hub.presence._client().zadd(_key(SALON), {"5:mort": time.time() + 0.3})
    await hub.subscribe(watching, SALON)
    assert await hub.presence.present(SALON) == [5, 9]
    await asyncio.sleep(0.35)
    await hub.presence.refresh()
    assert await hub.presence.present(SALON) == [9]
    await until(lambda: any(f["departs"] == [5] for f in witness.of("presence")))
    await hub.unregister(watching)
    watching.stop()


async def test_a_sujet_hidden_or_moved_has_its_readers_looked_at_again(hub: Hub):
    sujet, bout = Canal("sujet", 4_000_002), Bout()
    prise = make_prise(bout)
    looked: list[bool] = []
    prise.on_access_change = lambda: looked.append(True)
    await hub.register(prise)
    await hub.subscribe(prise, sujet)
    await publish(sujet, type="sujet.masque", sujet=sujet.pk)
    await until(lambda: looked)
    # Told first: the page says what happened.
    await until(lambda: bout.of("sujet.masque"))
    await publish(sujet, type="message.nouveau", sujet=sujet.pk)
    await until(lambda: bout.of("message.nouveau"))
    assert looked == [True]
