"""People ticked on the search page, asked together."""

import pytest

from annuaire.models import Agent
from annuaire.sollicitations.models import Capacite
from annuaire.trouver import actions
from annuaire.trouver.criteres import Criteres, parse
from annuaire.trouver.presentation import search_context
from tests.factories import browser, declare, make_agent
from tests.sollicitations.conftest import ask

pytestmark = pytest.mark.django_db
SOLLICITER = "/annuaire/choix/solliciter/"


@pytest.fixture
def me() -> Agent:
    return make_agent("Moi")


@pytest.fixture
def experts() -> list[Agent]:
    people = [make_agent(f"Expert{number}", "Eau") for number in range(3)]
    for person in people:
        declare(person, "Loi sur l’eau", niveau=3)
    return people


def handles(*people: Agent) -> list[str]:
    return [person.identifiant for person in people]


def test_those_ticked_are_asked_together_with_the_question(me: Agent, experts: list[Agent]) -> None:
    query = {"q": "loi sur l’eau", "choix": handles(*experts[:2])}
    page = browser(me).get(SOLLICITER, query, follow=True)
    assert page.redirect_chain[0][0].startswith("/sollicitations/nouvelle/?")
    assert page.context["form"]["objet"].value() == "loi sur l’eau"
    assert {person.pk for person in page.context["cochees"]} == {person.pk for person in experts[:2]}


def test_a_long_question_is_the_need(me: Agent, experts: list[Agent]) -> None:
    page = browser(me).get(SOLLICITER, {"q": "eau " * 60, "choix": handles(experts[0])}, follow=True)
    assert page.context["form"]["besoin"].value().startswith("eau eau")
    assert page.context["form"]["objet"].value() == ""


@pytest.mark.parametrize("choix", [[], ["personne"], ["moi"], ["\x00", "<b>"]])
def test_nobody_ticked_goes_back_to_the_search(me: Agent, choix: list[str]) -> None:
    page = browser(me).get(SOLLICITER, {"q": "eau", "choix": choix}, follow=True)
    assert page.redirect_chain[0][0].startswith("/annuaire/?q=eau")
    assert "Cochez d’abord" in page.content.decode()


def test_neither_oneself_nor_partners_nor_closed_accounts(me: Agent) -> None:
    others = [me, make_agent("Pia", partenaire=True), make_agent("Parti", is_active=False)]
    page = browser(me).get(SOLLICITER, {"q": "eau", "choix": handles(*others)}, follow=True)
    assert "Cochez d’abord" in page.content.decode()


def test_too_many_are_refused_and_stay_ticked(me: Agent, experts: list[Agent], settings) -> None:
    settings.SOLLICITATIONS = {**settings.SOLLICITATIONS, "personnes": 2}
    page = browser(me).get(SOLLICITER, {"q": "loi sur l’eau", "choix": handles(*experts)}, follow=True)
    text = page.content.decode()
    assert "Vous avez choisi 3 personnes ; une sollicitation s’adresse à 2 au plus" in text
    assert page.context["choisies"] == 3


def test_partners_of_labs_ask_nobody() -> None:
    partner = browser(make_agent("Pia", partenaire=True))
    assert partner.get(SOLLICITER, {"q": "eau", "choix": "moi"}).status_code == 403


def test_ticks_follow_from_page_to_page_and_through_filters(me: Agent, experts: list[Agent]) -> None:
    for number in range(25):
        declare(make_agent(f"Autre{number:02}"), "Loi sur l’eau", niveau=2)
    criteres = Criteres(q="loi sur l’eau", choix=tuple(handles(*experts)))
    second = search_context(me, criteres, 2)
    shown = {row.agent.pk for row in second["resultats"] if row.choisie}
    elsewhere = {row.agent.pk for row in second["choisies_ailleurs"]}
    assert shown | elsewhere == {person.pk for person in experts}
    assert not shown & elsewhere
    for page in second["pages"]:
        assert parse(page["adresse"]).choix == criteres.choix
    assert parse(second["sans_filtres"]).choix == criteres.choix
    assert parse(second["sans_choix"]).choix == ()
    text = browser(me).get(f"/annuaire/?{criteres.address(page=2)}").content.decode()
    assert text.count('name="choix"') == len(second["resultats"]) + len(elsewhere)


def test_who_has_no_room_is_said_so_and_cannot_be_ticked(me: Agent, experts: list[Agent]) -> None:
    full, away, free = experts
    Capacite.objects.create(agent=full, ouvertes=1)
    ask(make_agent("Nadia"), full)
    Agent.objects.filter(pk=away.pk).update(disponibilite="non")
    text = browser(me).get("/annuaire/", {"q": "loi sur l’eau"}).content.decode()
    assert "Plus de place en ce moment" in text
    assert f'value="{free.identifiant}"' in text
    for person in (full, away):
        assert f'value="{person.identifiant}"' not in text
        assert f"?a={person.identifiant}" not in text
    # Ticked before they had no room, they can be unticked, with the reason.
    ticked = browser(me).get("/annuaire/", {"q": "rien du tout", "choix": handles(full)}).content.decode()
    assert f'value="{full.identifiant}"' in ticked
    assert "a déjà autant de sollicitations en cours" in ticked


def test_a_kept_search_forgets_who_was_ticked(me: Agent, experts: list[Agent]) -> None:
    criteres = Criteres(q="loi sur l’eau", choix=tuple(handles(*experts)))
    assert actions.save_search(me, "Eau", criteres).parsed.choix == ()
    assert actions.save_search(me, "Digues", Criteres(q="digues")).criteres == "q=digues"


def test_rooms_cost_few_queries(me: Agent, experts: list[Agent], django_assert_max_num_queries) -> None:
    from annuaire.trouver.choix import tell_rooms
    from annuaire.trouver.moteur import Trouve

    Capacite.objects.create(agent=experts[0], ouvertes=1, par_mois=3)
    criteres = Criteres(q="eau", choix=tuple(handles(*experts)))
    with django_assert_max_num_queries(4):
        elsewhere = tell_rooms(me, criteres, [Trouve(experts[0], 0.0)])
    assert [row.agent for row in elsewhere] == experts[1:]
