"""Meetings that come again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.actions import exclude_member
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.actions import Invites, ProjetPoint, Rythme
from realtime.reunions.actions.expeditions_series import send_serie_calendars
from realtime.reunions.models import Habitue, Reunion, Serie
from realtime.reunions.tasks import prepare_series
from tests.factories import add_member, browser
from tests.reunions.conftest import participant, soon
from tests.reunions.test_expeditions import parts, received
from tests.reunions.test_pages import GOOD


@pytest.fixture
def serie(communaute: Communaute, camille: Agent, run_jobs: Callable[[], int]) -> Serie:
    first = actions.plan_serie(
        camille,
        communaute,
        Rythme("hebdo", (soon().weekday(),)),
        titre="Point de la semaine",
        debut=soon(),
        points=[ProjetPoint("Actualités", minutes=10)],
    )
    run_jobs()
    return first.serie


def events(message: Any) -> list[Any]:
    return list(parts(message)[2].walk("VEVENT"))


def test_a_series_is_told_once_and_its_meetings_are_made_as_they_come_near(
    serie: Serie, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    made = list(Reunion.objects.filter(serie=serie).order_by("debut"))
    assert 7 <= len(made) <= 8
    assert {reunion.debut_sur_place.hour for reunion in made} == {14}
    assert all(reunion.participants.count() == 3 for reunion in made)
    assert all([point.titre for point in reunion.points.all()] == ["Actualités"] for reunion in made)
    (told,) = Notification.objects.filter(destinataire=noe)
    assert "chaque semaine" in told.titre
    (message,) = received(noe)
    (rule,) = events(message)
    assert rule["RRULE"]["FREQ"] == ["WEEKLY"]
    # The worker goes on from there, twice the same night if need be.
    assert actions.prepare_serie(serie) == 0
    assert actions.prepare_serie(serie, timezone.now() + timedelta(days=14)) == 2
    assert actions.prepare_serie(serie, timezone.now() + timedelta(days=14)) == 0
    Serie.objects.update(preparee_jusqu_au=timezone.now() + timedelta(days=50))
    prepare_series(0)
    run_jobs()
    assert len(received(noe)) == 1


def test_one_meeting_is_moved_or_called_off_alone(
    serie: Serie, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    one, two, three = Reunion.objects.filter(serie=serie).order_by("debut")[:3]
    mail.outbox.clear()
    actions.edit_reunion(camille, one, debut=one.debut + timedelta(hours=2))
    actions.cancel_reunion(camille, two, motif="Pont")
    run_jobs()
    moved, off = sorted(
        (events(message)[0] for message in received(noe)), key=lambda e: e["RECURRENCE-ID"].dt
    )
    assert moved["UID"] == off["UID"] == serie.uid
    assert moved["RECURRENCE-ID"].dt == one.occurrence
    assert moved["DTSTART"].dt == one.occurrence + timedelta(hours=2)
    assert (off["RECURRENCE-ID"].dt, off["STATUS"]) == (two.occurrence, "CANCELLED")
    three.refresh_from_db()
    assert (three.etat, three.sequence) == ("planifiee", 0)
    # The series changes: what was changed alone stays.
    actions.edit_serie(camille, serie, titre="Point hebdomadaire", lieu="Salle B")
    one.refresh_from_db()
    three.refresh_from_db()
    assert (one.titre, three.titre, three.lieu) == ("Point de la semaine", "Point hebdomadaire", "Salle B")
    mail.outbox.clear()
    run_jobs()
    (message,) = received(noe)
    rule, *differing = events(message)
    assert (str(rule["SUMMARY"]), rule["SEQUENCE"]) == ("Point hebdomadaire", 1)
    assert {event["RECURRENCE-ID"].dt for event in differing} == {one.occurrence, two.occurrence}
    # A later change of one is past the series' number.
    actions.edit_reunion(camille, three, lieu="Salle C")
    three.refresh_from_db()
    assert three.sequence == 2


def test_answers_for_all_and_for_one(serie: Serie, noe: Agent, zoe: Agent) -> None:
    one, two, *_ = Reunion.objects.filter(serie=serie).order_by("debut")
    actions.answer(noe, one, "refuse", "Congés")
    actions.answer_serie(noe, serie, "accepte")
    assert (participant(one, noe).reponse, participant(two, noe).reponse) == ("refuse", "accepte")
    actions.prepare_serie(serie, timezone.now() + timedelta(days=14))
    last = Reunion.objects.filter(serie=serie).latest("debut")
    assert participant(last, noe).reponse == "accepte"
    with pytest.raises(PermissionDenied):
        actions.answer_serie(zoe, serie, "accepte")


def test_people_follow_the_series(
    serie: Serie,
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    lea: Agent,
    zoe: Agent,
    run_jobs: Callable[[], int],
) -> None:
    coming = Reunion.objects.filter(serie=serie)
    mail.outbox.clear()
    add_member(communaute, zoe)
    run_jobs()
    assert all(participant(reunion, zoe).habitue for reunion in coming)
    assert len(received(zoe)) == 1
    assert len(mail.outbox) == 1
    mail.outbox.clear()
    exclude_member(camille, communaute, zoe)
    actions.withdraw_from_serie(camille, serie, Habitue.objects.get(serie=serie, agent=lea).pk)
    run_jobs()
    for who in (zoe, lea):
        assert all(participant(reunion, who).retire_le for reunion in coming)
        (message,) = received(who)
        assert parts(message)[2]["METHOD"] == "CANCEL"
    # Taken off by name, they are not put back when somebody else joins.
    add_member(communaute, zoe)
    run_jobs()
    assert all(participant(reunion, zoe).retire_le is None for reunion in coming)
    assert all(participant(reunion, lea).retire_le for reunion in coming)
    with pytest.raises(PermissionDenied):
        actions.withdraw_from_serie(noe, serie, 1)


def test_a_series_that_stops_keeps_what_was(
    serie: Serie, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    with pytest.raises(PermissionDenied):
        actions.stop_serie(noe, serie)
    Serie.objects.filter(pk=serie.pk).update(debut=serie.debut - timedelta(days=21))
    mail.outbox.clear()
    actions.stop_serie(camille, serie, motif="Fin du projet")
    actions.stop_serie(camille, serie, motif="Encore")
    run_jobs()
    assert set(Reunion.objects.filter(serie=serie).values_list("etat", "motif_annulation")) == {
        ("annulee", "Fin du projet")
    }
    (message,) = received(noe)
    calendar = parts(message)[2]
    assert calendar["METHOD"] == "REQUEST"
    assert calendar.walk("VEVENT")[0]["RRULE"]["UNTIL"][0] < timezone.now() + timedelta(hours=24)
    assert Notification.objects.filter(destinataire=noe, titre__contains="s’arrête").count() == 1
    assert actions.prepare_serie(serie, timezone.now() + timedelta(days=90)) == 0
    with pytest.raises(ActionRefusee, match="arrêtée"):
        actions.answer_serie(noe, serie, "accepte")


def test_a_series_that_stops_before_it_began_leaves_nothing(
    serie: Serie, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    mail.outbox.clear()
    actions.stop_serie(camille, serie)
    run_jobs()
    send_serie_calendars(Serie.objects.get())
    (message,) = received(noe)
    assert parts(message)[2]["METHOD"] == "CANCEL"


@pytest.mark.parametrize(
    ("rythme", "champ"),
    [
        (Rythme("hebdo", ()), "jours"),
        (Rythme("hebdo", (9,)), "jours"),
        (Rythme("mensuelle", (1, 2), rang=1), "jours"),
        (Rythme("mensuelle", (1,), rang=7), "jours"),
        (Rythme("jamais", (1,)), "frequence"),
        (Rythme("hebdo", (1,), nombre=1), "nombre"),
        (Rythme("hebdo", (1,), nombre=5, jusqu_au=soon(60).date()), "nombre"),
        (Rythme("hebdo", (1,), jusqu_au=soon(-60).date()), "jusqu_au"),
        (Rythme("hebdo", (soon().weekday(),), nombre=2, sauf=(soon(7).date(), soon(14).date())), "sauf"),
    ],
)
def test_bad_rhythms_are_refused(communaute: Communaute, camille: Agent, rythme: Rythme, champ: str) -> None:
    with pytest.raises(ActionRefusee) as refused:
        actions.plan_serie(camille, communaute, rythme, titre="Point", debut=soon())
    assert refused.value.champ == champ
    assert not Serie.objects.exists()


def test_a_series_from_the_form(
    communaute: Communaute, camille: Agent, noe: Agent, zoe: Agent, run_jobs: Callable[[], int]
) -> None:
    day = datetime.fromisoformat(GOOD["date"])
    skipped = (day + timedelta(days=14)).strftime("%d/%m/%Y")
    address = reverse("reunions:planifier", args=[communaute.slug])
    page_of = browser(camille)
    posted = {**GOOD, "frequence": "quinzaine", "nombre": "4", "sauf": skipped}
    assert page_of.post(address, {**posted, "brouillon": "1"}).status_code == 422
    assert page_of.post(address, {**posted, "sauf": "le 3"}).status_code == 422
    answer = page_of.post(address, posted)
    serie = Serie.objects.get()
    assert (serie.jours, serie.nombre, len(serie.exceptions)) == ([day.weekday()], 4, 1)
    # The first one is there at once, whatever the others cost.
    assert Reunion.objects.filter(serie=serie).count() == 1
    run_jobs()
    dates = [r.debut_sur_place.date() for r in Reunion.objects.filter(serie=serie).order_by("debut")]
    assert dates[:2] == [day.date(), day.date() + timedelta(days=28)]
    assert "Toutes les deux semaines" in page_of.get(answer.url).content.decode()
    page = reverse("reunions:serie", args=[serie.pk])
    assert "Modifier toutes" in page_of.get(page).content.decode()
    assert "Modifier toutes" not in browser(noe).get(page).content.decode()
    assert browser(noe).post(page, {"titre": "X", "visio": "aucune"}).status_code == 403
    assert browser(zoe).get(page).status_code == 404
    page_of.post(page, {"titre": "Nouvel objet", "visio": "aucune"})
    page_of.post(reverse("reunions:inviter-serie", args=[serie.pk]), {"invites-personnes": zoe.identifiant})
    assert browser(zoe).get(page).status_code == 200
    browser(noe).post(reverse("reunions:repondre-serie", args=[serie.pk]), {"reponse": "accepte"})
    assert Habitue.objects.get(serie=serie, agent=noe).reponse == "accepte"
    zoe_row = Habitue.objects.get(serie=serie, agent=zoe)
    page_of.post(reverse("reunions:retirer-habitue", args=[serie.pk, zoe_row.pk]))
    assert browser(zoe).get(page).status_code == 404
    page_of.post(reverse("reunions:arreter-serie", args=[serie.pk]), {"motif": "Fini"})
    serie.refresh_from_db()
    assert serie.arretee_le is not None


def test_every_month(communaute: Communaute, camille: Agent, run_jobs: Callable[[], int]) -> None:
    first = actions.plan_serie(
        camille, communaute, Rythme("mensuelle", (1,), rang=-1), titre="Mensuelle", debut=soon()
    )
    run_jobs()
    days = [r.debut_sur_place for r in Reunion.objects.filter(serie=first.serie)]
    assert days
    assert all(day.weekday() == 1 and (day + timedelta(days=7)).month != day.month for day in days)


def test_one_s_calendar_holds_the_rule(
    serie: Serie, camille: Agent, noe: Agent, client: Any, communaute: Communaute
) -> None:
    one, two = Reunion.objects.filter(serie=serie).order_by("debut")[:2]
    actions.edit_reunion(camille, two, lieu="Ailleurs")
    actions.plan_reunion(camille, communaute, titre="Seule", debut=soon(3), invites=Invites(agents=(noe,)))
    key = actions.create_calendar_key(noe)
    found = Calendar.from_ical(client.get(f"/agenda/{key}/reunions.ics").content).walk("VEVENT")
    rule, differing, alone = found
    assert "RRULE" in rule
    assert differing["RECURRENCE-ID"].dt == two.occurrence
    assert str(alone["SUMMARY"]) == "Seule"
    assert one.uid == serie.uid


def test_who_is_invited_to_one_meeting_alone_sees_that_one_only(
    serie: Serie, camille: Agent, noe: Agent, zoe: Agent, lea: Agent, communaute: Communaute
) -> None:
    one, two, *_ = Reunion.objects.filter(serie=serie).order_by("debut")
    actions.invite(camille, one, Invites(agents=(zoe,)))
    assert browser(zoe).get(reverse("reunions:serie", args=[serie.pk])).status_code == 404
    page = browser(zoe).get(one.get_absolute_url()).content.decode()
    assert f"/reunions/series/{serie.pk}/" not in page
    assert browser(zoe).get(two.get_absolute_url()).status_code == 404
    assert browser(noe).get(reverse("reunions:serie", args=[serie.pk])).status_code == 200


def test_who_was_taken_off_one_meeting_by_name_is_not_put_back(
    serie: Serie, camille: Agent, noe: Agent, zoe: Agent, communaute: Communaute, run_jobs: Callable[[], int]
) -> None:
    actions.invite_to_serie(camille, serie, Invites(agents=(zoe,)))
    one, two, *_ = Reunion.objects.filter(serie=serie).order_by("debut")
    actions.withdraw(camille, participant(one, zoe))
    actions.invite_to_serie(camille, serie, Invites(agents=(noe,)))
    run_jobs()
    assert participant(one, zoe).retire_le is not None
    assert participant(two, zoe).retire_le is None


def test_who_is_invited_to_one_meeting_alone_hears_of_what_the_series_does(
    serie: Serie, camille: Agent, zoe: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    one = Reunion.objects.filter(serie=serie).earliest("debut")
    actions.invite(camille, one, Invites(agents=(zoe,)))
    run_jobs()
    mail.outbox.clear()
    actions.edit_serie(camille, serie, lieu="Salle D")
    run_jobs()
    assert (len(received(zoe)), len(received(noe))) == (1, 1)
    mail.outbox.clear()
    actions.stop_serie(camille, serie)
    run_jobs()
    (message,) = received(zoe)
    assert parts(message)[2]["METHOD"] == "CANCEL"
    assert len(received(noe)) == 1
