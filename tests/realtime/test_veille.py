"""What takes access away is heard from PostgreSQL: within milliseconds, whatever became of Redis, and never by a leak."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from annuaire.models import Agent
from communautes.actions import exclude_member
from communautes.models import Adhesion, Communaute, Suspension
from plateforme.socle.canaux import Canal
from plateforme.socle.models import Retrait
from plateforme.socle.retraits import forget_old_withdrawals
from realtime import consumers, echanges
from realtime.hub import Hub
from realtime.veille import NAME, Veille, session_mark
from tests.realtime.conftest import Monde, in_thread, say

TWO_SECONDS = 2.0


async def until(condition: Callable[[], Any], patience: float = 3.0) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every event that an action publishes is lost."""
    monkeypatch.setattr("plateforme.socle.diffusion._publish", lambda *event: None)
    monkeypatch.setattr("plateforme.socle.diffusion._publish_all", lambda *event: None)


async def cut_watches(hub: Hub) -> None:
    """End the hub's connection to PostgreSQL, as a restart or a failing network does."""

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = %s",
                [NAME],
            )

    await in_thread(cut)()


async def test_membership_removed_while_redis_lost_the_event(monde: Monde, tab: Any, no_redis: None):
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    async with asyncio.timeout(TWO_SECONDS):
        await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
        assert (await noe.hear("ferme"))["canal"] == f"salon.{monde.salon.pk}"
    await in_thread(say)(monde.salon, monde.camille, "Entre membres")
    assert "Entre membres" not in str(await noe.hear_all())


@pytest.mark.parametrize(
    ("how", "reason", "code"),
    [
        ("session", "session_terminee", 4401),
        ("password", "session_terminee", 4401),
        ("account", "compte_ferme", 4410),
    ],
)
async def test_written_at_the_database_s_own_prompt(
    monde: Monde, tab: Any, no_redis: None, how: str, reason: str, code: int
):
    """No action, no signal: rows changed by plain SQL."""
    camille, noe = await tab(monde.camille), await tab(monde.noe)

    def change() -> None:
        with connection.cursor() as cursor:
            if how == "session":
                cursor.execute(
                    "DELETE FROM django_session WHERE session_key = %s", [monde.sessions[monde.camille.pk]]
                )
            elif how == "password":
                cursor.execute(
                    "UPDATE annuaire_agent SET password = 'autre' WHERE id = %s", [monde.camille.pk]
                )
            else:
                cursor.execute(
                    "UPDATE annuaire_agent SET is_active = false WHERE id = %s", [monde.camille.pk]
                )

    async with asyncio.timeout(TWO_SECONDS):
        await in_thread(change)()
        assert (await camille.hear("fin"))["raison"] == reason
        assert await camille.closed_with() == code
    await noe.say(type="ping")
    await noe.hear("pong")


async def test_a_community_that_closes(monde: Monde, tab: Any, no_redis: None):
    """Zoé reads an open community; it becomes private."""
    zoe, noe = await tab(monde.zoe), await tab(monde.noe)
    for line in (zoe, noe):
        await line.subscribe(f"communaute.{monde.communaute.pk}")
    await in_thread(Communaute.objects.filter(pk=monde.communaute.pk).update)(visibilite="privee")
    assert (await zoe.hear("ferme"))["canal"] == f"communaute.{monde.communaute.pk}"
    assert "ferme" not in str(await noe.hear_all())


async def test_what_was_told_during_a_cut_is_read_afterwards(
    monde: Monde, tab: Any, hub: Hub, no_redis: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Veille, "RETRY", 0.4)
    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    await until(lambda: not hub.veille.blind)
    await cut_watches(hub)
    await asyncio.sleep(0.1)
    async with asyncio.timeout(TWO_SECONDS):
        await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
        assert await noe.hear("ferme")


