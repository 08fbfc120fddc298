"""Tasks: written down, given, changed, done; recalled once before and once after their date."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import visible
from communautes.models import Communaute
from communautes.suites.access import visible_taches
from communautes.suites.actions import (
    TacheDepassee,
    change_task,
    create_task,
    rappels,
    send_reminders,
    set_task_state,
    take_task,
)
from communautes.suites.models import Tache
from communautes.suites.tasks import remind
from plateforme.socle.erreurs import ActionRefusee
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent, make_communaute
from tests.suites.conftest import put_out

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate()


def days(number: int) -> date:
    return today() + timedelta(days=number)


def told(agent: Agent) -> list[str]:
    return list(Notification.objects.filter(destinataire=agent).order_by("pk").values_list("cle", flat=True))


@pytest.fixture
def omar(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Omar")).agent


def test_given_passed_on_and_done(communaute: Communaute, ana: Agent, lila: Agent, omar: Agent) -> None:
    tache = create_task(lila, "Relire  le projet", communaute=communaute, responsable=omar, echeance=days(10))
    assert tache.libelle == "Relire le projet"
    given = Notification.objects.get(destinataire=omar)
    assert (given.genre, given.voie) == ("tache", "courriel")
    assert "Lila" in given.titre
    # Passed on: what Omar had not read of it is no longer his.
    tache = change_task(omar, tache, responsable=ana)
    assert told(omar) == []
    assert told(ana) == [f"tache.{tache.pk}.confiee.2"]
    with pytest.raises(PermissionDenied):
        set_task_state(omar, tache, "faite")
    # Given back after it was read: told again.
    Notification.objects.update(lue_le=timezone.now())
    tache = change_task(ana, tache, responsable=lila)
    tache = change_task(lila, tache, responsable=ana)
    assert told(ana) == [f"tache.{tache.pk}.confiee.{version}" for version in (2, 4)]
    tache = set_task_state(ana, tache, "faite")
    assert tache.faite_le is not None
    assert told(ana) == [f"tache.{tache.pk}.confiee.2"]
    assert told(lila) == [f"tache.{tache.pk}.faite.5"]
    assert set_task_state(ana, tache, "faite").version == 5
    tache = set_task_state(ana, tache, "a_faire")
    assert (tache.faite_le, tache.prochain_rappel) == (None, days(8))


def test_one_that_nobody_has_is_taken_by_the_first(
    communaute: Communaute, ana: Agent, lila: Agent, omar: Agent
) -> None:
    tache = create_task(ana, "Réserver la salle", communaute=communaute)
    assert take_task(lila, tache).responsable == lila
    assert take_task(lila, tache).version == 2
    with pytest.raises(ActionRefusee, match="s’en charge déjà"):
        take_task(omar, tache)
    with pytest.raises(PermissionDenied):
        take_task(make_agent("Hors"), create_task(ana, "Autre tâche", communaute=communaute))


def test_sent_twice_it_is_written_once(communaute: Communaute, lila: Agent, omar: Agent) -> None:
    first = create_task(lila, "Relire", communaute=communaute, responsable=omar)
    assert create_task(lila, " Relire ", communaute=communaute, responsable=omar) == first
    assert create_task(lila, "Relire", communaute=communaute) != first
    set_task_state(omar, first, "faite")
    assert create_task(lila, "Relire", communaute=communaute, responsable=omar) != first


def test_what_cannot_be(communaute: Communaute, ana: Agent, lila: Agent) -> None:
    outside = make_agent("Hors")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"libelle": "  "}, "quelques mots"),
        ({"libelle": "x" * 301}, "300 caractères"),
        ({"libelle": "Relire", "echeance": days(-1)}, "est passée"),
        ({"libelle": "Relire", "echeance": date(9999, 1, 1)}, "dix ans"),
        ({"libelle": "Relire", "responsable": outside}, "membre"),
    ]
    for fields, said in wrong:
        with pytest.raises(ActionRefusee, match=said):
            create_task(lila, communaute=communaute, **fields)
    with pytest.raises(PermissionDenied):
        create_task(outside, "Relire", communaute=communaute)
    tache = create_task(lila, "Relire", communaute=communaute)
    change_task(lila, tache, libelle="Relire vite", version=1)
    with pytest.raises(TacheDepassee):
        change_task(ana, tache, libelle="Relire lentement", version=1)
    assert change_task(ana, tache, libelle="Relire vite").version == 2
    for fields in ({"etat": "faite"}, {"prochain_rappel": today()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tache.objects.filter(pk=tache.pk).update(**fields)


def test_without_a_community_it_is_of_its_two_people(lila: Agent, omar: Agent, ana: Agent) -> None:
    tache = create_task(lila, "Rappeler la préfecture", responsable=omar)
    assert [agent for agent in (lila, omar, ana) if visible_taches(agent).filter(pk=tache.pk).exists()] == [
        lila, omar,
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        set_task_state(ana, tache, "faite")
    assert set_task_state(omar, tache, "abandonnee").etat == "abandonnee"
    assert told(lila) == [f"tache.{tache.pk}.abandonnee.2"]


def test_recalled_once_before_and_once_after(communaute: Communaute, lila: Agent, omar: Agent) -> None:
    tache = create_task(lila, "Relire le projet", communaute=communaute, responsable=omar, echeance=days(5))
    name = f"tache.{tache.pk}"
    expected = [f"{name}.confiee.1"]
    for offset in range(10):
        for _ in range(2):
            send_reminders(days(offset))
        if offset == 3:
            expected.append(f"{name}.rappel.{days(5)}")
        if offset == 6:
            expected.append(f"{name}.retard.{days(5)}")
        assert told(omar) == expected, offset
    genres = dict(Notification.objects.filter(destinataire=omar).values_list("cle", "genre"))
    assert genres[f"{name}.rappel.{days(5)}"] == "rappel"
    # Another date is recalled anew; for tomorrow one has just been told.
    change_task(lila, tache, echeance=days(1))
    send_reminders(today())
    assert told(omar) == expected
    send_reminders(days(2))
    assert told(omar) == [*expected, f"{name}.retard.{days(1)}"]


def test_a_worker_that_was_stopped_says_what_is_still_true(communaute: Communaute, lila: Agent) -> None:
    tache = create_task(lila, "Relire le projet", communaute=communaute, responsable=lila, echeance=days(5))
    send_reminders(days(20))
    assert told(lila) == [f"tache.{tache.pk}.retard.{days(5)}"]
    tache.refresh_from_db()
    assert tache.prochain_rappel is None


def test_nothing_is_recalled_to_who_may_no_longer_see_it(
    communaute: Communaute, ana: Agent, lila: Agent, omar: Agent
) -> None:
    tache = create_task(ana, "Relire le projet", communaute=communaute, responsable=omar, echeance=days(5))
    done = create_task(ana, "Relire l’annexe", communaute=communaute, responsable=lila, echeance=days(5))
    set_task_state(lila, done, "faite")
    Notification.objects.all().delete()
    put_out(communaute, omar)
    Tache.objects.filter(pk=tache.pk).update(prochain_rappel=today())
    remind()
    assert not Notification.objects.exists()
    # Told just before: looked at again when the e-mail leaves.
    add_member(communaute, omar)
    Tache.objects.filter(pk=tache.pk).update(prochain_rappel=today())
    remind()
    reminder = Notification.objects.get(destinataire=omar)
    assert visible(omar, [reminder]) == [reminder]
    set_task_state(ana, tache, "faite")
    assert visible(omar, [reminder]) == []
    put_out(communaute, omar)
    assert visible(omar, [reminder]) == []


def test_a_reminder_that_fails_holds_up_no_other(
    communaute: Communaute, lila: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        create_task(lila, f"Relire {what}", communaute=communaute, responsable=lila, echeance=days(5))
        for what in ("le projet", "l’annexe")
    )
    really = rappels.notify

    def failing(people: Any, annonce: Any) -> Any:
        if annonce.fil == f"tache.{first.pk}":
            raise RuntimeError("no")
        return really(people, annonce)

    monkeypatch.setattr(rappels, "notify", failing)
    assert send_reminders(days(3)) == 2
    assert send_reminders(days(3)) == 0
    assert told(lila) == [f"tache.{second.pk}.rappel.{days(5)}"]
    monkeypatch.undo()
    send_reminders(days(4))
    assert told(lila) == [f"tache.{second.pk}.rappel.{days(5)}", f"tache.{first.pk}.rappel.{days(5)}"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_recall_each_task_exactly_once() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    people = [add_member(communaute, make_agent()).agent for _ in range(4)]
    for number in range(12):
        create_task(
            ana,
            f"Relire le chapitre {number}",
            communaute=communaute,
            responsable=people[number % 4],
            echeance=days(5),
        )

    def work() -> None:
        while send_reminders(days(3), limit=2):
            pass

    together([work, work, work])
    # What one worker held when the others passed is for the next run.
    send_reminders(days(3))
    assert Notification.objects.filter(genre="rappel").count() == 12
    assert set(Tache.objects.values_list("prochain_rappel", flat=True)) == {days(6)}
