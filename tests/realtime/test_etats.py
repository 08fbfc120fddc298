"""How people are, as the others in a channel hear it; and who is invisible, of whom they hear nothing."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annuaire.presence.actions import choose_state, end_states
from realtime.echanges import current_agent
from realtime.hub import Hub
from realtime.ouvertes import Ouvertes
from realtime.presence import _key
from tests.realtime.conftest import Ligne, Monde, in_thread
from tests.realtime.test_hub import SALON, Bout, make_prise, until

choose = in_thread(choose_state)


async def calm(line: Ligne) -> list[dict[str, Any]]:
    """What comes until nothing has for longer than presence waits before it tells."""
    frames = []
    while True:
        more = await line.hear_all()
        if not more:
            return frames
        frames += more


@pytest.fixture
async def veille(hub: Hub) -> Hub:
    """A hub that hears PostgreSQL already."""
    hub._ensure_running()
    await until(lambda: not hub.veille.blind)
    return hub


async def test_a_state_is_told_to_those_who_are_there(monde: Monde, veille: Hub, tab: Callable[..., Any]):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    await camille.subscribe(canal)
    await noe.subscribe(canal)
    await calm(camille)
    end = timezone.now() + timedelta(hours=1)
    await choose(monde.noe, "occupe", jusqu_a=end, message="en réunion à Mende")
    told = await camille.hear("presence")
    shown = {"genre": "occupe", "message": "en réunion à Mende", "fin": end.isoformat()}
    assert (told["arrivees"], told["departs"], told["nombre"]) == ([], [], 2)
    assert told["etats"] == [{"id": monde.noe.pk, "etat": shown}]
    # Who comes later hears it with the person.
    again = await camille.subscribe(canal)
    assert next(p for p in again["presents"] if p["id"] == monde.noe.pk)["etat"] == shown
    # At its end, without the worker: the heartbeat looks.
    veille.etats._chosen[monde.noe.pk] = type(veille.etats.of(1))("occupe", timezone.now(), "", 1)
    veille.etats.expire()
    assert (await camille.hear("presence"))["etats"] == [{"id": monde.noe.pk, "etat": None}]


async def test_the_worker_s_ending_is_heard(monde: Monde, veille: Hub, tab: Callable[..., Any]):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    await choose(monde.noe, "invisible", jusqu_a=timezone.now() + timedelta(hours=1))
    await camille.subscribe(canal)
    await noe.subscribe(canal)
    assert not [f for f in await calm(camille) if f["type"] == "presence" and f["arrivees"]
                and f["arrivees"][0]["id"] == monde.noe.pk]  # fmt: skip
    await in_thread(end_states)(timezone.now() + timedelta(hours=2))
    while monde.noe.pk not in [p["id"] for p in (await camille.hear("presence"))["arrivees"]]:
        pass


async def test_who_becomes_invisible_leaves_as_who_closes_their_pages(
    monde: Monde, veille: Hub, tab: Callable[..., Any]
):
    """The frames of another member, byte for byte and in the same time: a page closed, then a person hidden."""
    canal = f"salon.{monde.salon.pk}"

    async def heard(act: Callable[[Ligne], Any]) -> tuple[list[str], float]:
        camille = await tab(monde.camille)
        await camille.subscribe(canal)
        noe = await tab(monde.noe)
        await noe.subscribe(canal)
        await calm(camille)
        start = time.monotonic()
        await act(noe)
        texts = [await camille.receive_from(timeout=3)]
        took = time.monotonic() - start
        # Then everything that somebody who is gone does not do.
        while not await camille.receive_nothing(timeout=0.4):
            texts.append(await camille.receive_from())
        await camille.disconnect()
        return texts, took

    async def close(noe: Ligne) -> None:
        await noe.disconnect()

    async def hide(noe: Ligne) -> None:
        await choose(monde.noe, "invisible", message="je suis là")
        await until(lambda: veille.etats.invisible(monde.noe.pk))
        await noe.say(type="ecrit", canal=canal, actif=True)
        await noe.say(type="lu", salon=monde.salon.pk, numero=0)
        await noe.say(type="eveil", actif=False)
        await noe.say(type="eveil", actif=True)
        await noe.subscribe(canal)

    closed, after_close = await heard(close)
    hidden, after_hide = await heard(hide)
    assert closed == hidden
    assert len(closed) == 1
    assert abs(after_hide - after_close) < 0.5


async def test_who_comes_invisible_was_never_there(monde: Monde, veille: Hub, tab: Callable[..., Any]):
    canal = f"salon.{monde.salon.pk}"
    await choose(monde.noe, "invisible", message="je suis là")
    camille = await tab(monde.camille)
    before = await camille.subscribe(canal)
    await calm(camille)
    noe = await tab(monde.noe)
    assert {p["id"] for p in (await noe.subscribe(canal))["presents"]} == {monde.camille.pk}
    await noe.say(type="ecrit", canal=canal, actif=True)
    await noe.say(type="eveil", actif=False)
    await choose(monde.noe, "invisible", message="autre chose")
    await veille.battement.beat()
    beats = {f["type"] for f in await calm(camille)}
    assert beats == {"battement"}
    after = await camille.subscribe(canal)
    # `ref` apart, the very same answer, and nothing of theirs in Redis.
    assert {**after, "ref": ""} == {**before, "ref": ""}
    stored = await veille.presence.client().zrange(_key(next(iter(veille.presence._lieux))), 0, -1)
    assert not [entry for entry in stored if entry.startswith(f"{monde.noe.pk}:")]
    # They speak as anybody.
    await noe.say(
        type="dire", salon=monde.salon.pk, texte="bonjour", client_id="0b7f6c1e-8f57-4e6b-9d3a-0f6f3f1f2a11"
    )
    said = await camille.hear("salon.message")
    assert "etat" not in said["auteur"]
    # Visible again: they arrive.
    await choose(monde.noe, "en_ligne")
    assert [p["id"] for p in (await camille.hear("presence"))["arrivees"]] == [monde.noe.pk]


async def test_an_older_reading_changes_nothing(hub: Hub):
    prise = make_prise(Bout(), 1)
    await hub.register(prise)
    kind = type(hub.etats.of(1))
    hub.etats.learn(1, kind("invisible", None, "", 3))
    hub.etats.learn(1, kind("en_ligne", None, "", 2))
    assert hub.etats.invisible(1)
    await hub.unregister(prise)
    assert not hub.etats.invisible(1)
    prise.stop()


# --- Nobody at the screen ----------------------------------------------------------------------------


async def test_absent_when_nobody_is_at_any_of_their_screens(hub: Hub):
    witness = Bout()
    watching, desk, phone = make_prise(witness, 9), make_prise(Bout(), 1), make_prise(Bout(), 1)
    for prise in (watching, desk, phone):
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    await until(lambda: witness.of("presence"))
    hub.ouvertes.at_screen(desk, False)
    await asyncio.sleep(0.3)
    assert not [f for f in witness.of("presence") if "etats" in f]
    hub.ouvertes.at_screen(phone, False)
    absent = [{"id": 1, "etat": {"genre": "absent"}}]
    await until(lambda: any(f.get("etats") == absent for f in witness.of("presence")))
    assert await hub.ouvertes.idle_among([1, 9, 77]) == {1}
    hub.ouvertes.at_screen(phone, True)
    await until(lambda: witness.of("presence")[-1].get("etats") == [{"id": 1, "etat": None}])
    for prise in (watching, desk, phone):
        await hub.unregister(prise)
        prise.stop()


# --- Lines over all processes ------------------------------------------------------------------------


class Ailleurs:
    """Another process: its own lines, the same Redis."""

    def __init__(self, hub: Hub) -> None:
        self.lines: dict[int, list[Any]] = {}
        self.presence = hub.presence
        self.told: list[dict[str, Any]] = []
        self.ouvertes = Ouvertes(self)  # type: ignore[arg-type]
        self._hub = hub

    def people(self) -> tuple[int, ...]:
        return tuple(self.lines)

    def lines_of(self, person: int) -> tuple[Any, ...]:
        return tuple(self.lines.get(person, ()))

    async def tell_hubs(self, event: dict[str, Any]) -> None:
        self.told.append(event)
        await self._hub.tell_hubs(event)


async def test_lines_are_counted_over_processes_and_the_oldest_gives_way(hub: Hub, settings: Any):
    settings.DIRECT = {**settings.DIRECT, "connexions": 3}
    elsewhere = Ailleurs(hub)
    bouts = [Bout() for _ in range(4)]
    here = [make_prise(bout, 1) for bout in bouts[:2]]
    for prise in here:
        await hub.register(prise)
    await until(lambda: "hubs" in hub._joined)
    there = [make_prise(bout, 1) for bout in bouts[2:]]
    elsewhere.lines[1] = there
    elsewhere.ouvertes.changed(1)
    await until(lambda: bouts[0].code is not None)
    assert bouts[0].code == 4409
    assert [bout.code for bout in bouts[1:]] == [None, None, None]
    await hub.unregister(here[0])
    # A process that was killed frees its places when they expire.
    await asyncio.sleep(0.2)
    key = f"{settings.REDIS_PREFIX}.ouvertes.1"
    client = hub.presence.client()
    assert await client.zcard(key) == 3
    assert 0 < await client.ttl(key) <= hub.presence.lifetime
    for prise in there:
        await client.zadd(
            key, {next(e for e in await client.zrange(key, 0, -1) if prise.token in e): time.time() - 1}
        )
    await hub.ouvertes.refresh()
    assert [entry.split(":")[1] for entry in await client.zrange(key, 0, -1)] == [here[1].token]
    await elsewhere.ouvertes.close()
    await hub.unregister(here[1])
    await until(lambda: not hub.ouvertes._changed and hub.ouvertes._exchanging.done())
    assert not await client.exists(key)
    for prise in (*here, *there):
        prise.stop()


async def test_absence_is_told_over_processes(hub: Hub):
    """At the desk, which this process serves; on the phone, which another does."""
    elsewhere, witness = Ailleurs(hub), Bout()
    watching, desk, phone = make_prise(witness, 9), make_prise(Bout(), 1), make_prise(Bout(), 1)
    for prise in (watching, desk):
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    await until(lambda: "hubs" in hub._joined)
    elsewhere.lines[1] = [phone]
    elsewhere.ouvertes.changed(1)
    hub.ouvertes.at_screen(desk, False)
    await asyncio.sleep(0.4)
    assert not hub.ouvertes.idle(1)
    elsewhere.ouvertes.at_screen(phone, False)
    await until(lambda: hub.ouvertes.idle(1))
    absent = [{"id": 1, "etat": {"genre": "absent"}}]
    await until(lambda: any(f.get("etats") == absent for f in witness.of("presence")))
    await elsewhere.ouvertes.close()
    for prise in (watching, desk):
        await hub.unregister(prise)
    for prise in (watching, desk, phone):
        prise.stop()


async def test_without_redis_lines_are_those_of_the_process(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    class Away:
        def pipeline(self, **_: Any) -> Any:
            raise ConnectionError("Redis is away")

    monkeypatch.setattr(hub.presence, "client", lambda: Away())
    prise = make_prise(Bout(), 1)
    await hub.register(prise)
    hub.ouvertes.at_screen(prise, False)
    await until(lambda: hub.ouvertes.idle(1))
    assert await hub.ouvertes.idle_among([1]) == set()
    await hub.unregister(prise)
    prise.stop()
    monkeypatch.undo()


def test_agents_have_their_state_read_with_them(monde: Monde, django_assert_num_queries: Any):
    choose_state(monde.noe, "occupe")
    with django_assert_num_queries(1):
        assert current_agent(monde.noe.pk).etat_presence.etat == "occupe"