async def test_a_blind_process_hands_out_nothing_then_only_what_it_may(
    monde: Monde, tab: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    canal = f"salon.{monde.salon.pk}"
    noe, camille = await tab(monde.noe), await tab(monde.camille)
    for line in (noe, camille):
        await line.subscribe(canal)
    await until(lambda: not hub.veille.blind)
    reachable = asyncio.Event()
    really = Veille._listen

    async def listen(self: Veille) -> None:
        await reachable.wait()
        await really(self)

    monkeypatch.setattr(Veille, "_listen", listen)
    monkeypatch.setattr(Veille, "SILENCE", 0.3)
    await cut_watches(hub)
    await until(lambda: hub.veille.blind)
    # The others still reach PostgreSQL: Noé is removed, and something is said that is no longer for him.
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    await in_thread(say)(monde.salon, monde.camille, "Entre membres")
    assert "Entre membres" not in str(await camille.hear_all())
    monkeypatch.setattr(Veille, "SILENCE", 1.8)
    reachable.set()
    assert "Entre membres" in (await camille.hear("salon.message"))["html"]
    heard = await noe.hear_all()
    assert "ferme" in str(heard)
    assert "Entre membres" not in str(heard)


async def test_a_connection_that_stalls_gives_nothing_before_what_was_told_meanwhile(
    monde: Monde, tab: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    """Not cut, only late: the withdrawal arrives with the answer that proves that the connection lives."""
    canal = f"salon.{monde.salon.pk}"
    noe, camille = await tab(monde.noe), await tab(monde.camille)
    for line in (noe, camille):
        await line.subscribe(canal)
    await until(lambda: not hub.veille.blind)
    asked, answers = asyncio.Event(), asyncio.Event()
    really = psycopg.AsyncConnection.execute

    async def execute(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        if query == "SELECT 1":
            asked.set()
            await answers.wait()
        return await really(self, query, *args, **more)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", execute)
    monkeypatch.setattr(Veille, "PATIENCE", 10.0)
    monkeypatch.setattr(Veille, "SILENCE", 0.3)
    asked.clear()
    await asked.wait()
    await until(lambda: hub.veille.blind)
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    await in_thread(say)(monde.salon, monde.camille, "Entre membres")
    assert "Entre membres" not in str(await camille.hear_all())
    monkeypatch.setattr(Veille, "SILENCE", 1.8)
    # Still blind: what shows that it sees again is the answer.
    hub.veille._heard = float("-inf")
    answers.set()
    assert "Entre membres" in (await camille.hear("salon.message"))["html"]
    heard = await noe.hear_all()
    assert "ferme" in str(heard)
    assert "Entre membres" not in str(heard)


async def test_a_check_that_takes_too_long_cuts_the_line(
    monde: Monde, tab: Any, no_redis: None, monkeypatch: pytest.MonkeyPatch
):
    async def never(*args: object) -> None:
        await asyncio.sleep(60)

    noe = await tab(monde.noe)
    await noe.subscribe(f"salon.{monde.salon.pk}")
    monkeypatch.setattr(consumers, "_look_again", never)
    async with asyncio.timeout(TWO_SECONDS):
        await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
        assert (await noe.hear("fin"))["raison"] == "a_reprendre"
        assert await noe.closed_with() == 1013


async def test_access_withdrawn_while_a_subscription_is_being_looked_at(
    monde: Monde, tab: Any, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    """What the check read is of before; what was said meanwhile was kept, and is not given."""
    noe = await tab(monde.noe)
    really, looked, go_on = echanges._news, asyncio.Event(), asyncio.Event()

    async def slow(*args: Any) -> Any:
        found = await really(*args)
        looked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(echanges, "_news", slow)
    await noe.say(type="abonner", canal=f"salon.{monde.salon.pk}", apres=0)
    await looked.wait()
    await in_thread(say)(monde.salon, monde.camille, "Entre membres")
    await in_thread(exclude_member)(monde.camille, monde.communaute, monde.noe)
    await noe.hear("ferme")
    go_on.set()
    assert "Entre membres" not in str(await noe.hear_all())
    assert hub.listeners(Canal("salon", monde.salon.pk)) == ()


async def test_what_is_said_during_a_subscription_comes_after_it_once(
    monde: Monde, tab: Any, monkeypatch: pytest.MonkeyPatch
):
    noe = await tab(monde.noe)
    really = echanges._news

    async def meanwhile(*args: Any) -> Any:
        found = await really(*args)
        await in_thread(say)(monde.salon, monde.camille, "Entre les deux")
        await asyncio.sleep(0.2)
        return found

    monkeypatch.setattr(echanges, "_news", meanwhile)
    await noe.say(type="abonner", canal=f"salon.{monde.salon.pk}", apres=0)
    await noe.hear("abonne")
    kinds = [f["type"] for f in await noe.hear_all() if f["type"] in {"rattrapage", "salon.message"}]
    assert kinds == ["rattrapage", "salon.message"]


def told() -> list[str]:
    found = list(Retrait.objects.order_by("pk").values_list("cible", flat=True))
    Retrait.objects.all().delete()
    return found


def test_what_triggers_tell(monde: Monde):
    noe, camille = monde.noe.pk, monde.camille.pk
    told()
    Agent.objects.filter(pk=noe).update(last_login=timezone.now(), fonction="Autre")
    Agent.objects.filter(pk=noe).update(is_active=True)
    Communaute.objects.filter(pk=monde.communaute.pk).update(nom="Autre")
    assert told() == []
    Agent.objects.filter(pk=noe).update(montre_ecriture=False)
    assert told() == [f"agent.{noe}"]
    Adhesion.objects.filter(agent=noe).update(role=Adhesion.Role.ANIMATEUR)
    assert told() == [f"agent.{noe}"]
    Suspension.objects.create(
        communaute=monde.communaute, agent=monde.noe, motif="…", jusqu_au=timezone.now() + timedelta(days=1)
    )
    Suspension.objects.update(levee_le=timezone.now())
    assert told() == [f"agent.{noe}"] * 2
    Adhesion.objects.filter(communaute=monde.communaute).delete()
    assert sorted(told()) == sorted([f"agent.{noe}", f"agent.{camille}"])
    Communaute.objects.filter(pk=monde.communaute.pk).update(visibilite="privee")
    assert told() == [f"communaute.{monde.communaute.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session WHERE session_key = %s", [monde.sessions[noe]])
    assert told() == [f"session.{session_mark(monde.sessions[noe])}"]


def test_traces_are_kept_a_day(transactional_db: None):
    now = timezone.now()
    for age in (1, 23, 25):
        Retrait.objects.create(cible=f"agent.{age}", quand=now - timedelta(hours=age))
    forget_old_withdrawals()
    assert told() == ["agent.1", "agent.23"]
