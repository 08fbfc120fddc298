"""Who is writing: told to those who read the same channel, and to nobody else; never a storm, never kept."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.utils import timezone

from annuaire.actions import update_profile
from annuaire.models import Agent
from communautes.actions import exclude_member, join, suspend
from communautes.models import Communaute
from forum.actions import close_sujet
from forum.models import Sujet
from plateforme.socle.canaux import Canal
from plateforme.socle.diffusion import group_name
from plateforme.socle.models import EntreeJournal
from realtime import echanges, ecriture
from realtime.canaux import can_write_in
from realtime.ecriture import CROWD, Droits, Ecriture
from realtime.hub import Hub
from realtime.prises import Prise, prepare
from realtime.sorties import SortieAsgi
from tests.realtime.conftest import Ligne, Monde, in_thread, make_agent, make_session


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A word whenever one likes, for tests that are not about the pace."""
    monkeypatch.setattr(ecriture, "EVERY", 0.0)
    yield


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Canal]:
    """The looks at the right to write."""
    seen: list[Canal] = []

    def look(agent: Agent, canal: Canal) -> bool:
        seen.append(canal)
        return can_write_in(agent, canal)

    monkeypatch.setattr(echanges, "can_write_in", look)
    return seen


def make_sujet(monde: Monde, communaute: Communaute | None = None) -> Sujet:
    now = timezone.now()
    return Sujet.objects.create(
        communaute=communaute or monde.communaute,
        auteur=monde.camille,
        titre="Crues",
        cree_le=now,
        dernier_message_le=now,
        dernier_numero=1,
    )


async def writes(line: Ligne, canal: object, actif: Any = True) -> None:
    """Say it, and wait until the server has taken it."""
    await line.say(type="ecrit", canal=str(canal), actif=actif)
    await line.say(type="ping")
    await line.hear("pong")


async def heard(line: Ligne) -> list[tuple[str, bool]]:
    return [(f["auteur"]["nom"], f["actif"]) for f in await line.hear_all() if f["type"] == "ecrit"]


async def test_one_writes_the_other_sees_it_in_a_salon_and_in_a_sujet(monde: Monde, tab: Any):
    sujet = await in_thread(make_sujet)(monde)
    camille, other_tab, noe = await tab(monde.camille), await tab(monde.camille), await tab(monde.noe)
    for canal in (f"salon.{monde.salon.pk}", f"sujet.{sujet.pk}"):
        for line in (camille, other_tab, noe):
            await line.subscribe(canal)
        before = await in_thread(EntreeJournal.objects.count)()
        await writes(camille, canal)
        assert await noe.hear("ecrit") == {
            "canal": canal,
            "type": "ecrit",
            "auteur": {"id": monde.camille.pk, "nom": "Camille Martin"},
            "actif": True,
        }
        assert await in_thread(EntreeJournal.objects.count)() == before
    # Never oneself, in any of one's tabs.
    assert await heard(camille) == []
    assert await heard(other_tab) == []


async def test_two_write_then_one_stops(monde: Monde, tab: Any, fast: None):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    # Nothing to take back yet.
    await writes(camille, canal, False)
    await writes(camille, canal)
    assert await heard(noe) == [("Camille Martin", True)]
    await writes(noe, canal)
    assert await heard(camille) == [("Noé Martin", True)]
    await writes(camille, canal, False)
    assert await heard(noe) == [("Camille Martin", False)]


async def test_a_socket_that_does_not_listen_is_not_heard(monde: Monde, tab: Any, looks: list[Canal]):
    canal = f"salon.{monde.salon.pk}"
    camille, noe, zoe = await tab(monde.camille), await tab(monde.noe), await tab(monde.zoe)
    await noe.subscribe(canal)
    # Never subscribed; no longer; not a member; what does not exist.
    await writes(camille, canal)
    await camille.subscribe(canal)
    await camille.say(type="desabonner", canal=canal)
    await camille.hear("desabonne")
    await writes(camille, canal)
    await writes(zoe, canal)
    await writes(zoe, "sujet.999999")
    assert await heard(noe) == []
    assert looks == []


