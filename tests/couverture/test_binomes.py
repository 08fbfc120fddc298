"""Who could be trained by whom, the trend, the needs without answer, and the page of a région."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from annuaire.couverture import actions
from annuaire.couverture.besoins import unanswered_needs
from annuaire.couverture.binomes import Binome, propose_pairs
from annuaire.couverture.courbe import trend_of
from annuaire.couverture.lecture import Etendue
from annuaire.couverture.models import Releve
from annuaire.models import Agent, Expertise, RechercheSansReponse, Territoire
from annuaire.profils.models import Profil
from tests.factories import browser, declare, make_agent, make_territoire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def france() -> Territoire:
    return Territoire.objects.create(code="FR", genre="national", nom="France entière", zone="france")


@pytest.fixture
def reader() -> Agent:
    return make_agent("Nadia")


@pytest.fixture
def gard() -> Territoire:
    return make_territoire("30", "Gard")


def train(agent: Agent) -> Agent:
    Profil.objects.update_or_create(agent=agent, defaults={"aides": ["formation"]})
    return agent


def told(pairs: list[Binome]) -> list[tuple[str, str, str]]:
    return [(pair.formateur.prenom, pair.apprenant.prenom, pair.raison) for pair in pairs]


def test_near_and_close_first_with_the_reason(reader: Agent, gard: Territoire) -> None:
    holder = train(make_agent("Gaëlle", territoire=gard))
    eau = declare(holder, "Loi sur l’eau", niveau=4)
    declare(make_agent("Ali", territoire=gard), "Loi sur l’eau", niveau=1)
    declare(make_agent("Béa"), "Loi sur l’eau", niveau=2)
    declare(make_agent("Cid"), "Zones humides", niveau=3)
    occitanie = Etendue(gard.parent)
    assert told(propose_pairs(reader, [eau], occitanie, 5)) == [
        ("Gaëlle", "Ali", "en a des notions, même département"),
        ("Gaëlle", "Béa", "en a déjà la pratique, même région"),
        ("Gaëlle", "Cid", "connaît «\xa0Zones humides\xa0», du même domaine (niveau expertise), même région"),
    ]
    assert len(propose_pairs(reader, [eau], occitanie, 1)) == 1
    assert propose_pairs(reader, [], occitanie, 5) == []


def test_who_is_not_proposed(reader: Agent, gard: Territoire) -> None:
    holder = make_agent("Gaëlle", territoire=gard)
    eau = declare(holder, "Loi sur l’eau", niveau=4)
    learner = make_agent("Ali", territoire=gard)
    declare(learner, "Loi sur l’eau", niveau=1)
    occitanie = Etendue(gard.parent)
    # She has not offered to train.
    assert propose_pairs(reader, [eau], occitanie, 5) == []
    train(holder)
    assert len(propose_pairs(reader, [eau], occitanie, 5)) == 1
    Agent.objects.filter(pk=holder.pk).update(disponibilite="non")
    assert propose_pairs(reader, [eau], occitanie, 5) == []
    Agent.objects.filter(pk=holder.pk).update(disponibilite="limitee")
    assert len(propose_pairs(reader, [eau], occitanie, 5)) == 1
    # Already holds it; another domaine; a partner; an account that is closed; another région.
    learner.declarations.update(niveau=3)
    boat = Expertise.objects.create(libelle="Permis bateau", slug="bateau", domaine="Mer")
    make_agent("Dan", territoire=gard).declarations.create(expertise=boat, niveau=2)
    declare(make_agent("Eva", territoire=gard, partenaire=True), "Loi sur l’eau", niveau=1)
    declare(make_agent("Fab", territoire=gard, is_active=False), "Loi sur l’eau", niveau=1)
    declare(
        make_agent("Guy", territoire=make_territoire("63", "Puy-de-Dôme", "R84")), "Loi sur l’eau", niveau=1
    )
    assert propose_pairs(reader, [eau], occitanie, 5) == []
    # In the whole country, those who are near the one who trains.
    assert propose_pairs(reader, [eau], Etendue(None), 5) == []


def test_a_trainer_from_elsewhere_when_there_is_none_here(reader: Agent, gard: Territoire) -> None:
    far = train(make_agent("Zoé", territoire=make_territoire("63", "Puy-de-Dôme", "R84")))
    eau = declare(far, "Loi sur l’eau", niveau=4)
    declare(make_agent("Ali", territoire=gard), "Loi sur l’eau", niveau=2)
    assert told(propose_pairs(reader, [eau], Etendue(gard), 5)) == [
        ("Zoé", "Ali", "en a déjà la pratique, à distance")
    ]


def months_ago(count: int) -> date:
    month = timezone.localdate().replace(day=1)
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def test_the_trend_says_nothing_of_months_that_were_not_recorded(reader: Agent) -> None:
    eau, other = declare(reader, "Loi sur l’eau"), declare(reader, "Zones humides")

    def record(expertise: Expertise, months: int, people: int) -> None:
        Releve.objects.create(
            expertise=expertise, territoire_id="48", mois=months_ago(months), personnes=people, referents=1, disponibles=0
        )  # fmt: skip

    lozere = Etendue(Territoire.objects.get(code="48"))
    record(eau, 0, 4)
    record(eau, 13, 9)
    assert trend_of(eau, lozere) is None
    record(eau, 3, 7)
    # Recorded for another: nobody held this one.
    record(other, 2, 1)
    trend = trend_of(eau, lozere)
    assert trend is not None
    assert [(month.premier, month.personnes) for month in trend.mois] == [
        (months_ago(3), 7),
        (months_ago(2), 0),
        (months_ago(0), 4),
    ]
    assert len(trend.lignes_personnes) == 2
    assert [line.valeur for line in trend.reperes] == [0, 4, 8]
    assert trend.phrase.endswith("toujours 1\xa0référent, et de 7 à 4\xa0personnes en tout")


def ask(question: str, times: int, code: str | None = "48", days: int = 1) -> None:
    RechercheSansReponse.objects.create(
        question=question, territoire_id=code, jour=timezone.localdate() - timedelta(days=days), nombre=times
    )


def test_needs_asked_often_by_the_expertise_that_they_name(reader: Agent) -> None:
    eau = declare(reader, "Loi sur l’eau", ["DLE"])
    declare(reader, "Eau")
    ask("dle busage", 2)
    ask("dle busage", 2, days=9)
    ask("loi eau ouvrage", 3)
    ask("girafe", 5, code=None)
    ask("rare", 2)
    ask("ancien", 50, days=400)
    found = [(group.expertise, group.besoins) for group in unanswered_needs(Etendue(None))]
    assert found == [(eau, [("dle busage", 4), ("loi eau ouvrage", 3)]), (None, [("girafe", 5)])]
    occitanie = Etendue(Territoire.objects.get(code="R76"))
    assert [group.nombre for group in unanswered_needs(occitanie)] == [7]
    assert unanswered_needs(Etendue(make_territoire("30", "Gard"))) == []


def test_the_page_of_a_region(reader: Agent, gard: Territoire, django_assert_max_num_queries: Any) -> None:
    declare(train(make_agent("Gaëlle", "Estaque", territoire=gard)), "Loi sur l’eau", niveau=4)
    declare(make_agent("Ali", "Ben", territoire=gard), "Loi sur l’eau", niveau=1)
    declare(make_agent("Cid", "Roy"), "Zones humides", niveau=2)
    Expertise.objects.create(libelle="Permis bateau", slug="bateau", domaine="Mer")
    ask("girafe", 4)
    while actions.recount_changed():
        pass
    client = browser(reader)
    with django_assert_max_num_queries(24):
        html = client.get(reverse("couverture:region", args=["R76"])).content.decode()
    assert "1 repose sur une seule personne" in html
    for said in (
        "Gaëlle Estaque</a> pourrait former",
        "«&nbsp;girafe&nbsp;»",
        "1 sur 2",
        "Zones humides",
        "Permis bateau.",
    ):
        assert said in html
    assert client.get(reverse("couverture:region", args=["48"])).status_code == 404
    assert (
        browser(make_agent(partenaire=True)).get(reverse("couverture:region", args=["R76"])).status_code
        == 403
    )
    page = client.get(reverse("couverture:ensemble")).content.decode()
    assert reverse("couverture:region", args=["R76"]) in page
    assert "Hors du vocabulaire" in page


def test_the_home_page_tells_those_who_work_for_the_region(reader: Agent, gard: Territoire) -> None:
    declare(make_agent(territoire=gard), "Loi sur l’eau", niveau=4)
    while actions.recount_changed():
        pass
    assert "Expertises · Occitanie" not in browser(reader).get("/").content.decode()
    regional = browser(make_agent(territoire=gard.parent))
    page = regional.get("/").content.decode()
    assert "1\xa0expertise repose sur une seule personne" in page
    assert reverse("couverture:region", args=["R76"]) in page
    declare(make_agent(territoire=gard), "Loi sur l’eau", niveau=3)
    while actions.recount_changed():
        pass
    assert "Expertises · Occitanie" not in regional.get("/").content.decode()


def test_everything_stands_when_there_is_nobody(reader: Agent) -> None:
    client = browser(reader)
    for address in (reverse("couverture:ensemble"), reverse("couverture:region", args=["R76"])):
        assert client.get(address).status_code == 200
