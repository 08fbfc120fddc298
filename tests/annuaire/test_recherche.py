"""Somebody is found by any of their words, and one is told why."""

import pytest
from django.test import Client

from annuaire.models import Expertise
from annuaire.question import recognise
from annuaire.recherche import search_agents
from tests.factories import declare, make_agent, make_territoire

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, object]:
    me = make_agent("Moi")
    gaelle = make_agent(
        "Gaëlle", "Estaque", territoire=make_territoire("09", "Ariège"), fonction="Cheffe d’unité"
    )
    declare(gaelle, "Loi sur l’eau", ["DLE", "IOTA", "busage"])
    paul = make_agent("Paul", "Roux", fonction="Acheteur public")
    declare(paul, "Marchés publics", ["commande publique"])
    return {"me": me, "gaelle": gaelle, "paul": paul}


@pytest.mark.parametrize(
    "question",
    [
        "loi sur l'eau",
        "IOTA",
        "dle",
        "busage d'un ruisseau",
        "gaelle",
        "ESTAQUE",
        "Estaqe",
        "busaje",
        "Ariège",
    ],
)
def test_found_first(people: dict[str, object], question: str) -> None:
    results = search_agents(people["me"], question)
    assert results, question
    assert results[0].agent == people["gaelle"]
    assert results[0].raisons


def test_names_follow_the_vocabulary(people: dict[str, object]) -> None:
    """Names kept ready are those of the vocabulary, whoever writes it and however."""
    eau = Expertise.objects.get(libelle="Loi sur l’eau")
    assert set(eau.appellations.values_list("mot", flat=True)) == {"Loi sur l’eau", "DLE", "IOTA", "busage"}
    Expertise.objects.filter(pk=eau.pk).update(
        libelle="Police de l’eau", synonymes=["Ruisseau", "Police de l’eau", "–"]
    )
    assert set(eau.appellations.values_list("mot", flat=True)) == {"Police de l’eau", "Ruisseau"}
    assert [item.par for item in recognise("un RUISSEAU")] == ["Ruisseau"]
    assert not [item for item in recognise("un dossier IOTA") if item.expertise == eau]
    eau.delete()
    assert not recognise("un ruisseau")


def test_reason_names_the_expertise_and_the_synonym(people: dict[str, object]) -> None:
    reasons = " ".join(search_agents(people["me"], "IOTA")[0].raisons)
    assert "<strong>Loi sur l’eau</strong>" in reasons
    assert "depuis 2019" in reasons
    assert "IOTA" in reasons


def test_nothing_dangerous_comes_back(people: dict[str, object]) -> None:
    make_agent("Eve", "Test", fonction="<script>alert(1)</script> busage")
    for question in ("busage", "' | & !", "\\'", "a:*b", "%", "\x00x", "é" * 500):
        for result in search_agents(people["me"], question.replace("\x00", "")):
            assert "<script" not in " ".join(result.raisons)


def test_territory_filters(people: dict[str, object]) -> None:
    assert search_agents(people["me"], "eau", territoire="48") == [] or all(
        result.agent != people["gaelle"] for result in search_agents(people["me"], "eau", territoire="48")
    )
    assert search_agents(people["me"], "loi eau", territoire="R76")[0].agent == people["gaelle"]


def test_page_shows_people(client: Client, people: dict[str, object]) -> None:
    client.force_login(people["me"])
    page = client.get("/annuaire/", {"q": "busage"}).content.decode()
    assert "Gaëlle Estaque" in page
    assert "Déclare <strong>Loi sur l’eau</strong>" in page
