"""Polls: who votes, what is counted, what is kept of it, and when they end."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.models import Adhesion, Communaute, Suspension
from forum import actions
from forum.actions import ProjetSondage
from forum.models import OptionSondage, Participation, Sondage
from forum.tasks import finish_due_sondages
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db
LIEUX = ("Mende", "Foix", "Rodez")


@pytest.fixture
def ana() -> Agent:
    return make_agent("Ana")


@pytest.fixture
def communaute(ana: Agent) -> Communaute:
    return make_communaute(ana)


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


def make_sondage(auteur: Agent, communaute: Communaute, **rules: Any) -> Sondage:
    sujet = actions.open_sujet(
        auteur,
        communaute,
        titre=f"Où nous réunir, question {random.random()} ?",
        texte="Dites-nous.",
        genre="sondage",
        sondage=ProjetSondage(options=LIEUX, **rules),
    )
    return sujet.sondage


def ids(sondage: Sondage) -> list[int]:
    return list(sondage.options.values_list("pk", flat=True))


def counts(sondage: Sondage) -> tuple[int, list[int]]:
    sondage.refresh_from_db()
    return sondage.nb_votants, list(sondage.options.values_list("nb_voix", flat=True))


def test_vote_see_change_withdraw(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    sondage = make_sondage(ana, communaute)
    where = sondage.sujet.get_absolute_url()
    client = browser(nadia)
    page = client.get(where).content.decode()
    assert "Les résultats s’affichent une fois que vous avez voté" in page
    assert "resultats__barre" not in page
    mende, foix, _ = ids(sondage)
    page = client.post(f"{where}sondage/voter/", {"choix": mende}, follow=True).content.decode()
    assert "Votre vote est compté." in page
    assert "100\u00a0%" in page.replace("&nbsp;", "\u00a0")
    part = client.post(f"{where}sondage/voter/", {"choix": foix}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<section")
    assert counts(sondage) == (1, [0, 1, 0])
    client.post(f"{where}sondage/retirer/")
    assert counts(sondage) == (0, [0, 0, 0])
    assert not Participation.objects.exists()
    for wrong in ([], [mende, foix], ["abc"], [str(ids(make_sondage(nadia, communaute))[0])]):
        answer = client.post(f"{where}sondage/voter/", {"choix": wrong}, headers={"HX-Request": "true"})
        assert "fr-message--error" in answer.content.decode()
    assert counts(sondage) == (0, [0, 0, 0])


def test_only_members_who_may_write_vote(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    sondage = make_sondage(ana, communaute)
    where = f"{sondage.sujet.get_absolute_url()}sondage/voter/"
    choice = {"choix": ids(sondage)[0]}
    visitor = make_agent("Hors")
    assert 'name="choix"' not in browser(visitor).get(sondage.sujet.get_absolute_url()).content.decode()
    assert browser(visitor).post(where, choice).status_code == 403
    Suspension.objects.create(
        communaute=communaute, agent=nadia, motif="Propos", jusqu_au=timezone.now() + timedelta(days=2)
    )
    assert browser(nadia).post(where, choice).status_code == 403
    Suspension.objects.all().delete()
    actions.vote(nadia, sondage, [choice["choix"]])
    # A member removed afterwards changes nothing any more; their vote stays counted.
    Adhesion.objects.filter(agent=nadia).delete()
    with pytest.raises(PermissionDenied):
        actions.withdraw_vote(nadia, sondage)
    assert counts(sondage) == (1, [1, 0, 0])
    actions.close_sujet(ana, sondage.sujet)
    with pytest.raises(ActionRefusee, match="clos"):
        actions.vote(ana, sondage, ids(sondage)[:1])


@pytest.mark.parametrize(
    ("rules", "kept", "after"),
    [
        ({"secret": True, "changement_permis": False}, 0, 0),
        ({"secret": True, "changement_permis": True}, 1, 0),
        ({"secret": False, "changement_permis": False}, 1, 1),
    ],
)
def test_what_is_kept_of_who_chose_what(
    communaute: Communaute, ana: Agent, nadia: Agent, rules: dict[str, bool], kept: int, after: int
) -> None:
    sondage = make_sondage(ana, communaute, **rules)
    links = Participation.choix.through.objects
    actions.vote(nadia, sondage, ids(sondage)[:1])
    assert links.count() == kept
    entry = EntreeJournal.objects.get(action="sondage.vote")
    assert entry.details == {}
    if not rules["changement_permis"]:
        with pytest.raises(ActionRefusee, match="déjà enregistré"):
            actions.vote(nadia, sondage, ids(sondage)[1:2])
        with pytest.raises(ActionRefusee):
            actions.withdraw_vote(nadia, sondage)
    page = browser(nadia).get(sondage.sujet.get_absolute_url()).content.decode()
    assert ("resultats__noms" in page) == (not rules["secret"])
    actions.close_sondage(ana, sondage)
    assert links.count() == after
    assert counts(sondage) == (1, [1, 0, 0])


def test_it_ends_at_its_date_to_the_second_and_people_are_told_once(
    communaute: Communaute, ana: Agent, nadia: Agent, run_jobs: Any
) -> None:
    gone = add_member(communaute, make_agent("Partie"))
    sondage = make_sondage(ana, communaute, cloture_le=timezone.now() + timedelta(hours=1))
    actions.vote(nadia, sondage, ids(sondage)[:1])
    actions.vote(gone.agent, sondage, ids(sondage)[1:2])
    Communaute.objects.filter(pk=communaute.pk).update(visibilite="privee")
    gone.delete()
    Sondage.objects.update(cloture_le=timezone.now() - timedelta(microseconds=1))
    # No job has run yet.
    with pytest.raises(ActionRefusee, match="clos"):
        actions.vote(ana, sondage, ids(sondage)[:1])
    assert "Sondage clos" in browser(ana).get(sondage.sujet.get_absolute_url()).content.decode()
    run_jobs()
    Notification.objects.all().delete()
    for _ in range(2):
        finish_due_sondages()
        run_jobs()
    told = Notification.objects.filter(genre="sondage")
    assert {row.destinataire for row in told} == {ana, nadia}
    assert told.count() == 2
    assert not Participation.choix.through.objects.exists()


def test_its_author_or_an_animateur_ends_it_early(communaute: Communaute, ana: Agent, nadia: Agent) -> None:
    other = add_member(communaute, make_agent()).agent
    for closer in (nadia, ana):
        sondage = make_sondage(nadia, communaute)
        with pytest.raises(PermissionDenied):
            actions.close_sondage(other, sondage)
        browser(closer).post(f"{sondage.sujet.get_absolute_url()}sondage/clore/")
        sondage.refresh_from_db()
        assert sondage.clos
    # A reader who never voted sees the results then.
    page = browser(other).get(sondage.sujet.get_absolute_url()).content.decode()
    assert "resultats__barre" in page


def test_a_hidden_poll_does_not_exist(ana: Agent) -> None:
    private = make_communaute(ana, "privee")
    sondage = make_sondage(ana, private)
    client = browser(make_agent())
    where = f"{sondage.sujet.get_absolute_url()}sondage/"
    assert client.get(where).status_code == 404
    assert client.post(f"{where}voter/", {"choix": ids(sondage)[0]}).status_code == 404
    plain = make_sujet(private, ana)
    assert browser(ana).get(f"{plain.get_absolute_url()}sondage/").status_code == 404


@pytest.mark.parametrize(
    "options", [("Seul",), ("Oui", " oui "), tuple(f"Choix {n}" for n in range(21)), ("Oui", "n" * 161)]
)
def test_a_poll_needs_two_to_twenty_different_options(
    communaute: Communaute, ana: Agent, options: tuple[str, ...]
) -> None:
    with pytest.raises(ActionRefusee) as refused:
        actions.open_sujet(
            ana, communaute, titre="Quel jour choisir ?", texte="Dites-nous.", genre="sondage",
            sondage=ProjetSondage(options=options),
        )  # fmt: skip
    assert refused.value.champ == "options"
    assert not Sondage.objects.exists()


@pytest.mark.parametrize("multiple", [False, True])
def test_counts_are_those_of_a_naive_model_after_any_sequence(
    communaute: Communaute, ana: Agent, multiple: bool
) -> None:
    chance = random.Random(7)
    people = [ana, *(add_member(communaute, make_agent()).agent for _ in range(4))]
    sondage = make_sondage(ana, communaute, multiple=multiple)
    options = ids(sondage)
    model: dict[int, set[int]] = {}
    for _ in range(60):
        person = chance.choice(people)
        chosen = set(chance.sample(options, chance.randint(0, 3)))
        if chance.random() < 0.3:
            actions.withdraw_vote(person, sondage)
            model.pop(person.pk, None)
        elif chosen and (multiple or len(chosen) == 1):
            actions.vote(person, sondage, chosen)
            model[person.pk] = chosen
        else:
            with pytest.raises(ActionRefusee):
                actions.vote(person, sondage, chosen)
        expected = [sum(option in mine for mine in model.values()) for option in options]
        assert counts(sondage) == (len(model), expected)


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted_and_nobody_counts_twice() -> None:
    ana = make_agent()
    communaute = make_communaute(ana)
    people = [add_member(communaute, make_agent()).agent for _ in range(6)]
    final = make_sondage(ana, communaute, changement_permis=False)
    first, second, _ = ids(final)
    together([lambda p=p, c=c: actions.vote(p, final, [c]) for p in people for c in (first, second)])
    votants, voix = counts(final)
    assert votants == 6
    assert sum(voix) == 6
    open_one = make_sondage(ana, communaute)
    first, second, _ = ids(open_one)
    together([lambda p=p, c=c: actions.vote(p, open_one, [c]) for p in people for c in (first, second)])
    votants, voix = counts(open_one)
    assert votants == 6
    assert voix == [
        Participation.choix.through.objects.filter(optionsondage=option).count()
        for option in OptionSondage.objects.filter(sondage=open_one)
    ]
    # The last votes and the closing at once: what was counted is what stays.
    together(
        [lambda p=p: actions.vote(p, open_one, [first]) for p in people]
        + [lambda: actions.close_sondage(ana, open_one)]
    )
    votants, voix = counts(open_one)
    assert (votants, sum(voix)) == (6, 6)
    assert not Participation.choix.through.objects.filter(participation__sondage=open_one).exists()
