"""The directory's search narrowed, counted and ordered; and nothing of it changed by what one may not see."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent, RechercheSansReponse, Territoire
from annuaire.profils.models import Profil, Recommandation
from annuaire.trouver.criteres import Criteres, parse, read
from annuaire.trouver.moteur import find, results
from annuaire.trouver.presentation import search_context
from annuaire.trouver.telephone import number_in
from communautes.models import Communaute
from forum.actions import publish_message
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
def world() -> dict[str, Agent]:
    """One looks from Lozère; people who know about water in Lozère, Gard, Ariège, Rhône."""
    rhone = make_territoire("69", "Rhône", parent="R84")
    Territoire.objects.filter(code="R84").update(nom="Auvergne-Rhône-Alpes")
    people = {
        "me": make_agent("Moi"),
        "ici": make_agent("Irène", "Icitte"),
        "gard": make_agent("Gérard", "Gardois", territoire=make_territoire("30", "Gard")),
        "ariege": make_agent(
            "Aude", "Ariégeoise", territoire=make_territoire("09", "Ariège"), disponibilite="non"
        ),
        "rhone": make_agent("Rémi", "Rhodanien", territoire=rhone, disponibilite="limitee"),
    }
    for name, niveau in (("ici", 1), ("gard", 4), ("ariege", 3), ("rhone", 3)):
        declare(people[name], "Loi sur l’eau", ["DLE", "dossier loi sur l’eau", "busage"], niveau)
    return people


def names(agent: Agent, query: str) -> list[str]:
    found = find(agent, parse(query))
    handles = dict(Agent.objects.values_list("pk", "prenom"))
    return [handles[person.pk] for person in found.retenues]


def counts(agent: Agent, query: str, name: str) -> dict[str, int]:
    context = search_context(agent, parse(query), 1)
    if name == "territoire":
        return {option.valeur: option.nombre for group in context["territoires"] for option in group.options}
    return {
        option.valeur: option.nombre
        for facette in context["facettes"]
        if facette.nom == name
        for option in facette.options
    }


def test_territories_from_where_one_is(world: dict[str, Agent]) -> None:
    me = world["me"]
    assert set(names(me, "q=busage")) == {"Irène", "Gérard", "Aude", "Rémi"}
    assert names(me, "q=busage&territoire=ici") == ["Irène"]
    assert set(names(me, "q=busage&territoire=voisins")) == {"Irène", "Gérard"}
    assert set(names(me, "q=busage&territoire=region")) == {"Irène", "Gérard", "Aude"}
    assert names(me, "q=busage&territoire=69") == ["Rémi"]
    assert counts(me, "q=busage&territoire=69", "territoire") == {
        "": 4, "ici": 1, "voisins": 2, "region": 3, "R76": 3, "48": 1, "30": 1, "09": 1, "R84": 1, "69": 1,
    }  # fmt: skip


def test_who_covers_a_territory_is_found_there(world: dict[str, Agent]) -> None:
    profil = Profil.objects.create(agent=world["rhone"])
    profil.territoires.add(Territoire.objects.get(code="R76"))
    assert set(names(world["me"], "q=busage&territoire=ici")) == {"Irène", "Rémi"}
    found = find(world["me"], parse("q=busage&territoire=ici"))
    said = {row.agent.prenom: row.lieu for row in results(world["me"], found, found.retenues)}
    assert said["Irène"] == "Dans votre département"
    assert said["Rémi"].endswith("Intervient aussi là où vous cherchez")


def test_each_filter_is_counted_with_the_others_applied(world: dict[str, Agent]) -> None:
    me = world["me"]
    assert counts(me, "q=busage", "disponibilite") == {"oui": 2, "limitee": 1, "non": 1}
    assert counts(me, "q=busage&niveau=3", "disponibilite") == {"limitee": 1, "non": 1}
    assert counts(me, "q=busage&niveau=3", "niveau") == {"4": 1, "3": 2, "1": 1}
    assert counts(me, "q=busage&niveau=3&disponibilite=oui", "niveau") == {"4": 1, "3": 0, "1": 1}
    assert names(me, "q=busage&niveau=3&disponibilite=non") == ["Aude"]
    assert set(names(me, "q=busage&niveau=3&niveau=4")) == {"Gérard", "Aude", "Rémi"}


def test_a_limited_availability_that_ended_is_one_again(world: dict[str, Agent]) -> None:
    Agent.objects.filter(pk=world["rhone"].pk).update(
        disponibilite_jusqu_au=timezone.localdate() - timedelta(days=1)
    )
    assert counts(world["me"], "q=busage", "disponibilite") == {"oui": 3, "non": 1}


def test_orders(world: dict[str, Agent]) -> None:
    me = world["me"]
    assert names(me, "q=busage")[0] == "Gérard"
    assert names(me, "q=busage&tri=proximite") == ["Irène", "Gérard", "Rémi", "Aude"]
    assert names(me, "q=busage&tri=disponibilite")[2:] == ["Rémi", "Aude"]


def test_pages_follow_one_another(world: dict[str, Agent]) -> None:
    for number in range(43):
        declare(make_agent(f"P{number}"), "Loi sur l’eau")
    me = world["me"]
    pages = [search_context(me, parse("q=busage"), page) for page in (1, 2, 3, 9)]
    assert pages[0]["total"] == 47
    assert [len(page["resultats"]) for page in pages] == [20, 20, 7, 7]
    seen = [row.agent.pk for page in pages[:3] for row in page["resultats"]]
    assert len(set(seen)) == 47
    page = browser(me).get("/annuaire/", {"q": "busage"}).content.decode()
    assert "47\u00a0personnes à solliciter" in page


def test_what_is_typed_in_the_address_is_never_believed(client: Client, world: dict[str, Agent]) -> None:
    client.force_login(world["me"])
    for query in (
        "territoire=zz", "territoire=voisins%00", "service=99999999999999999999999", "service=²", "niveau=9",
        "langue=klingon", "communaute=inconnue", "expertise=inconnue", "tri=x", "page=-1", "page=99999999", "page=²",
        "type=" + "x" * 500, "&".join(f"langue=fr&service={n}" for n in range(200)),
    ):  # fmt: skip
        assert client.get(f"/annuaire/?q=busage&{query}").status_code == 200, query


def test_an_address_is_read_as_it_was_written() -> None:
    criteres = Criteres(q="a & b=c", territoire="48", niveau=("2", "4"), langue=("en",), tri="proximite")
    assert parse(criteres.address()) == criteres
    assert read(type("Vide", (dict,), {"getlist": lambda self, name: []})()) == Criteres()


@pytest.mark.parametrize(
    "typed", ["04 66 49 60 00", "04.66.49.60.00", "+33 4 66 49 60 00", "0033466496000", "0466496000"]
)
def test_found_by_telephone_however_typed(world: dict[str, Agent], typed: str) -> None:
    Agent.objects.filter(pk=world["gard"].pk).update(telephone="04 66 49 60 00")
    partner = make_agent("Pia", partenaire=True, telephone="0466496000")
    closed = make_agent("Clos", telephone="0466496000", is_active=False)
    found = find(world["me"], Criteres(q=typed))
    assert [person.pk for person in found.retenues] == [world["gard"].pk]
    assert "04 66 49 60 00" in results(world["me"], found, found.retenues)[0].raisons[0]
    assert partner.pk != closed.pk


def test_what_is_no_number_is_a_question() -> None:
    assert [number_in(text) for text in ("article 214-1", "2 3 4", "04 66", "L. 214-3", "1" * 40, "")] == [
        ""
    ] * 6


def test_colleagues_recommendations_are_told_as_they_stand(world: dict[str, Agent]) -> None:
    me, gard = world["me"], world["gard"]
    expertise = gard.expertises.get()
    for author, fields in (
        (world["ici"], {}),
        (world["rhone"], {}),
        (world["ariege"], {"masquee_le": timezone.now()}),
        (make_agent("Parti", is_active=False), {}),
    ):
        Recommandation.objects.create(auteur=author, agent=gard, expertise=expertise, contexte="Vu", **fields)
    found = find(me, parse("q=busage"))
    reasons = results(me, found, found.retenues)[0].raisons
    assert any("2\u00a0recommandations</a> pour <strong>Loi sur l’eau" in reason for reason in reasons)


def test_what_one_may_not_read_changes_nothing(world: dict[str, Agent]) -> None:
    """Ranking, counts, filters, suggestions: the same with and without a community that one is not in."""
    me = world["me"]

    def seen() -> list[object]:
        told = []
        for query in ("q=busage", "q=busge+xylophage", "q=xylophage", "q=busage&territoire=region"):
            context = search_context(me, parse(query), 1)
            told.append(
                [
                    context["total"],
                    [
                        (row.agent.pk, row.raisons, row.lieu)
                        for row in (*context["resultats"], *context["relais"])
                    ],
                    context["territoires"],
                    context["facettes"],
                    context["puces"],
                    context["vouliez"],
                    context.get("endroits"),
                    context.get("proches"),
                ]
            )
        return told

    before = seen()
    closed = make_communaute(world["rhone"], visibilite=Communaute.Visibilite.PRIVEE)
    add_member(closed, world["ici"])
    sujet = make_sujet(closed, world["rhone"], titre="Xylophage et busage")
    publish_message(world["ici"], sujet, "Le busage et le xylophage : voici.")
    assert seen() == before
    add_member(closed, me)
    assert seen() != before


def test_communities_whose_members_one_may_list(world: dict[str, Agent]) -> None:
    me = world["me"]
    ouverte = make_communaute(world["gard"])
    privee = make_communaute(world["rhone"], visibilite=Communaute.Visibilite.PRIVEE)
    add_member(ouverte, world["ici"])
    assert counts(me, "q=busage", "communaute") == {} or set(counts(me, "q=busage", "communaute")) == {
        ouverte.slug
    }
    assert set(names(me, f"q=busage&communaute={ouverte.slug}")) == {"Irène", "Gérard"}
    assert names(me, f"q=busage&communaute={privee.slug}") == []
    add_member(privee, me)
    assert names(me, f"q=busage&communaute={privee.slug}") == ["Rémi"]


def test_typing_errors_are_asked_about(world: dict[str, Agent]) -> None:
    me = world["me"]
    assert search_context(me, parse("q=busaje"), 1)["vouliez"] == "busage"
    assert search_context(me, parse("q=Gardoix"), 1)["vouliez"] == "Gardois"
    assert search_context(me, parse("q=busage"), 1)["vouliez"] == ""
    assert search_context(me, parse("q=zzzzzzz"), 1)["vouliez"] == ""
    Agent.objects.filter(pk=world["gard"].pk).update(is_active=False)
    assert search_context(me, parse("q=Gardoix"), 1)["vouliez"] == ""


def test_acronyms_are_said_in_full(world: dict[str, Agent]) -> None:
    sigles = search_context(world["me"], parse("q=dle"), 1)["sigles"]
    assert [(sigle.dit, sigle.entier, sigle.expertise.libelle) for sigle in sigles] == [
        ("dle", "dossier loi sur l’eau", "Loi sur l’eau")
    ]


def test_expertises_refine(world: dict[str, Agent]) -> None:
    for name in ("ariege", "rhone"):
        declare(world[name], "Zones humides")
    context = search_context(world["me"], parse("q=busage"), 1)
    chips = {puce.expertise.libelle: puce for puce in context["puces"]}
    assert chips["Loi sur l’eau"].nombre == 4
    expertise = world["ariege"].expertises.get(libelle="Zones humides")
    assert names(world["me"], f"q=busage&disponibilite=non&expertise={expertise.slug}") == ["Aude"]


def test_nothing_found_leads_somewhere_and_is_kept_without_names(world: dict[str, Agent]) -> None:
    me = world["me"]
    mine = make_communaute(me)
    Communaute.objects.filter(pk=mine.pk).update(resume="Le busage des cours d’eau")
    context = search_context(me, parse("q=busage&territoire=ici&disponibilite=non"), 1)
    assert context["total"] == 0
    assert context["moins_de_filtres"].nombre == 1
    assert [(piste.libelle, piste.nombre) for piste in context["plus_large"]] == [("Dans votre région", 1)]
    assert [endroit.nom for endroit in context["endroits"]] == [mine.nom]
    assert "titre=busage" in context["endroits"][0].url
    assert RechercheSansReponse.objects.count() == 0
    client = browser(me)
    for _ in range(2):
        page = client.get("/annuaire/", {"q": "géothermie profonde", "territoire": "30"}).content.decode()
    assert "Personne ne répond" in page
    assert "Choisir une communauté" in page
    need = RechercheSansReponse.objects.get()
    assert (need.question, need.territoire_id, need.nombre) == ("geothermie profonde", "30", 1)


def test_words_that_mean_nothing_are_no_need(world: dict[str, Agent]) -> None:
    page = browser(world["me"]).get("/annuaire/", {"q": "et de la"}).content.decode()
    assert "Dites-en plus" in page
    assert "Personne ne répond" not in page
    assert RechercheSansReponse.objects.count() == 0


def test_the_question_comes_into_the_new_sujet(world: dict[str, Agent]) -> None:
    mine = make_communaute(world["me"])
    Communaute.objects.filter(pk=mine.pk).update(resume="Le busage des cours d’eau")
    where = search_context(world["me"], parse("q=busage&territoire=ici&disponibilite=non"), 1)["endroits"][0]
    page = browser(world["me"]).get(where.url).content.decode()
    assert 'value="busage"' in page
    assert mine.nom in page


def test_partners_of_labs_see_nothing(world: dict[str, Agent]) -> None:
    partner = browser(make_agent("Pia", partenaire=True))
    assert partner.get("/annuaire/", {"q": "busage", "territoire": "48"}).status_code == 403


def test_number_of_queries(world: dict[str, Agent], django_assert_max_num_queries) -> None:
    for number in range(25):
        declare(make_agent(f"P{number}"), "Loi sur l’eau", niveau=2)
    client = browser(world["me"])
    client.get("/annuaire/", {"q": "busage"})
    with django_assert_max_num_queries(42):
        client.get("/annuaire/", {"q": "busage", "territoire": "region", "niveau": "2"})
    with django_assert_max_num_queries(52):
        client.get("/annuaire/", {"q": "xylophage busaje", "territoire": "69"})


def test_beyond_the_most_that_are_counted_filters_still_find_everybody(
    world: dict[str, Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world["me"]
    communaute = make_communaute(world["ariege"])
    monkeypatch.setattr("annuaire.trouver.moteur.MAX", 2)
    context = search_context(me, parse("q=busage"), 1)
    assert context["trouvailles"].trop
    # All are counted, beyond those that are gone through; not by level, of which only those read are told apart.
    assert context["trouvailles"].total == 4
    assert "4\xa0personnes à solliciter" in browser(me).get("/annuaire/?q=busage").content.decode()
    assert "Plus de" not in browser(me).get("/annuaire/?q=busage&disponibilite=oui").content.decode()
    assert "Plus de" in browser(me).get("/annuaire/?q=busage&niveau=3&niveau=4&niveau=1").content.decode()
    # Neither is among the two best.
    for query in (
        "territoire=09",
        "disponibilite=non",
        f"communaute={communaute.slug}",
        "niveau=3&disponibilite=non",
    ):
        context = search_context(me, parse(f"q=busage&{query}"), 1)
        assert [row.agent.prenom for row in context["resultats"]] == ["Aude"], query
        assert not context["trouvailles"].trop
        assert context["trouvailles"].partiel


def test_all_filters_hold_where_too_many_answer(
    world: dict[str, Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the database, each filter lets pass the same people as when it is asked of those who were read."""
    me = world["me"]
    communaute = make_communaute(world["ariege"])
    Profil.objects.create(agent=world["ariege"], langues=["en", "oc"])
    covering = Profil.objects.create(agent=world["rhone"], langues=["en"])
    covering.territoires.add("09")
    Agent.objects.filter(pk=world["gard"].pk).update(
        disponibilite="limitee", disponibilite_jusqu_au=timezone.localdate() - timedelta(days=1)
    )
    service = world["ariege"].service
    assert service is not None
    expertise = world["ariege"].expertises.get()
    queries = (
        "territoire=09",
        "territoire=region",
        f"type={service.type.sigle}",
        f"service={service.pk}",
        "service=99999999999999999999",
        "langue=en",
        "langue=oc&territoire=09",
        "disponibilite=oui",
        "disponibilite=non&disponibilite=limitee",
        f"communaute={communaute.slug}",
        "communaute=inconnue",
        f"expertise={expertise.slug}",
    )
    criteria = [parse(f"q=busage&{query}") for query in queries]
    whole = [[person.pk for person in find(me, one).retenues] for one in criteria]
    assert [len(found) for found in whole] == [2, 4, 4, 1, 0, 2, 1, 2, 2, 1, 0, 4]
    monkeypatch.setattr("annuaire.trouver.moteur.MAX", 2)
    for many in (0.05, 0.0):
        monkeypatch.setattr("annuaire.trouver.moteur.MANY", many)
        monkeypatch.setattr("annuaire.preuves.recherche.MANY", many)
        found = [find(me, one) for one in criteria]
        assert [people[:2] for people in whole] == [[person.pk for person in one.retenues] for one in found]
        assert [one.total for one in found] == [len(people) for people in whole]


