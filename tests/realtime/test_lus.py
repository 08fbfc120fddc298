"""Up to where the others have read: shown to who shows theirs, and still while somebody is invisible."""

from collections.abc import Callable
from typing import Any

import pytest

from annuaire.presence.actions import choose_state, set_preferences
from communautes.actions import join
from realtime.actions import mark_salon_read
from realtime.hub import Hub
from realtime.lieux import open_group
from realtime.lus import PEU, readings
from realtime.models import LectureSalon, Salon
from tests.realtime.conftest import Monde, in_thread, make_agent, say
from tests.realtime.test_etats import calm, choose
from tests.realtime.test_hub import until


@pytest.fixture
def groupe(monde: Monde) -> Salon:
    salon = open_group(monde.camille, [monde.noe, monde.zoe], "Crue")
    for number in range(4):
        say(salon, monde.camille, f"ligne {number}")
    return salon


def seen_by(agent: Any, salon: Salon) -> dict[int, int] | None:
    lectures, _ = readings(type(agent).objects.get(pk=agent.pk), salon.pk)
    return None if lectures is None else {lu["personne"]["id"]: lu["numero"] for lu in lectures}


def test_each_sees_up_to_where_the_others_have_read(
    monde: Monde, groupe: Salon, django_assert_max_num_queries: Any
):
    mark_salon_read(monde.noe, groupe, 3)
    assert seen_by(monde.camille, groupe) == {monde.noe.pk: 3}
    assert seen_by(monde.noe, groupe) == {monde.camille.pk: 4}
    with django_assert_max_num_queries(3):
        readings(monde.camille, groupe.pk)
    # Who does not show theirs sees nothing of the others.
    set_preferences(monde.noe, automatique=True, montre_lectures=False)
    assert seen_by(monde.noe, groupe) is None
    assert seen_by(monde.camille, groupe) == {}


def test_who_is_invisible_stays_where_they_were(monde: Monde, groupe: Salon):
    mark_salon_read(monde.noe, groupe, 2)
    choose_state(monde.noe, "invisible")
    mark_salon_read(monde.noe, groupe, 4)
    assert LectureSalon.objects.get(agent=monde.noe, salon=groupe).dernier_numero == 4
    assert seen_by(monde.camille, groupe) == {monde.noe.pk: 2}
    # What they write shows that they were there.
    said = say(groupe, monde.noe, "me voici")
    assert seen_by(monde.camille, groupe) == {monde.noe.pk: said.numero}
    say(groupe, monde.camille, "bonjour")
    mark_salon_read(monde.noe, groupe, said.numero + 1)
    assert seen_by(monde.camille, groupe) == {monde.noe.pk: said.numero}
    # Visible again: the next time that they read, were it nothing new.
    choose_state(monde.noe, "en_ligne")
    mark_salon_read(monde.noe, groupe, said.numero + 1)
    assert seen_by(monde.camille, groupe) == {monde.noe.pk: said.numero + 1}


def test_a_number_where_there_are_many(monde: Monde):
    salon = monde.salon
    say(salon, monde.camille, "bonjour")
    others = [make_agent(f"Membre{number}") for number in range(PEU + 2)]
    for agent in others:
        join(agent, monde.communaute)
    for agent in others[:3]:
        mark_salon_read(agent, salon, 1)
    set_preferences(others[0], automatique=True, montre_lectures=False)
    assert readings(monde.camille, salon.pk) == (None, 2)
    # Neither oneself nor who wrote it.
    assert readings(type(monde.noe).objects.get(pk=others[1].pk), salon.pk) == (None, 1)
    assert readings(monde.camille, monde.private().pk) == (None, 0)


async def test_told_live_to_who_shows_theirs(monde: Monde, groupe: Salon, hub: Hub, tab: Callable[..., Any]):
    canal = f"salon.{groupe.pk}"
    await in_thread(set_preferences)(monde.zoe, automatique=True, montre_lectures=False)
    camille, noe, zoe = await tab(monde.camille), await tab(monde.noe), await tab(monde.zoe)
    assert (await camille.subscribe(canal))["lectures"] == []
    assert "lectures" not in await zoe.subscribe(canal)
    await noe.subscribe(canal)
    await calm(camille)
    await calm(zoe)
    await noe.say(type="lu", salon=groupe.pk, numero=3)
    told = await camille.hear("lectures")
    assert [(lu["personne"]["id"], lu["numero"]) for lu in told["lus"]] == [(monde.noe.pk, 3)]
    await zoe.say(type="lu", salon=groupe.pk, numero=4)
    await choose(monde.noe, "invisible")
    await until(lambda: hub.etats.invisible(monde.noe.pk))
    await noe.say(type="lu", salon=groupe.pk, numero=4)
    await hub.lectures.close()
    assert not [frame for frame in await calm(camille) if frame["type"] == "lectures"]
    assert not [frame for frame in await calm(zoe) if frame["type"] == "lectures"]
    again = await camille.subscribe(canal)
    assert [(lu["personne"]["id"], lu["numero"]) for lu in again["lectures"]] == [(monde.noe.pk, 3)]
