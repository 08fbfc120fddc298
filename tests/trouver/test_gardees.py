"""Searches that one keeps: told once of each new person, of nobody that one may not find, and stopped at will."""

import pytest

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from annuaire.trouver import actions
from annuaire.trouver.actions import check_search, delete_search, save_search, set_told
from annuaire.trouver.criteres import Criteres, parse
from annuaire.trouver.models import RechercheEnregistree
from annuaire.trouver.tasks import check_searches
from communautes.models import Communaute
from forum.actions import publish_message
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.factories import (
    add_member,
    browser,
    declare,
    make_agent,
    make_communaute,
    make_sujet,
    make_territoire,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def me() -> Agent:
    declare(make_agent("Ancienne"), "Loi sur l’eau", ["busage"])
    return make_agent("Moi")


def told(agent: Agent) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(destinataire=agent, genre="recherche").order_by("pk")
    return list(rows.values_list("titre", "extrait"))


def test_each_new_person_is_told_once(me: Agent, run_jobs) -> None:
    row = save_search(me, "Les busages", Criteres(q="busage"))
    assert check_search(row.pk) == 0
    declare(make_agent("Nouvelle", "Venue"), "Loi sur l’eau")
    check_searches.defer()
    run_jobs()
    assert told(me) == [
        (
            "Une personne de plus répond à « Les busages »",
            "Nouvelle Venue (Instructrice police de l’eau · DDT Lozère)",
        )
    ]
    assert check_search(row.pk) == 0
    for number in range(5):
        declare(make_agent(f"N{number}"), "Loi sur l’eau")
    assert check_search(row.pk) == 5
    assert told(me)[1][0].startswith("5 personnes de plus répondent")
    assert told(me)[1][1].endswith("et 2 autres")
    notice = Notification.objects.filter(destinataire=me).first()
    assert browser(me).get(notice.url).url == "/annuaire/?q=busage"


def test_filters_are_those_of_the_moment_it_was_kept(me: Agent) -> None:
    row = save_search(me, "Ici", parse("q=busage&territoire=ici&tri=proximite&page=3"))
    assert row.criteres == "q=busage&territoire=ici"
    declare(make_agent("Loin", territoire=make_territoire("09", "Ariège")), "Loi sur l’eau")
    assert check_search(row.pk) == 0
    declare(make_agent("Près"), "Loi sur l’eau")
    assert check_search(row.pk) == 1


def test_who_holds_a_common_word_only_is_not_told(me: Agent) -> None:
    declare(make_agent("Autre"), "Zones humides")
    row = save_search(me, "Deux", Criteres(q="busage des zones humides en hiver"))
    make_agent("Hors sujet", fonction="Relations presse", biographie="Hiver comme été.")
    assert check_search(row.pk) == 0


def test_what_one_may_not_read_tells_nothing(me: Agent) -> None:
    row = save_search(me, "Les busages", Criteres(q="busage"))
    closed = make_communaute(make_agent("Ana"), visibilite=Communaute.Visibilite.PRIVEE)
    author = make_agent("Secrète")
    add_member(closed, author)
    publish_message(author, make_sujet(closed, make_agent_in(closed)), "Un busage : voici comment.")
    make_agent("Partenaire", partenaire=True, biographie="busage")
    assert check_search(row.pk) == 0
    add_member(closed, me)
    assert check_search(row.pk) == 1


def make_agent_in(communaute: Communaute) -> Agent:
    agent = make_agent("Demande")
    add_member(communaute, agent)
    return agent


def test_stopped_then_resumed_tells_nobody_late(me: Agent) -> None:
    row = save_search(me, "Les busages", Criteres(q="busage"))
    declare(make_agent("Une"), "Loi sur l’eau")
    check_search(row.pk)
    notices = list(Notification.objects.filter(destinataire=me))
    assert visible(me, notices) == notices
    set_told(me, row, False)
    assert visible(me, notices) == []
    declare(make_agent("Deux"), "Loi sur l’eau")
    assert check_search(row.pk) == 0
    set_told(me, row, True)
    assert check_search(row.pk) == 0
    declare(make_agent("Trois"), "Loi sur l’eau")
    assert check_search(row.pk) == 1


def test_closed_accounts_and_deleted_searches_are_left_alone(me: Agent) -> None:
    row = save_search(me, "Les busages", Criteres(q="busage"))
    declare(make_agent("Une"), "Loi sur l’eau")
    Agent.objects.filter(pk=me.pk).update(is_active=False)
    assert check_search(row.pk) == 0
    Agent.objects.filter(pk=me.pk).update(is_active=True)
    assert check_search(row.pk) == 1
    delete_search(me, row)
    assert check_search(row.pk or 0) == 0
    assert told(me) == []


@pytest.mark.parametrize(
    ("nom", "criteres", "said"),
    [
        ("", "q=busage", "Donnez-lui un nom"),
        ("x" * 81, "q=busage", "80 caractères"),
        ("Vide", "territoire=48", "Faites d’abord une recherche"),
        ("Encore", "q=busage", "Vous gardez déjà cette recherche"),
    ],
)
def test_refusals_keep_what_was_typed(me: Agent, nom: str, criteres: str, said: str) -> None:
    save_search(me, "Première", Criteres(q="busage"))
    answer = browser(me).post("/annuaire/moi/recherches/enregistrer/", {"nom": nom, "criteres": criteres})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert f'value="{nom}"' in page or not nom
    assert RechercheEnregistree.objects.count() == 1


def test_a_limit_of_searches(me: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_KEPT", 2)
    for question in ("un", "busage"):
        save_search(me, question, Criteres(q=question))
    with pytest.raises(ActionRefusee, match="Vous gardez déjà 2 recherches"):
        save_search(me, "trois", Criteres(q="trois"))


def test_too_many_answer(me: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annuaire.trouver.moteur.MAX", 1)
    declare(make_agent("Une"), "Loi sur l’eau")
    with pytest.raises(ActionRefusee, match="ajoutez un mot"):
        save_search(me, "large", Criteres(q="busage"))


def test_the_page_of_kept_searches(me: Agent, django_assert_max_num_queries) -> None:
    client = browser(me)
    client.post(
        "/annuaire/moi/recherches/enregistrer/",
        {"nom": " Les  busages ", "criteres": "q=busage&territoire=region&niveau=3&service=1"},
    )
    row = RechercheEnregistree.objects.get()
    assert row.nom == "Les busages"
    page = client.get("/annuaire/moi/recherches/").content.decode()
    assert "ma région, niveau expertise, 1 autre filtre" in page
    client.post(f"/annuaire/moi/recherches/{row.pk}/renommer/", {"nom": "Eau"})
    assert client.post(f"/annuaire/moi/recherches/{row.pk}/renommer/", {"nom": " "}).status_code == 422
    client.post(f"/annuaire/moi/recherches/{row.pk}/prevenir/", {"prevenir": "non"})
    row.refresh_from_db()
    assert (row.nom, row.prevenir) == ("Eau", False)
    for number in range(6):
        save_search(me, f"R{number}", Criteres(q=f"r{number}"))
    with django_assert_max_num_queries(12):
        client.get("/annuaire/moi/recherches/")
    stranger = browser(make_agent("Autre"))
    for address in ("", "renommer/", "prevenir/", "supprimer/"):
        path = f"/annuaire/moi/recherches/{row.pk}/{address}"
        assert (stranger.post(path) if address else stranger.get(path)).status_code == 404
    client.post(f"/annuaire/moi/recherches/{row.pk}/supprimer/")
    assert not RechercheEnregistree.objects.filter(pk=row.pk).exists()
    # What was asked for is nobody else's business, the journal's included.
    assert not EntreeJournal.objects.filter(
        action__startswith="recherche.", details__icontains="busage"
    ).exists()
