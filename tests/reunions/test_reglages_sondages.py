"""A search for a date that changes while it goes on: people taken off and added, slots, the end of the answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.actions import Exterieur, Invites
from realtime.reunions.models import Disponibilite, SondageDates
from tests.factories import browser
from tests.reunions.conftest import soon
from tests.reunions.test_sondages import NON, OUI, SI, ask, slots, told

__all__ = ["ask"]

Ask = Callable[..., SondageDates]


@pytest.fixture
def sondage(ask: Ask, noe: Agent, lea: Agent, run_jobs: Callable[[], int]) -> SondageDates:
    """Camille asks Noé and Léa, who both answer."""
    sondage = ask(invites=Invites(agents=(noe, lea)))
    run_jobs()
    one, two, three = slots(sondage)
    actions.say_when_free(noe, sondage, {one.pk: OUI, two.pk: NON, three.pk: SI})
    actions.say_when_free(lea, sondage, {one.pk: NON, two.pk: OUI}, "Plutôt mardi")
    mail.outbox.clear()
    return sondage


def said(agent: Agent, sondage: SondageDates) -> dict[int, str]:
    rows = Disponibilite.objects.filter(sonde__agent=agent, creneau__sondage=sondage)
    return dict(rows.values_list("creneau", "choix"))


def test_taken_off_by_name(
    sondage: SondageDates, camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    row = sondage.sondes.get(agent=lea)
    for _ in range(2):
        actions.ask_no_more(camille, row)
    assert said(lea, sondage) == {} and said(noe, sondage) != {}
    with pytest.raises(PermissionDenied):
        actions.say_when_free(lea, sondage, {slots(sondage)[0].pk: OUI})
    assert browser(lea).get(sondage.get_absolute_url()).status_code == 404
    run_jobs()
    run_jobs()
    (message,) = mail.outbox
    assert message.to == [lea.email] and "plus sollicité(e)" in message.subject
    assert "/dates/" not in message.body
    with pytest.raises(ActionRefusee):
        actions.ask_no_more(camille, sondage.sondes.get(agent=camille))
    # Asked again, they are told again, and answer afresh.
    before = len(told(lea))
    assert actions.ask_more(camille, sondage, Invites(agents=(lea, noe))) == 1
    run_jobs()
    assert len(told(lea)) == before + 1
    assert sondage.sondes.get(agent=lea).repondu_le is None


def test_asked_again_before_the_mail_left(
    sondage: SondageDates, camille: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    actions.ask_no_more(camille, sondage.sondes.get(agent=lea))
    actions.ask_more(camille, sondage, Invites(agents=(lea,)))
    run_jobs()
    assert not mail.outbox


def test_taken_off_they_are_not_invited_with_their_group(
    ask: Ask, camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    sondage = ask()
    run_jobs()
    actions.ask_no_more(camille, sondage.sondes.get(agent=lea))
    actions.say_when_free(noe, sondage, {slots(sondage)[0].pk: OUI})
    mail.outbox.clear()
    reunion = actions.choose_slot(camille, sondage, slots(sondage)[0].pk)
    run_jobs()
    assert {row.agent for row in reunion.participants.present()} == {camille, noe}
    assert not any(lea.email in message.to and "Invitation" in message.subject for message in mail.outbox)


def test_people_without_account(
    ask: Ask, camille: Agent, labo: Communaute, run_jobs: Callable[[], int]
) -> None:
    sondage = ask(communaute=labo)
    guests = Invites(exterieurs=(Exterieur("prof@univ.fr", "Pr Dupré"),))
    assert actions.ask_more(camille, sondage, guests) == 1
    run_jobs()
    (message,) = [sent for sent in mail.outbox if sent.to == ["prof@univ.fr"]]
    assert "/quand-se-voit-on/" in message.body
    link = next(word for word in message.body.split() if "/quand-se-voit-on/" in word)
    mail.outbox.clear()
    actions.ask_no_more(camille, sondage.sondes.get(courriel="prof@univ.fr"))
    run_jobs()
    assert [sent.to for sent in mail.outbox] == [["prof@univ.fr"]]
    assert browser(camille).get(link.split("localhost:8000")[1]).status_code == 404


def test_slots_that_stay_keep_their_answers(
    sondage: SondageDates, camille: Agent, noe: Agent, lea: Agent
) -> None:
    one, two, three = slots(sondage)
    for _ in range(2):
        actions.remove_slot(camille, sondage, two.pk)
    assert said(noe, sondage) == {one.pk: OUI, three.pk: SI} and said(lea, sondage) == {one.pk: NON}
    actions.add_slots(camille, sondage, [soon(12, 9)])
    assert said(noe, sondage) == {one.pk: OUI, three.pk: SI}
    with pytest.raises(ActionRefusee):
        actions.choose_slot(camille, sondage, two.pk)
    actions.remove_slot(camille, sondage, one.pk)
    actions.remove_slot(camille, sondage, three.pk)
    with pytest.raises(ActionRefusee, match="seul"):
        actions.remove_slot(camille, sondage, slots(sondage)[0].pk)


def test_closed_and_opened_again(
    sondage: SondageDates, camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    one = slots(sondage)[0]
    for _ in range(2):
        actions.close_answers(camille, sondage)
    with pytest.raises(ActionRefusee, match="On ne répond plus"):
        actions.say_when_free(noe, sondage, {one.pk: NON})
    until = timezone.now() + timedelta(days=3)
    for wrong in (timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=60)):
        with pytest.raises(ActionRefusee):
            actions.reopen_answers(camille, sondage, cloture_le=wrong)
    actions.reopen_answers(camille, sondage, cloture_le=until)
    run_jobs()
    assert any("de nouveau répondre" in title for title in told(noe))
    assert said(noe, sondage)[one.pk] == OUI
    number = len(told(noe))
    # The end alone moved: nobody is told.
    actions.reopen_answers(camille, sondage)
    run_jobs()
    assert len(told(noe)) == number
    actions.say_when_free(noe, sondage, {one.pk: NON})


def test_who_may(sondage: SondageDates, camille: Agent, noe: Agent, lea: Agent, zoe: Agent) -> None:
    row, slot = sondage.sondes.get(agent=lea), slots(sondage)[0]
    gestures: list[Callable[[Agent], Any]] = [
        lambda who: actions.ask_more(who, sondage, Invites(agents=(zoe,))),
        lambda who: actions.ask_no_more(who, row),
        lambda who: actions.remove_slot(who, sondage, slot.pk),
        lambda who: actions.close_answers(who, sondage),
        lambda who: actions.reopen_answers(who, sondage),
    ]
    for who in (noe, zoe):
        for gesture in gestures:
            with pytest.raises(PermissionDenied):
                gesture(who)
    actions.cancel_dates(camille, sondage)
    for gesture in gestures:
        with pytest.raises(ActionRefusee):
            gesture(camille)


def test_the_page(
    sondage: SondageDates, camille: Agent, lea: Agent, zoe: Agent, django_assert_max_num_queries: Any
) -> None:
    client = browser(camille)
    page = reverse("reunions:reglages-sondage", args=[sondage.pk])
    assert page in client.get(sondage.get_absolute_url()).content.decode()
    assert page not in browser(lea).get(sondage.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(30):
        html = client.get(page).content.decode()
    assert "Clore les réponses maintenant" in html and lea.nom_complet in html
    answer = client.post(
        reverse("reunions:demander-dates", args=[sondage.pk]), {"personnes": "Personne Dutout"}
    )
    assert answer.status_code == 422 and "Personne Dutout" in answer.content.decode()
    client.post(reverse("reunions:demander-dates", args=[sondage.pk]), {"personnes": zoe.identifiant})
    assert sondage.sondes.present().filter(agent=zoe).exists()
    row = sondage.sondes.get(agent=zoe)
    client.post(reverse("reunions:retirer-sonde", args=[row.pk]))
    assert not sondage.sondes.present().filter(agent=zoe).exists()
    client.post(reverse("reunions:cloturer-sondage", args=[sondage.pk]), {"geste": "clore"})
    assert "Rouvrir les réponses" in client.get(page).content.decode()
    answer = client.post(reverse("reunions:cloturer-sondage", args=[sondage.pk]), {"cloture": "2020-01-01"})
    assert answer.status_code == 422
    client.post(reverse("reunions:cloturer-sondage", args=[sondage.pk]), {"cloture": ""})
    sondage.refresh_from_db()
    assert sondage.takes_answers()
    for bad in ({}, {"creneau": "x"}, {"creneau": "9" * 30}):
        assert client.post(reverse("reunions:retirer-creneau", args=[sondage.pk]), bad).status_code == 302
    assert sondage.creneaux.count() == 3
    assert client.post(reverse("reunions:retirer-sonde", args=[2**40])).status_code == 404