def test_each_reason_leads_to_what_the_searcher_may_open(world: dict[str, Agent]) -> None:
    me = world["me"]
    ouverte = make_communaute(world["rhone"])
    for name in ("ici", "gard"):
        add_member(ouverte, world[name])
    for number in range(2):
        publish_message(
            world["ici"], make_sujet(ouverte, world["rhone"], f"Busage {number}"), "Un busage : voici."
        )
    publish_message(world["gard"], make_sujet(ouverte, world["rhone"]), "Le busage se déclare.")
    Recommandation.objects.create(
        auteur=world["ici"], agent=world["gard"], expertise=world["gard"].expertises.get(), contexte="Vu"
    )
    found = find(me, parse("q=busage"))
    links = [
        link
        for row in results(me, found, found.retenues)
        for reason in row.raisons
        for link in re.findall(r'href="([^"]+)"', reason)
    ]
    assert len(links) >= 3
    client = browser(me)
    for link in links:
        assert client.get(html.unescape(link), follow=True).status_code == 200, link


def test_the_most_frequent_values_come_first(world: dict[str, Agent]) -> None:
    for number in range(2):
        declare(make_agent(f"P{number}"), "Loi sur l’eau")
    context = search_context(world["me"], parse("q=busage"), 1)
    services = next(facette for facette in context["facettes"] if facette.nom == "service")
    assert [option.nombre for option in services.options] == [3, 1, 1, 1]
    levels = next(facette for facette in context["facettes"] if facette.nom == "niveau")
    assert [option.libelle for option in levels.options] == ["Référence", "Expertise", "Notions"]
