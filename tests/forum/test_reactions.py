"""Reactions and « même besoin »: who may, counted exactly, taken back, shown to whom."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from annuaire.models import Agent
from annuaire.preuves.models import Preuve
from communautes.models import Communaute
from forum import actions
from forum.models import MemeBesoin, Message, Reaction, Sujet
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


def member(communaute: Communaute, prenom: str) -> Agent:
    return add_member(communaute, make_agent(prenom)).agent


@pytest.fixture
def answer(communaute: Communaute) -> Message:
    sujet = make_sujet(communaute, member(communaute, "Nadia"))
    return actions.publish_message(member(communaute, "Gaëlle"), sujet, "Oui, à Foix.")


def counts(message: Message) -> tuple[int, int, int]:
    message.refresh_from_db()
    return message.nb_merci, message.nb_utile, message.nb_accord


def test_react_see_it_and_take_it_back(answer: Message) -> None:
    lila = member(answer.sujet.communaute, "Lila")
    client, where = browser(lila), f"/messages/{answer.pk}/reactions/"
    back = client.post(where, {"reaction": "utile"})
    assert back["Location"] == f"{answer.sujet.get_absolute_url()}?page=1#message-2"
    client.post(where, {"reaction": "utile"})
    assert client.post(where, {"reaction": "merci"}, headers={"accept": "application/json"}).json() == {
        "merci": 1, "utile": 1, "accord": 0,
    }  # fmt: skip
    page = client.get(answer.sujet.get_absolute_url()).content.decode()
    assert 'value="-utile" aria-pressed="true" aria-label="Utile, 1 personne"' in " ".join(page.split())
    who = client.get(where).content.decode()
    assert "Lila" in who
    assert "DDT Lozère" in who
    assert Preuve.objects.get(genre="utile").poids == 1
    for _ in range(2):
        client.post(where, {"reaction": "-utile"})
    assert counts(answer) == (1, 0, 0)
    assert set(Preuve.objects.values_list("genre", flat=True)) == {"reponse", "merci"}
    assert EntreeJournal.objects.filter(action="message.unreact").count() == 1


def test_who_may_not(answer: Message, settings: Any) -> None:
    lila = member(answer.sujet.communaute, "Lila")
    with pytest.raises(ActionRefusee, match="son propre message"):
        actions.set_reaction(answer.auteur, answer, "merci", True)
    with pytest.raises(PermissionDenied):
        actions.set_reaction(make_agent(), answer, "merci", True)
    with pytest.raises(ActionRefusee):
        actions.set_reaction(lila, answer, "coeur", True)
    assert (
        browser(answer.auteur).post(f"/messages/{answer.pk}/reactions/", {"reaction": "merci"}).status_code
        == 302
    )
    actions.set_reaction(lila, answer, "merci", True)
    Message.objects.filter(pk=answer.pk).update(masque_le=answer.cree_le)
    with pytest.raises(ActionRefusee, match="n’est plus visible"):
        actions.set_reaction(lila, answer, "utile", True)
    # What one gave may always be taken back.
    actions.set_reaction(lila, answer, "merci", False)
    assert counts(answer) == (0, 0, 0)
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"reaction": 0}
    with pytest.raises(TropDeDemandes):
        actions.set_reaction(lila, answer, "merci", True)
    # A reader of an open community sees the counts, and no button.
    page = browser(make_agent()).get(answer.sujet.get_absolute_url()).content.decode()
    assert 'class="reaction"' not in page


def test_the_reader_s_reactions_cost_one_query(answer: Message, django_assert_num_queries: Any) -> None:
    from forum.composition import lines, rows_between

    for number in range(4):
        actions.publish_message(answer.auteur, answer.sujet, f"Et encore {number}")
    actions.set_reaction(answer.sujet.auteur, answer, "accord", True)
    with django_assert_num_queries(1):
        rows = rows_between(answer.sujet.auteur, answer.sujet, 1, 20)
    shown = lines(answer.sujet.auteur, answer.sujet, rows)
    assert [line.reactions for line in shown] == [set(), {"accord"}, *[set()] * 4]


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_when_many_react_at_once() -> None:
    communaute = make_communaute(make_agent())
    asker, author, *readers = (member(communaute, "M") for _ in range(6))
    sujet = make_sujet(communaute, asker)
    message = actions.publish_message(author, sujet, "Réponse")
    together(
        [
            lambda a=a, g=g: actions.set_reaction(a, message, g, True)
            for a in readers
            for g in ("utile", "merci")
        ]
        + [lambda a=a: actions.set_meme_besoin(a, sujet, True) for a in readers]
        + [lambda: actions.set_reaction(readers[0], message, "utile", True)] * 2
    )
    assert counts(message) == (4, 4, 0)
    assert {row.genre: row.poids for row in Preuve.objects.all()} == {"reponse": 1, "utile": 4, "merci": 4}
    together(
        [lambda a=a: actions.set_reaction(a, message, "utile", False) for a in readers[:3]] * 2
        + [lambda a=a: actions.set_meme_besoin(a, sujet, False) for a in readers[:3]] * 2
        + [lambda: actions.set_reaction(asker, message, "utile", True)]
    )
    assert counts(message) == (4, 2, 0)
    assert Reaction.objects.filter(genre="utile").count() == 2
    assert Preuve.objects.get(genre="utile").poids == 2
    assert Sujet.objects.get(pk=sujet.pk).nb_memes_besoins == MemeBesoin.objects.count() == 1


def test_same_need_is_counted_shown_and_undone(communaute: Communaute) -> None:
    nadia, lila = member(communaute, "Nadia"), make_agent("Lila")
    sujet = make_sujet(communaute, nadia)
    where = sujet.get_absolute_url()
    client = browser(lila)
    # Whoever reads the question may have the same need.
    client.post(f"{where}meme-besoin/", {"besoin": "oui"})
    client.post(f"{where}meme-besoin/", {"besoin": "oui"})
    assert "1\xa0personne a le même besoin" in client.get(where).content.decode()
    assert (
        "1\xa0personne a le même besoin"
        in client.get(f"{communaute.get_absolute_url()}forum/").content.decode()
    )
    assert client.get(f"{where}memes-besoins/").status_code == 403
    assert "Lila" in browser(nadia).get(f"{where}memes-besoins/").content.decode()
    scripted = {"accept": "application/json"}
    assert client.post(f"{where}meme-besoin/", {"besoin": "non"}, headers=scripted).json() == {"nombre": 0}
    refused = browser(nadia).post(f"{where}meme-besoin/", {"besoin": "oui"}, headers=scripted)
    assert refused.status_code == 422
    assert "Vous avez posé cette question" in refused.json()["erreur"]
    other = actions.open_sujet(nadia, communaute, titre="Discussion ouverte", texte="Oui", genre="discussion")
    with pytest.raises(ActionRefusee):
        actions.set_meme_besoin(lila, other, True)
    private = make_communaute(nadia, "privee")
    with pytest.raises(PermissionDenied):
        actions.set_meme_besoin(lila, make_sujet(private, nadia), True)
