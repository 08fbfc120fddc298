"""What is counted of each expertise, where, and when it is counted again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annuaire.couverture import actions
from annuaire.couverture.lecture import Etendue, load_of
from annuaire.couverture.models import Changement, Couverture, Delai, Releve
from annuaire.models import Agent, Expertise, Territoire
from annuaire.preuves.actions import set_hidden
from annuaire.preuves.models import Preuve
from annuaire.profils.models import Profil
from annuaire.sollicitations import actions as answers
from communautes.models import Communaute
from forum.actions import open_sujet, publish_message
from forum.models import Sujet
from tests.factories import add_member, declare, make_agent, make_communaute, make_territoire
from tests.sollicitations.conftest import call, thread

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def france() -> Territoire:
    return Territoire.objects.create(code="FR", genre="national", nom="France entière", zone="france")


def counts(expertise: Expertise) -> dict[str, tuple[int, int, int]]:
    """Territory → people, référents, référents who can be asked; counted as the worker does, which knows what changed."""
    while actions.recount_changed():
        pass
    rows = Couverture.objects.filter(expertise=expertise)
    return {row.territoire_id: (row.personnes, row.referents, row.referents_disponibles) for row in rows}


def test_each_counts_once_where_they_work_in_the_region_and_in_the_country() -> None:
    gard = make_territoire("30", "Gard")
    eau = declare(make_agent(), "Loi sur l’eau", niveau=4)
    declare(make_agent(), "Loi sur l’eau", niveau=2)
    declare(make_agent(territoire=gard), "Loi sur l’eau", niveau=1)
    declare(make_agent(territoire=make_territoire("63", "Puy-de-Dôme", "R84")), "Loi sur l’eau", niveau=3)
    # At the level of the région: in no département.
    declare(make_agent(territoire=gard.parent), "Loi sur l’eau", niveau=3)
    assert counts(eau) == {
        "48": (2, 1, 1),
        "30": (1, 0, 0),
        "R76": (4, 2, 2),
        "63": (1, 1, 1),
        "R84": (1, 1, 1),
        "FR": (5, 3, 3),
    }
    row = Couverture.objects.get(expertise=eau, territoire="FR")
    assert (row.nb_notions, row.nb_pratique, row.nb_expertise, row.nb_reference) == (1, 1, 2, 1)


def test_territories_served_count_and_nobody_counts_twice_in_a_region() -> None:
    agent = make_agent()
    eau = declare(agent, "Loi sur l’eau")
    assert counts(eau) == {"48": (1, 1, 1), "R76": (1, 1, 1), "FR": (1, 1, 1)}
    profil = Profil.objects.create(agent=agent)
    profil.territoires.add(make_territoire("30", "Gard"), make_territoire())
    assert counts(eau) == {"48": (1, 1, 1), "30": (1, 1, 1), "R76": (1, 1, 1), "FR": (1, 1, 1)}
    profil.territoires.clear()
    assert set(counts(eau)) == {"48", "R76", "FR"}


def test_what_counts_for_nothing() -> None:
    gone = make_agent()
    eau = declare(gone, "Loi sur l’eau")
    declare(make_agent(partenaire=True), "Loi sur l’eau")
    assert counts(eau)["48"] == (1, 1, 1)
    gone.is_active = False
    gone.save()
    assert counts(eau) == {}
    Agent.objects.filter(pk=gone.pk).update(is_active=True)
    assert counts(eau)["48"] == (1, 1, 1)
    gone.declarations.all().delete()
    assert counts(eau) == {}


def test_availability_as_it_is_today() -> None:
    agents = [make_agent() for _ in range(4)]
    today = timezone.localdate()
    for agent in agents:
        eau = declare(agent, "Loi sur l’eau")
    Agent.objects.filter(pk=agents[0].pk).update(disponibilite="non")
    Agent.objects.filter(pk=agents[1].pk).update(disponibilite="limitee", disponibilite_jusqu_au=today)
    Agent.objects.filter(pk=agents[2].pk).update(
        disponibilite="limitee", disponibilite_jusqu_au=today - timedelta(days=1)
    )
    assert counts(eau)["48"] == (4, 4, 3)
    row = Couverture.objects.get(expertise=eau, territoire="48")
    assert (row.disponibles, row.limites, row.indisponibles) == (2, 1, 1)
    # Time passes, and nobody writes it.
    Couverture.objects.update(disponibles=1, limites=2)
    assert not actions.recount_changed()
    actions.recount_all()
    row.refresh_from_db()
    assert (row.disponibles, row.limites) == (2, 1)


def test_only_what_matters_is_noted() -> None:
    agent = make_agent()
    declare(agent, "Loi sur l’eau")
    other = declare(agent, "Zones humides")
    Changement.objects.all().delete()
    agent.fonction = "Adjointe"
    agent.save()
    assert not Changement.objects.exists()
    agent.territoire = make_territoire("30", "Gard")
    agent.save()
    assert Changement.objects.count() == 2
    assert set(counts(other)) == {"30", "R76", "FR"}
    before = list(Couverture.objects.order_by("pk").values_list("pk", "personnes"))
    actions.recount_all()
    assert list(Couverture.objects.order_by("pk").values_list("pk", "personnes")) == before


def test_an_expertise_that_is_no_more_takes_its_counts_with_it() -> None:
    eau = declare(make_agent(), "Loi sur l’eau")
    counts(eau)
    actions.record_month()
    eau.delete()
    assert not Couverture.objects.exists()
    assert not Releve.objects.exists()
    actions.recount_changed()
    assert not Couverture.objects.exists()


def test_the_record_of_a_month_is_the_same_however_often_it_is_made() -> None:
    agent = make_agent()
    eau = declare(agent, "Loi sur l’eau")
    other = declare(agent, "Zones humides")
    counts(eau)
    last_month = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    Releve.objects.create(
        expertise=eau, territoire_id="48", mois=last_month, personnes=7, referents=5, disponibles=1
    )
    for _ in range(2):
        actions.record_month()
    month = timezone.localdate().replace(day=1)
    assert Releve.objects.filter(mois=month).count() == 6
    declare(make_agent(), "Loi sur l’eau", niveau=1)
    agent.declarations.filter(expertise=other).delete()
    counts(eau)
    actions.record_month()
    assert Releve.objects.filter(mois=month).count() == 3
    assert Releve.objects.get(expertise=eau, territoire="48", mois=month).personnes == 2
    assert Releve.objects.get(mois=last_month).personnes == 7


def ask(communaute: Communaute, auteur: Agent, expertise: Expertise, number: int = 0) -> Sujet:
    return open_sujet(
        auteur, communaute, titre=f"Question {number}", texte="Quel seuil retenir ?", expertises=[expertise]
    )


def answer(sujet: Sujet, agent: Agent, hours: float) -> None:
    message = publish_message(agent, sujet, "Il faut un porter à connaissance.")
    Preuve.objects.filter(source=f"message.{message.pk}").update(quand=sujet.cree_le + timedelta(hours=hours))


def test_delays_are_told_of_enough_people_only() -> None:
    asker, *experts = [make_agent() for _ in range(5)]
    eau = declare(experts[0], "Loi sur l’eau")
    communaute = make_communaute(asker)
    for agent in experts:
        add_member(communaute, agent)
    sujets = [ask(communaute, asker, eau, number) for number in range(2)]
    for hours, agent in enumerate(experts, 1):
        answer(sujets[0], agent, hours)
    actions.measure_delays()
    assert not Delai.objects.exists()
    answer(sujets[1], experts[0], 10)
    # Somebody's second answer to the same question counts for nothing.
    answer(sujets[1], experts[0], 30)
    actions.measure_delays()
    assert set(Delai.objects.values_list("territoire", "median", "reponses")) == {
        (place, 3 * 3600, 5) for place in ("48", "R76", "FR")
    }
    set_hidden(experts[1], Preuve.objects.filter(agent=experts[1]).values_list("source", flat=True)[0], True)
    actions.measure_delays()
    assert not Delai.objects.exists()


def test_delays_of_a_closed_community_are_nobody_s_business() -> None:
    asker, *experts = [make_agent() for _ in range(6)]
    eau = declare(experts[0], "Loi sur l’eau")
    communaute = make_communaute(asker, visibilite="privee")
    sujet = ask(communaute, asker, eau)
    for agent in experts:
        add_member(communaute, agent)
        answer(sujet, agent, 2)
    actions.measure_delays()
    assert not Delai.objects.exists()


def test_five_answers_of_one_person_say_nothing() -> None:
    asker, expert = make_agent(), make_agent()
    eau = declare(expert, "Loi sur l’eau")
    communaute = make_communaute(asker)
    add_member(communaute, expert)
    for number in range(5):
        answer(ask(communaute, asker, eau, number), expert, 1)
    actions.measure_delays()
    assert not Delai.objects.exists()


def test_sollicitations_count_in_delays_and_as_load() -> None:
    asker, *experts = [make_agent() for _ in range(4)]
    for agent in experts:
        eau = declare(agent, "Loi sur l’eau")
    whole = Etendue(None)
    assert load_of(eau, whole) == 0
    for _ in range(2):
        asked = call(asker, eau, places=3)
        for hours, agent in enumerate(experts, 1):
            fil = thread(asked, agent)
            answers.accept(agent, fil)
            fil.messages.filter(auteur=agent).update(cree_le=fil.cree_le + timedelta(hours=hours))
    actions.measure_delays()
    assert Delai.objects.get(territoire="FR").median == 2 * 3600
    assert load_of(eau, whole) == 2
    # Fewer than three: it would be somebody's.
    experts[0].declarations.all().delete()
    assert load_of(eau, whole) is None
