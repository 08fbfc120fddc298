"""Following a series: what each calendar holds of it, who is told of what, what a form keeps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from annuaire.models import Agent
from annuaire.notifications.models import Notification, Reglage
from annuaire.notifications.sources import visible
from communautes.actions import exclude_member
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.actions import Exterieur, Invites, Rythme, occurrences
from realtime.reunions.actions.expeditions_series import send_serie_calendars
from realtime.reunions.models import Habitue, Reunion, Serie
from realtime.reunions.tasks import follow_membership, prepare_series
from tests.factories import add_member, browser, make_agent
from tests.reunions.conftest import participant, soon
from tests.reunions.test_expeditions import answers_by_mail, parts, received  # noqa: F401


@pytest.fixture
def serie(communaute: Communaute, camille: Agent, run_jobs: Callable[[], int]) -> Serie:
    first = actions.plan_serie(
        camille, communaute, Rythme("hebdo", (soon().weekday(),)), titre="Point de la semaine", debut=soon()
    )
    run_jobs()
    return first.serie


def feed_of(agent: Agent, client: Any) -> list[Any]:
    key = actions.create_calendar_key(agent)
    return list(Calendar.from_ical(client.get(f"/agenda/{key}/reunions.ics").content).walk("VEVENT"))


def told(agent: Agent) -> list[str]:
    titles = Notification.objects.filter(destinataire=agent).values_list("titre", flat=True)
    return [title.replace("\u00a0", " ") for title in titles]


def test_meetings_are_made_by_the_worker_a_few_at_a_time(
    communaute: Communaute, camille: Agent, run_jobs: Callable[[], int]
) -> None:
    rhythm = Rythme("hebdo", tuple(range(7)))
    first = actions.plan_serie(camille, communaute, rhythm, titre="Point du matin", debut=soon())
    assert Reunion.objects.count() == 1
    assert actions.prepare_serie(first.serie) == occurrences.BATCH
    run_jobs()
    made = list(Reunion.objects.order_by("debut").values_list("debut", flat=True))
    assert len(made) in (53, 54)
    assert made[-1] <= timezone.now() + occurrences.WINDOW < made[-1] + timedelta(days=1, hours=1)
    # The night after, the window has moved on by a day.
    Serie.objects.update(preparee_jusqu_au=timezone.now() + timedelta(days=40))
    Reunion.objects.filter(debut__gt=timezone.now() + timedelta(days=40)).delete()
    prepare_series(0)
    run_jobs()
    assert list(Reunion.objects.order_by("debut").values_list("debut", flat=True)) == made


def test_the_next_meeting_says_what_is_urgent_not_the_first(
    serie: Serie, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    now = timezone.now()
    Reglage.objects.create(
        agent=noe,
        fuseau="Europe/Paris",
        jours=list(range(7)),
        calme_debut=(timezone.localtime(now) - timedelta(hours=1)).time(),
        calme_fin=(timezone.localtime(now) + timedelta(hours=1)).time(),
    )
    # Begun three weeks ago; the next one is in five days.
    Serie.objects.update(debut=serie.debut - timedelta(days=21), sequence=1)
    mail.outbox.clear()
    sent = send_serie_calendars(Serie.objects.get())
    assert not received(noe)
    assert sent.plus_tard is not None
    # Tomorrow morning’s is told at once.
    one = Reunion.objects.earliest("debut")
    Reunion.objects.filter(pk=one.pk).update(debut=now + timedelta(hours=8))
    send_serie_calendars(Serie.objects.get())
    assert len(received(noe)) == 1


def test_a_calendar_leaves_out_what_one_declined_or_was_taken_off(
    serie: Serie, camille: Agent, noe: Agent, client: Any, run_jobs: Callable[[], int]
) -> None:
    one, two, three, four = Reunion.objects.order_by("debut")[:4]
    actions.answer(noe, one, "refuse")
    actions.withdraw(camille, participant(two, noe))
    actions.edit_reunion(camille, three, lieu="Ailleurs")
    rule, differing = feed_of(noe, client)
    assert [found.dt for found in rule["EXDATE"].dts] == [one.occurrence, two.occurrence]
    assert differing["RECURRENCE-ID"].dt == three.occurrence
    assert rule["URL"].endswith(serie.get_absolute_url())
    # The e-mail that brings the rule anew does not put back the meeting one was taken off.
    run_jobs()
    mail.outbox.clear()
    actions.edit_serie(camille, serie, lieu="Salle B")
    run_jobs()
    (message,) = received(noe)
    sent = parts(message)[2].walk("VEVENT")[0]
    assert sent["EXDATE"].dts[0].dt == two.occurrence
    assert serie.get_absolute_url() in parts(message)[0]
    # All declined but one: that one alone.
    actions.answer_serie(noe, serie, "refuse")
    actions.answer(noe, four, "accepte")
    assert [event["RECURRENCE-ID"].dt for event in feed_of(noe, client)] == [four.occurrence]


def test_a_change_is_told_in_words_to_those_who_come(
    serie: Serie, camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    actions.answer_serie(lea, serie, "refuse")
    mail.outbox.clear()
    assert actions.edit_serie(camille, serie, lieu="Salle B") == ["lieu : Salle B"]
    assert actions.edit_serie(camille, serie, lieu="Salle B") == []
    run_jobs()
    assert "Réunions « Point de la semaine » : lieu : Salle B" in told(noe)
    assert not any("Salle B" in title for title in told(lea) + told(camille))
    assert "Ce qui change : lieu : Salle B" in parts(received(noe)[0])[0]
    page = browser(noe)
    assert "Lieu : Salle B" in page.get(Reunion.objects.earliest("debut").get_absolute_url()).content.decode()
    # Opening the page reads what was told of it.
    assert Notification.objects.filter(destinataire=noe, fil=f"serie.{serie.pk}", lue_le=None).count() == 2
    page.get(serie.get_absolute_url())
    assert not Notification.objects.filter(destinataire=noe, fil=f"serie.{serie.pk}", lue_le=None).exists()


def test_a_change_from_one_meeting_on_leaves_those_before(
    serie: Serie, camille: Agent, noe: Agent, zoe: Agent, run_jobs: Callable[[], int]
) -> None:
    one, two = Reunion.objects.order_by("debut")[:2]
    actions.invite(camille, one, Invites(agents=(zoe,)))
    run_jobs()
    mail.outbox.clear()
    actions.edit_serie(camille, serie, depuis=two.pk, sur=0, titre="Point du lundi")
    run_jobs()
    titles = list(Reunion.objects.order_by("debut").values_list("titre", flat=True))
    assert titles[0] == "Point de la semaine"
    assert set(titles[1:]) == {"Point du lundi"}
    # Calendars: the rule has the new name, the one before keeps the old; who comes to that one alone hears nothing.
    (message,) = received(noe)
    rule, kept = parts(message)[2].walk("VEVENT")
    assert (str(rule["SUMMARY"]), str(kept["SUMMARY"])) == ("Point du lundi", "Point de la semaine")
    assert (kept["RECURRENCE-ID"].dt, kept["SEQUENCE"]) == (one.occurrence, 1)
    assert not received(zoe)
    # From that meeting again: it was kept apart.
    with pytest.raises(ActionRefusee) as refused:
        actions.edit_serie(camille, serie, depuis=one.pk, titre="Encore")
    assert refused.value.champ == "depuis"
    # Somebody who had the old page open undoes nothing.
    with pytest.raises(ActionRefusee, match="pendant que vous écriviez"):
        actions.edit_serie(camille, serie, sur=0, titre="Point de la semaine")


def test_who_left_answers_no_more(serie: Serie, communaute: Communaute, camille: Agent, noe: Agent) -> None:
    # Between leaving and the worker's turn, the invitation is still there.
    exclude_member(camille, communaute, noe)
    assert Habitue.objects.present().filter(serie=serie, agent=noe).exists()
    with pytest.raises(PermissionDenied):
        actions.answer_serie(noe, serie, "accepte")
    assert Habitue.objects.get(serie=serie, agent=noe).reponse == "sans"


def test_who_organises_it_is_not_taken_off(serie: Serie, camille: Agent) -> None:
    mine = Habitue.objects.get(serie=serie, agent=camille)
    with pytest.raises(ActionRefusee, match="arrêtez plutôt"):
        actions.withdraw_from_serie(camille, serie, mine.pk)
    answer = browser(camille).post(reverse("reunions:retirer-habitue", args=[serie.pk, mine.pk]), follow=True)
    assert "arrêtez plutôt la série" in answer.content.decode()
    assert Habitue.objects.present().filter(pk=mine.pk).exists()


def test_one_who_joins_costs_what_one_costs(
    serie: Serie,
    communaute: Communaute,
    camille: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "realtime.reunions.actions.tell_of_serie", lambda serie, habitues=None: asked.append(habitues)
    )
    add_member(communaute, zoe)
    follow_membership(communaute.pk, zoe.pk)
    actions.invite_to_serie(camille, serie, Invites(agents=(zoe,)))
    run_jobs()
    mine = Habitue.objects.get(serie=serie, agent=zoe).pk
    assert asked
    assert all(one == [mine] for one in asked)
    assert all(participant(reunion, zoe).habitue for reunion in Reunion.objects.all())


def test_who_comes_late_is_told_of_what_they_may_open(
    serie: Serie, camille: Agent, zoe: Agent, run_jobs: Callable[[], int]
) -> None:
    # The first meeting is behind, and none of theirs.
    Reunion.objects.filter(pk=Reunion.objects.earliest("debut").pk).update(
        debut=timezone.now() - timedelta(days=2)
    )
    actions.edit_serie(camille, serie, lieu="Salle B")
    actions.invite_to_serie(camille, serie, Invites(agents=(zoe,)))
    mail.outbox.clear()
    run_jobs()
    found = list(Notification.objects.filter(destinataire=zoe, genre="reunion", cle__endswith=".nouvelle"))
    assert [row.url for row in visible(zoe, found)] == [serie.get_absolute_url()]
    # One e-mail, with the rule: none for each meeting.
    assert len(received(zoe)) == 1


def test_a_guest_of_a_series_answers_by_their_next_meeting(
    labo: Communaute, camille: Agent, client: Any, run_jobs: Callable[[], int]
) -> None:
    invites = Invites(exterieurs=(Exterieur("ines@exemple.org", "Inès Dehors"),))
    actions.plan_serie(
        camille, labo, Rythme("hebdo", (soon().weekday(),)), titre="Labo", debut=soon(), invites=invites
    )
    run_jobs()
    (message,) = received("ines@exemple.org")
    text = parts(message)[0]
    link = next(word for word in text.split() if "/invitation-reunion/" in word)
    path = link[link.index("/invitation-reunion/") :]
    assert client.get(path).status_code == 200


def test_what_was_typed_is_kept_when_it_is_refused(serie: Serie, camille: Agent, noe: Agent) -> None:
    page_of = browser(camille)
    serie_url = serie.get_absolute_url()
    answer = page_of.post(
        reverse("reunions:inviter-serie", args=[serie.pk]), {"invites-personnes": "personne-de-ce-nom"}
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "personne-de-ce-nom</textarea>" in shown
    assert "Personne ne porte ce nom ici" in shown
    reason = "Trop long. " * 40
    answer = page_of.post(reverse("reunions:arreter-serie", args=[serie.pk]), {"motif": reason})
    assert answer.status_code == 422
    assert reason.strip() in answer.content.decode()
    answer = page_of.post(
        serie_url, {"titre": "Nouvel objet", "visio": "autre", "lien_visio": "http://x", "sur": "0"}
    )
    assert answer.status_code == 422
    assert 'value="Nouvel objet"' in answer.content.decode()
    answer = page_of.post(serie_url, {"titre": "Nouvel objet", "visio": "aucune", "sur": "7"})
    assert "pendant que vous écriviez" in answer.content.decode()
    words = "Je ne sais pas encore. " * 20
    answer = browser(noe).post(
        reverse("reunions:repondre-serie", args=[serie.pk]), {"reponse": "accepte", "commentaire": words}
    )
    assert answer.status_code == 422
    assert words.strip() in answer.content.decode()


def test_an_answer_that_is_refused_comes_back(
    communaute: Communaute, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = actions.plan_reunion(camille, communaute, titre="Point", debut=soon())
    actions.edit_reunion(camille, reunion, debut=soon(8))
    words = "J’arrive à dix heures"
    answer = browser(noe).post(
        reverse("reunions:repondre", args=[reunion.pk]),
        {"reponse": "accepte", "commentaire": words, "sur": "0"},
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "a changé d’heure" in shown
    assert f'value="{words}"' in shown
    assert participant(reunion, noe).reponse == "sans"


def test_number_of_queries_does_not_grow(
    serie: Serie,
    communaute: Communaute,
    camille: Agent,
    run_jobs: Callable[[], int],
    django_assert_max_num_queries: Any,
) -> None:
    page_of = browser(camille)

    def measure() -> int:
        with django_assert_max_num_queries(30) as queries:
            assert page_of.get(serie.get_absolute_url()).status_code == 200
        return len(queries)

    measure()
    before = measure()

    for number in range(4):
        add_member(communaute, make_agent(f"Agent{number}"))
    run_jobs()
    # Two more at most: a test beside this one may empty the cache that holds the session.
    assert measure() <= before + 2