async def test_reading_is_not_enough(monde: Monde, tab: Any, fast: None):
    """Zoé reads the open community's sujet without being a member; Noé is suspended; then the sujet is closed."""
    sujet = await in_thread(make_sujet)(monde)
    canal = f"sujet.{sujet.pk}"
    zoe, noe, camille = await tab(monde.zoe), await tab(monde.noe), await tab(monde.camille)
    for line in (zoe, noe, camille):
        await line.subscribe(canal)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    await camille.subscribe(f"salon.{monde.salon.pk}")
    await writes(zoe, canal)
    await writes(noe, canal)
    await writes(noe, f"salon.{monde.salon.pk}")
    assert await heard(camille) == [("Noé Martin", True)] * 2
    await in_thread(suspend)(
        monde.camille,
        monde.communaute,
        monde.noe,
        jusqu_au=timezone.now() + timedelta(days=7),
        motif="Hors charte, plusieurs fois.",
    )
    await asyncio.sleep(0.2)
    await writes(noe, canal)
    await writes(noe, f"salon.{monde.salon.pk}")
    assert await heard(camille) == []
    # Who may not write still reads that others do.
    await writes(camille, canal)
    assert await zoe.hear("ecrit")
    assert await noe.hear("ecrit")
    await in_thread(close_sujet)(monde.camille, sujet)
    assert not await in_thread(can_write_in)(monde.camille, Canal("sujet", sujet.pk))


async def test_the_right_is_looked_at_once_then_remembered_a_while(
    monde: Monde, tab: Any, fast: None, looks: list[Canal], monkeypatch: pytest.MonkeyPatch
):
    canal = Canal("salon", monde.salon.pk)
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    for _ in range(4):
        await writes(camille, canal)
    assert looks == [canal]
    assert len(await heard(noe)) == 4
    monkeypatch.setattr(Droits, "REMEMBERED", -1.0)
    await in_thread(join)(monde.zoe, monde.communaute)
    await camille.say(type="desabonner", canal=str(canal))
    await camille.subscribe(canal)
    for _ in range(2):
        await writes(camille, canal)
    assert looks == [canal] * 3


async def test_membership_removed_then_nothing_more_goes_out(monde: Monde, tab: Any, fast: None):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    await writes(noe, canal)
    assert await heard(camille) == [("Noé Martin", True)]
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    await noe.hear("ferme")
    await writes(noe, canal)
    assert await heard(camille) == []
    # Nor does anything come in.
    await writes(camille, canal)
    assert await heard(noe) == []


async def test_access_lost_while_the_right_is_being_looked_at(
    monde: Monde, tab: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(agent_id: int, looked: Canal) -> str:
        started.set()
        await go_on.wait()
        return "Noé Martin"

    monkeypatch.setattr(echanges, "_name_to_show", slow)
    await noe.say(type="ecrit", canal=canal, actif=True)
    await started.wait()
    # What was read said yes; the exclusion comes before the answer.
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    await noe.hear("ferme")
    go_on.set()
    assert await heard(camille) == []


async def test_whoever_would_rather_not(monde: Monde, tab: Any, fast: None):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    await writes(noe, canal)
    assert await heard(camille) == [("Noé Martin", True)]
    await in_thread(update_profile)(monde.noe, {"montre_ecriture": False})
    await asyncio.sleep(0.2)
    await writes(noe, canal)
    assert await heard(camille) == []
    # One sees the others all the same.
    await writes(camille, canal)
    assert await heard(noe) == [("Camille Martin", True)]


async def test_account_closed_meanwhile(monde: Monde, tab: Any, hub: Hub):
    canal = f"salon.{monde.salon.pk}"
    camille, noe = await tab(monde.camille), await tab(monde.noe)
    for line in (camille, noe):
        await line.subscribe(canal)
    # No action tells it: a bulk update.
    await in_thread(Agent.objects.filter(pk=monde.noe.pk).update)(is_active=False)
    await noe.say(type="ecrit", canal=canal, actif=True)
    assert await noe.closed_with() == 4410
    assert await heard(camille) == []


async def test_too_fast_is_dropped_without_a_word(monde: Monde, tab: Any, looks: list[Canal]):
    sujet = await in_thread(make_sujet)(monde)
    canaux = [f"salon.{monde.salon.pk}", f"sujet.{sujet.pk}"]
    camille, other_tab, noe = await tab(monde.camille), await tab(monde.camille), await tab(monde.noe)
    for canal in canaux:
        for line in (camille, other_tab, noe):
            await line.subscribe(canal)
    for actif in (True, False, True, True):
        await camille.say(type="ecrit", canal=canaux[0], actif=actif, ref="r")
    # Another channel has its own pace; another tab of the same person has not.
    await writes(camille, canaux[1])
    await writes(other_tab, canaux[0])
    assert await heard(noe) == [("Camille Martin", True)] * 2
    assert {f["type"] for f in await camille.hear_all()} <= {"presence"}
    assert looks == [Canal("salon", monde.salon.pk), Canal("sujet", sujet.pk)]


async def test_a_message_after_typing_costs_no_act(monde: Monde, tab: Any, settings: Any, fast: None):
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "message": 1}
    canal = f"salon.{monde.salon.pk}"
    camille = await tab(monde.camille)
    await camille.subscribe(canal)
    for _ in range(8):
        await writes(camille, canal)
    await camille.say(
        type="dire",
        salon=monde.salon.pk,
        texte="Bonjour",
        client_id="0b7f6c1e-8f57-4e6b-9d3a-0f6f3f1f2a11",
    )
    assert (await camille.hear("accuse"))["numero"] == 1


