"""Before asking: similar sujets and people who could answer, and what they must never show."""

import pytest

from annuaire.models import Agent
from communautes.models import Communaute
from forum import actions
from forum.models import Sujet
from forum.proches import similar_sujets, who_could_answer
from tests.factories import add_member, browser, declare, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


def titles(agent: Agent, text: str) -> list[str]:
    return [sujet.titre for sujet in similar_sujets(agent, text)]


@pytest.mark.parametrize(
    "typed",
    [
        "Busage de fossé", "busages de fosses", "BUSAGE FOSSE", "busaje d’un fossé", "Quel fossé pour un bus",
        "buse dans un fossé",
    ],
)  # fmt: skip
def test_a_title_finds_those_that_say_the_same(communaute: Communaute, ana: Agent, typed: str) -> None:
    make_sujet(communaute, ana, "Busage d’un fossé de soixante mètres")
    make_sujet(communaute, ana, "Élagage des platanes de la route nationale")
    assert titles(ana, typed) == ["Busage d’un fossé de soixante mètres"]


def test_the_vocabulary_and_the_settled_ones_first(communaute: Communaute, ana: Agent) -> None:
    declare(make_agent(), "Dossier loi sur l’eau", synonymes=["DLE"])
    for number in range(6):
        author = add_member(communaute, make_agent()).agent
        make_sujet(communaute, author, f"Un dossier loi sur l’eau incomplet, cas {number}")
    settled = Sujet.objects.order_by("pk")[2]
    make_sujet(communaute, ana, "Délimiter des zones humides en hiver")
    actions.resolve_sujet(ana, settled)
    found = titles(ana, "DLE incomplet")
    assert found[0] == settled.titre
    assert len(found) == 5
    assert titles(ana, "rien de tout cela") == []
    for nothing in ("", "de la", "’’", "%_\\' | & !", "'"):
        assert titles(ana, nothing) == []


def test_hidden_communities_and_withdrawn_sujets_leak_nowhere(communaute: Communaute, ana: Agent) -> None:
    private = make_communaute(ana, "privee")
    secret = make_sujet(private, ana, "Busage secret d’un fossé")
    public = make_sujet(communaute, ana, "Busage public d’un fossé")
    masked = make_sujet(communaute, ana, "Busage masqué d’un fossé")
    Sujet.objects.filter(pk=masked.pk).update(masque_le=masked.cree_le)
    reader = make_agent()
    assert titles(reader, "busage fossé") == [public.titre]
    assert titles(reader, "busaje fosce") == [public.titre]
    client = browser(reader)
    page = client.get(
        f"{communaute.get_absolute_url()}forum/similaires/", {"titre": "busage fossé"}
    ).content.decode()
    assert public.titre in page
    assert secret.titre not in page
    beside = client.get(f"{public.get_absolute_url()}proches/").content.decode()
    assert secret.titre not in beside
    assert masked.titre not in beside
    partner = make_agent(partenaire=True, organisme="Université")
    assert titles(partner, "busage fossé") == []
    assert secret.titre in titles(ana, "busage fossé")


def test_members_who_know_come_first_then_other_readers(communaute: Communaute, ana: Agent) -> None:
    asker = add_member(communaute, make_agent("Nadia", fonction="Chargée de mission")).agent
    member = add_member(communaute, make_agent("Gaëlle", fonction="Ingénieure")).agent
    outside, closed = make_agent("Yvon", fonction="Ingénieur"), make_agent("Parti", fonction="Ingénieur")
    for one, level in ((asker, 4), (member, 2), (outside, 4), (closed, 4)):
        expertise = declare(one, "Zones humides", niveau=level)
    Agent.objects.filter(pk=closed.pk).update(is_active=False)
    found = who_could_answer(asker, communaute, "Comment délimiter des zones humides ?")
    assert [result.agent for result in found] == [member, outside]
    assert "Zones humides" in found[0].raisons[0]
    # The expertise chosen is enough, whatever the words.
    by_choice = who_could_answer(asker, communaute, "Une question de terrain", expertises=[expertise])
    assert [result.agent for result in by_choice] == [member, outside]
    page = (
        browser(asker)
        .get(
            f"{communaute.get_absolute_url()}forum/qui-saurait/",
            {"titre": "Une question de terrain", "expertises": [expertise.pk, "x"]},
        )
        .content.decode()
    )
    assert f'data-mentionner="{member.identifiant}"' in page
    assert member.rattachement in page


def test_nobody_who_cannot_read_is_proposed(ana: Agent) -> None:
    private = make_communaute(ana, "privee", genre="laboratoire")
    outside, inside = make_agent("Yvon"), make_agent("Inès")
    partner = make_agent("Paul", partenaire=True, organisme="Université")
    add_member(private, inside)
    add_member(private, partner)
    for one in (outside, inside, partner):
        declare(one, "Zones humides")
    asked = "Des zones humides à délimiter"
    assert {result.agent for result in who_could_answer(ana, private, asked)} == {inside, partner}
    # A partner sees nothing of the directory.
    assert who_could_answer(partner, private, asked) == []
    page = browser(partner).get(f"{private.get_absolute_url()}forum/qui-saurait/", {"titre": asked})
    assert page.status_code == 200
    assert inside.nom_complet not in page.content.decode()
    assert browser(outside).get(f"{private.get_absolute_url()}forum/qui-saurait/").status_code == 404


def test_beside_an_unanswered_question_who_could_answer(communaute: Communaute, ana: Agent) -> None:
    expert = add_member(communaute, make_agent("Gaëlle")).agent
    declare(expert, "Zones humides")
    sujet = make_sujet(communaute, ana, "Délimiter des zones humides en hiver")
    htmx = {"HX-Request": "true"}
    where = f"{sujet.get_absolute_url()}proches/"
    assert "Qui saurait répondre" in browser(expert).get(sujet.get_absolute_url()).content.decode().replace(
        "qui saurait répondre", "Qui saurait répondre"
    )
    assert expert.nom_complet in browser(ana).get(where, headers=htmx).content.decode()
    # Never the author, nor the reader.
    assert ana.nom_complet not in browser(make_agent()).get(where, headers=htmx).content.decode()
    actions.publish_message(expert, sujet, "Voici comment.")
    assert "Qui saurait répondre" not in browser(ana).get(where, headers=htmx).content.decode()
