"""Evidence in the search: it finds and ranks people, as far as one may read it, and the person may hide it."""

import itertools
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.preuves.models import Masquage
from annuaire.recherche import Resultat, search_agents
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import Message
from tests.factories import add_member, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db
numbers = itertools.count(1)


def member(communaute: Communaute, prenom: str) -> Agent:
    return add_member(communaute, make_agent(prenom, fonction="Chargée de mission")).agent


def answer(communaute: Communaute, auteur: Agent, texte: str = "Voir l’arrêté de Foix.") -> Message:
    asker = communaute.adhesions.get(role=Adhesion.Role.ANIMATEUR).agent
    sujet = make_sujet(communaute, asker, f"Busage d’un fossé, cas {next(numbers)}")
    return actions.publish_message(auteur, sujet, texte)


def shape(results: list[Resultat]) -> list[tuple[int, float, list[str]]]:
    return [(result.agent.pk, result.score, list(map(str, result.raisons))) for result in results]


def test_who_answered_is_found_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    communaute = make_communaute(make_agent("Ana"))
    gaelle, other = member(communaute, "Gaëlle"), member(communaute, "Lila")
    me = make_agent("Moi")
    chosen = answer(communaute, gaelle)
    for _ in range(2):
        answer(communaute, gaelle)
    answer(communaute, other)
    actions.accept_message(chosen.sujet.auteur, chosen)
    actions.set_reaction(other, chosen, "utile", True)
    results = search_agents(me, "busage fossé")
    assert [result.agent for result in results] == [gaelle, other]
    reason = str(results[0].raisons[0])
    assert "3\xa0réponses, dont 1\xa0retenue, «\xa0Utile\xa0» 1\xa0fois</a> sur" in reason
    assert f"/annuaire/{gaelle.identifiant}/contributions/?q=busage" in reason
    client = Client()
    client.force_login(me)
    page = client.get(f"/annuaire/{gaelle.identifiant}/contributions/?q=busage").content.decode()
    assert page.count("Busage d’un fossé") == 3
    # One contribution: straight to it.
    assert f'href="/messages/{Message.objects.get(auteur=other).pk}/"' in str(results[1].raisons[0])
    # Of who writes everywhere, not all is counted.
    monkeypatch.setattr("annuaire.preuves.recherche.COUNTED", 2)
    reason = str(search_agents(me, "busage fossé")[0].raisons[0])
    assert "plus de 2\xa0contributions</a> sur" in reason
    assert "retenue" not in reason


def test_what_one_may_not_read_counts_for_nothing(settings: Any) -> None:
    """Rankings with and without a private community are the same, to the last reason."""
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"sujet": 50}
    communaute = make_communaute(make_agent("Ana"))
    gaelle, lila = member(communaute, "Gaëlle"), member(communaute, "Lila")
    answer(communaute, gaelle)
    answer(communaute, lila)
    declare(make_agent("Paul"), "Busage de fossés")
    me = make_agent("Moi")
    now = timezone.now()
    before = shape(search_agents(me, "busage fossé", quand=now))
    private = make_communaute(make_agent("Zoé"), "privee")
    for agent in (lila, make_agent("Cachée", fonction="Adjointe")):
        add_member(private, agent)
        for _ in range(4):
            message = answer(private, agent)
            actions.accept_message(message.sujet.auteur, message)
    assert shape(search_agents(me, "busage fossé", quand=now)) == before
    inside = add_member(private, make_agent("Dedans")).agent
    assert search_agents(inside, "busage fossé")[0].agent != gaelle
    client = Client()
    client.force_login(me)
    page = client.get(f"/annuaire/{lila.identifiant}/contributions/").content.decode()
    assert page.count("Busage d’un fossé") == 1


def test_one_hides_a_contribution_and_shows_it_again() -> None:
    communaute = make_communaute(make_agent("Ana"))
    gaelle, me = member(communaute, "Gaëlle"), make_agent("Moi")
    message = answer(communaute, gaelle)
    client = Client()
    client.force_login(gaelle)
    pk = gaelle.preuves.get().pk
    own = f"/annuaire/{gaelle.identifiant}/contributions/"
    client.post(f"/annuaire/moi/contributions/{pk}/", {"masquer": "oui"})
    assert search_agents(me, "busage fossé") == []
    assert "Montrer" in client.get(own).content.decode()
    # What is added to it later stays hidden too.
    actions.set_reaction(communaute.adhesions.get(role="animateur").agent, message, "utile", True)
    assert search_agents(me, "busage fossé") == []
    client.post(f"/annuaire/moi/contributions/{pk}/", {"masquer": "non"})
    assert not Masquage.objects.exists()
    assert search_agents(me, "busage fossé")[0].agent == gaelle
    client.force_login(me)
    assert client.post(f"/annuaire/moi/contributions/{pk}/", {"masquer": "oui"}).status_code == 404


def test_the_most_talkative_does_not_drown_the_others() -> None:
    communaute = make_communaute(make_agent("Ana"))
    talkative, expert, declared = (member(communaute, name) for name in ("Bavarde", "Experte", "Paul"))
    declare(declared, "Busage", niveau=4)
    asker = communaute.adhesions.get(role="animateur").agent
    sujet = make_sujet(communaute, asker)
    for number in range(18):
        actions.publish_message(talkative, sujet, f"Busage, encore une idée {number}")
    for _ in range(2):
        message = answer(communaute, expert)
        actions.accept_message(asker, message)
        actions.set_reaction(declared, message, "utile", True)
    results = search_agents(make_agent("Moi"), "busage")
    # Accepted answers, then who declares it at the highest level, then eighteen ideas in one sujet.
    assert [result.agent for result in results] == [expert, declared, talkative]