async def test_a_crowd_is_not_a_storm(monde: Monde, tab: Any, looks: list[Canal]):
    canal = f"salon.{monde.salon.pk}"

    def gather() -> list[Agent]:
        people = [make_agent(f"Agent{number}") for number in range(CROWD + 3)]
        for agent in people:
            join(agent, monde.communaute)
            monde.sessions[agent.pk] = make_session(agent)
        return people

    people = await in_thread(gather)()
    reader = await tab(monde.camille)
    await reader.subscribe(canal)
    lines = []
    for agent in people:
        line = await tab(agent)
        await line.subscribe(canal)
        lines.append(line)
    await reader.hear_all()
    for line in lines:
        await writes(line, canal)
    assert len(await heard(reader)) == CROWD
    # Those who are too many cost no query either.
    assert len(looks) == CROWD


class Ici:
    """A hub that publishes nowhere, at the speed of nothing."""

    def __init__(self) -> None:
        self.published: list[tuple[Canal, dict[str, Any]]] = []
        self.gate = asyncio.Event()

    async def publish(self, canal: Canal, event: dict[str, Any]) -> None:
        await self.gate.wait()
        self.published.append((canal, event))


SALON = Canal("salon", 4_000_003)


def spoken(number: int, actif: bool = True) -> dict[str, Any]:
    return {"type": "ecrit", "auteur": {"id": number, "nom": f"Agent {number}"}, "actif": actif}


async def test_the_crowd_of_other_processes_counts(monkeypatch: pytest.MonkeyPatch):
    bureau = Ecriture(Ici())  # type: ignore[arg-type]
    for number in range(1, CROWD + 1):
        bureau.hear(str(SALON), spoken(number))
    assert not bureau.may_say(SALON, 99, True)
    assert bureau.may_say(Canal("salon", 4_000_004), 99, True)
    bureau.hear(str(SALON), spoken(1, actif=False))
    assert bureau.may_say(SALON, 99, True)
    # Nothing to take back for who was not seen.
    assert not bureau.may_say(SALON, 99, False)
    # Those who went quiet no longer count, and are forgotten with their channel.
    monkeypatch.setattr(ecriture, "SHOWN_FOR", 0.0)
    assert bureau.may_say(SALON, 99, True)
    bureau.hear("salon.4000009", spoken(3))
    assert list(bureau._recents) == ["salon.4000009"]


async def test_nothing_piles_up_when_redis_does_not_answer():
    here = Ici()
    bureau = Ecriture(here)  # type: ignore[arg-type]
    for number in range(ecriture.IN_FLIGHT + 10):
        canal = Canal("salon", 5_000_000 + number)
        if bureau.may_say(canal, number + 1, True):
            bureau.say(canal, number + 1, "Agent", True)
    assert len(bureau._tasks) == ecriture.IN_FLIGHT
    here.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(here.published) == ecriture.IN_FLIGHT
    await bureau.close()


async def test_what_comes_from_another_process_reaches_all_but_its_author_and_the_late(hub: Hub):
    texts: dict[str, list[str]] = {"author": [], "reader": [], "late": []}
    never = asyncio.Event()

    def end(name: str, agent_id: int) -> Prise:
        async def send(message: dict[str, Any]) -> None:
            if name == "late":
                await never.wait()
            texts[name].append(message["text"])

        prise = Prise({"id": agent_id, "nom": name}, "cle", "secret", SortieAsgi(send), hub.ecoulement)
        prise.start()
        return prise

    prises = [end("author", 1), end("reader", 2), end("late", 3)]
    for prise in prises:
        await hub.register(prise)
        await hub.subscribe(prise, SALON)
    late = prises[2]
    for many in (SortieAsgi.FOLLOWS + 1, Prise.BEHIND):
        for number in range(many):
            late.push(prepare({"type": "essai", "n": number}))
        await asyncio.sleep(0.05)
    await get_channel_layer().group_send(
        group_name(str(SALON)), {"type": "diffusion", "channel": str(SALON), "event": spoken(1)}
    )
    async with asyncio.timeout(3):
        while not any("ecrit" in text for text in texts["reader"]):
            await asyncio.sleep(0.01)
    assert not any(json.loads(text)["type"] == "ecrit" for text in texts["author"])
    assert late.behind and not late.closed
    assert not any(b"ecrit" in frame for frame in late._queue)
    assert not hub.ecriture.may_say(SALON, 1, True)
    for prise in prises:
        await hub.unregister(prise)
        prise.stop()
