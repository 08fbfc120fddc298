"""Votes: who, once, secretly, at the same time; what they give."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Adhesion, Communaute
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from realtime.reunions.models import Convive, Reunion
from realtime.seances import actions
from realtime.seances.actions import ProjetScrutin
from realtime.seances.composition import compose
from realtime.seances.compte_rendu import minutes_of
from realtime.seances.models import Electeur, PoidsService, Scrutin, Seance
from realtime.seances.presentation import etat_context
from realtime.seances.resultats import Resultat, results_of
from tests.factories import add_member, browser, make_agent, make_service, make_territoire
from tests.seances.conftest import now_is


def opened(auteur: Agent, seance: Seance, question: str = "Retenir 60 m ?", **fields: Any) -> Scrutin:
    scrutin = actions.prepare_vote(auteur, seance, ProjetScrutin(question, **fields))
    actions.open_vote(auteur, scrutin)
    return scrutin


def result(scrutin: Scrutin) -> Resultat:
    return results_of([Scrutin.objects.get(pk=scrutin.pk)])[0]


def voices(scrutin: Scrutin) -> dict[str, str]:
    found = result(scrutin)
    assert found.lignes is not None
    return {line.libelle: line.voix for line in found.lignes} | {"Abstention": found.abstentions}


def test_an_open_vote(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    scrutin = opened(noe, seance)
    actions.vote(camille, scrutin, [1])
    actions.vote(noe, scrutin, [2])
    actions.vote(lea, scrutin, [], abstention=True)
    assert voices(scrutin) == {"Pour": "1", "Contre": "1", "Abstention": "1"}
    with pytest.raises(ActionRefusee, match="déjà voté"):
        actions.vote(lea, scrutin, [1])
    actions.close_vote(noe, scrutin)
    with pytest.raises(ActionRefusee, match="clos"):
        actions.vote(lea, scrutin, [1])
    with pytest.raises(ActionRefusee, match="résultat reste"):
        actions.drop_vote(camille, scrutin)


def test_who_votes(camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance) -> None:
    late = make_agent("Tard")
    seance.reunion.participants.filter(agent=noe).update(role=Convive.Role.INVITE)
    scrutin = opened(camille, seance)
    add_member(seance.reunion.communaute, late)
    for who in (noe, zoe, late):
        with pytest.raises(PermissionDenied):
            actions.vote(who, scrutin, [1])
    for gesture in (actions.open_vote, actions.close_vote, actions.drop_vote):
        with pytest.raises(PermissionDenied):
            gesture(lea, scrutin)
    # A member who came without invitation is called to the next one.
    actions.note_presence(late, now_is(seance))
    actions.vote(late, opened(camille, seance, "Deux ?"), [1])
    Adhesion.objects.get(agent=lea).delete()
    with pytest.raises(PermissionDenied):
        actions.vote(lea, scrutin, [1])


def test_a_vote_changed_until_it_is_closed(lea: Agent, camille: Agent, seance: Seance) -> None:
    scrutin = opened(camille, seance, choix=("A", "B", "C"), multiple=True, modifiable=True)
    actions.vote(lea, scrutin, [1, 2])
    actions.vote(lea, scrutin, [3])
    assert voices(scrutin) == {"A": "0", "B": "0", "C": "1", "Abstention": "0"}
    assert result(scrutin).votants == 1


@pytest.mark.parametrize(
    "ranks, abstention", [([], False), ([1, 2], False), ([9], False), ([1], True), ([0], False)]
)
def test_bad_ballots(lea: Agent, camille: Agent, seance: Seance, ranks: list[int], abstention: bool) -> None:
    scrutin = opened(camille, seance)
    with pytest.raises(ActionRefusee):
        actions.vote(lea, scrutin, ranks, abstention=abstention)
    assert not Electeur.objects.filter(a_vote=True).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"question": " "},
        {"question": "x" * 301},
        {"choix": ("Un",)},
        {"choix": ("Un", "un")},
        {"choix": tuple(str(n) for n in range(13))},
        {"choix": ("a" * 121, "b")},
        {"quorum": 101},
        {"secret": True, "modifiable": True},
        {"secret": True, "par_service": True},
    ],
)
def test_bad_questions(camille: Agent, seance: Seance, fields: dict[str, Any]) -> None:
    with pytest.raises(ActionRefusee):
        actions.prepare_vote(camille, seance, ProjetScrutin(**{"question": "Oui ?", **fields}))


def test_nothing_in_the_database_says_who_chose_what(
    camille: Agent, noe: Agent, lea: Agent, seance: Seance
) -> None:
    """After each vote: totals only, and the marks of the last transaction are the same on all of them."""
    scrutin = opened(camille, seance, choix=("A", "B", "C"), secret=True)
    for agent, ranks in ((lea, [2]), (noe, [1]), (camille, [2])):
        actions.vote(agent, scrutin, ranks)
        assert result(scrutin).lignes is None
        assert not Electeur.objects.filter(choix__isnull=False).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM seances_choix")
            assert cursor.fetchone() == (1,)
    for entry in EntreeJournal.objects.filter(action="vote.cast"):
        assert entry.details == {}
    with pytest.raises(ActionRefusee, match="déjà voté"):
        actions.vote(lea, scrutin, [1])
    actions.close_vote(camille, scrutin)
    assert voices(scrutin) == {"A": "1", "B": "2", "C": "0", "Abstention": "0"}
    page = browser(lea).get(reverse("seances:vote", args=[scrutin.pk])).content.decode()
    assert "Ont voté" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Electeur.objects.filter(agent=lea).update(choix=[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Scrutin.objects.filter(pk=scrutin.pk).update(modifiable=True)


def test_one_voice_a_service(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    other = make_service(make_territoire("09", "Ariège"))
    Agent.objects.filter(pk=lea.pk).update(service=other)
    scrutin = opened(camille, seance, par_service=True)
    actions.vote(camille, scrutin, [1])
    assert voices(scrutin)["Pour"] == "1"
    actions.vote(noe, scrutin, [2])
    actions.vote(lea, scrutin, [2])
    assert voices(scrutin) == {"Pour": "0,5", "Contre": "1,5", "Abstention": "0"}
    # Somebody who moves meanwhile does not move their voice.
    Agent.objects.filter(pk=noe.pk).update(service=other)
    assert voices(scrutin)["Contre"] == "1,5"


def test_services_of_several_voices(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    """Camille and Noé of one service, of three voices; Léa alone in hers, of one; Zélie has no service."""
    mine, other = camille.service, make_service(make_territoire("09", "Ariège"))
    assert mine is not None
    Agent.objects.filter(pk=lea.pk).update(service=other)
    zelie = add_member(seance.reunion.communaute, make_agent("Zélie")).agent
    Agent.objects.filter(pk=zelie.pk).update(service=None)
    actions.note_presence(zelie, now_is(seance))
    scrutin = opened(camille, seance, par_service=True, quorum=60, poids={mine.pk: 3, other.pk: 1})
    # Five voices in all: three are needed, whoever brings them.
    found = result(scrutin)
    assert (found.voix_appelees, found.requis, found.quorum_atteint) == (5, 3, False)
    actions.vote(lea, scrutin, [2])
    actions.vote(zelie, scrutin, [2])
    assert not result(scrutin).quorum_atteint
    actions.vote(camille, scrutin, [1])
    found = result(scrutin)
    assert (found.voix_votantes, found.quorum_atteint) == (5, True)
    assert voices(scrutin) == {"Pour": "3", "Contre": "2", "Abstention": "0"}
    actions.vote(noe, scrutin, [], abstention=True)
    assert voices(scrutin) == {"Pour": "1,5", "Contre": "2", "Abstention": "1,5"}
    assert f"{mine.nom} : 3 voix" in found.regle and other.nom not in found.regle
    html = browser(lea).get(reverse("seances:seance", args=[seance.pk])).content.decode()
    assert found.regle in html and "quorum de 3 voix sur 5, 5 représentées" in html
    actions.close_vote(camille, scrutin)
    text = compose(minutes_of(now_is(seance)))
    assert "3 voix" in text and "quorum de 3 voix sur 5, 5 représentées : atteint" in text
    with pytest.raises(IntegrityError), transaction.atomic():
        PoidsService.objects.update(poids=0)


def test_without_weights_the_rule_is_said(camille: Agent, seance: Seance) -> None:
    scrutin = opened(camille, seance, par_service=True)
    assert result(scrutin).regle.startswith("Chaque service compte pour une voix. La voix d’un service")
    assert result(opened(camille, seance, "Autre ?")).regle == ""
    for poids in (0, 101):
        with pytest.raises(ActionRefusee, match="1 à 100"):
            actions.prepare_vote(camille, seance, ProjetScrutin("Trop ?", par_service=True, poids={1: poids}))


def test_weights_typed_on_the_page(camille: Agent, lea: Agent, seance: Seance) -> None:
    client, address = browser(camille), reverse("seances:nouveau-vote", args=[seance.pk])
    assert camille.service is not None
    name = f"poids_{camille.service.pk}"
    assert name in client.get(address).content.decode()
    form = {"question": "Retenir 60 m ?", "choix": "Pour\nContre", "par_service": "on", name: "101"}
    answer = client.post(address, form)
    assert answer.status_code == 422 and '<details class="fr-mb-3w" open' in answer.content.decode()
    assert client.post(address, form | {name: "4"}).status_code == 302
    assert PoidsService.objects.get().poids == 4
    # Not by service: nothing is kept of them.
    client.post(address, {**form, "question": "Autre ?", "par_service": "", name: "4"})
    assert PoidsService.objects.count() == 1


def test_quorum(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    scrutin = opened(camille, seance, quorum=50)
    actions.vote(camille, scrutin, [1])
    assert (result(scrutin).requis, result(scrutin).quorum_atteint) == (2, False)
    actions.vote(lea, scrutin, [], abstention=True)
    assert result(scrutin).quorum_atteint


def test_two_have_no_secret(camille: Agent, noe: Agent, seance: Seance) -> None:
    seance.reunion.participants.exclude(agent=camille).exclude(agent=noe).delete()
    with pytest.raises(ActionRefusee, match="secret"):
        opened(camille, seance, secret=True)
    opened(camille, seance)


def test_the_end_closes_votes(camille: Agent, lea: Agent, seance: Seance) -> None:
    scrutin = opened(camille, seance)
    later = actions.prepare_vote(camille, seance, ProjetScrutin("Plus tard ?"))
    actions.vote(lea, scrutin, [1])
    actions.end(camille, now_is(seance), etape=1)
    scrutin.refresh_from_db()
    later.refresh_from_db()
    assert (scrutin.etat, later.etat) == ("clos", "abandonne")
    with pytest.raises(ActionRefusee):
        actions.open_vote(camille, later)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("secret", [True, False])
def test_two_ballots_at_once(camille: Agent, communaute: Communaute, reunion: Reunion, secret: bool) -> None:
    """Twelve people, each of whom sends three ballots at the same time as all the others: twelve voices."""
    seance = actions.open_seance(camille, reunion)
    people = [make_agent() for _ in range(12)]
    for agent in people:
        add_member(communaute, agent)
        actions.note_presence(agent, seance)
    scrutin = opened(camille, seance, secret=secret)
    outcomes: list[str] = []

    def run(agent: Agent, rang: int) -> None:
        try:
            actions.vote(agent, scrutin, [rang])
            outcomes.append("fait")
        except ActionRefusee:
            outcomes.append("refus")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=[agent, 1 + number % 2]) for agent in people for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["fait"] * 12 + ["refus"] * 24
    actions.close_vote(camille, scrutin)
    found = result(scrutin)
    assert found.votants == 12
    assert found.lignes is not None and sum(int(line.voix) for line in found.lignes) == 12


# --- Pages ---------------------------------------------------------------------------------------


def test_a_vote_without_javascript(camille: Agent, lea: Agent, zoe: Agent, seance: Seance) -> None:
    page = reverse("seances:seance", args=[seance.pk])
    new = reverse("seances:nouveau-vote", args=[seance.pk])
    assert browser(lea).get(new).status_code == 403
    leads, votes = browser(camille), browser(lea)
    assert leads.get(new).status_code == 200
    bad = leads.post(new, {"question": "Retenir 60 m ?", "choix": "Oui", "quorum": "0"})
    assert bad.status_code == 422 and "Retenir" in bad.content.decode()
    leads.post(new, {"question": "Retenir 60 m ?", "choix": "Oui\nNon", "quorum": "", "modifiable": "on"})
    scrutin = Scrutin.objects.get()
    detail = reverse("seances:vote", args=[scrutin.pk])
    assert "Retenir" not in votes.get(page).content.decode()
    assert votes.get(detail).status_code == 404
    leads.post(reverse("seances:conduire-vote", args=[scrutin.pk]), {"geste": "ouvrir"})
    assert "Retenir" in votes.get(page).content.decode()
    cast = reverse("seances:voter", args=[scrutin.pk])
    assert "Choisissez une réponse" in votes.post(cast, {}, follow=True).content.decode()
    assert "Vous avez voté" in votes.post(cast, {"choix": "2"}, follow=True).content.decode()
    assert "Changer mon vote" in votes.get(page).content.decode()
    votes.post(cast, {"choix": "abstention"})
    assert voices(scrutin)["Abstention"] == "1"
    assert browser(zoe).post(cast, {"choix": "1"}).status_code == 404
    leads.post(reverse("seances:conduire-vote", args=[scrutin.pk]), {"geste": "clore"})
    assert "Léa Vidal" in votes.get(detail).content.decode()
    assert "Changer mon vote" not in votes.get(page).content.decode()


def test_votes_cost_the_same_whatever_their_number(
    camille: Agent, seance: Seance, communaute: Communaute, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    opened(camille, seance)
    with django_assert_max_num_queries(26) as one:
        etat_context(camille, seance.reunion)
    for number in range(8):
        agent = make_agent()
        add_member(communaute, agent)
        actions.note_presence(agent, seance)
        actions.vote(agent, opened(camille, seance, f"Question {number} ?"), [1])
    with django_assert_max_num_queries(26) as many:
        etat_context(camille, seance.reunion)
    assert len(one) == len(many)
