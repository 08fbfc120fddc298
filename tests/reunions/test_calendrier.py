"""Calendar items, read back by the calendar library: what was meant is what calendars get."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar, Component

from annuaire.models import Agent
from annuaire.notifications.horaires import FUSEAUX
from communautes.models import Communaute
from realtime.reunions.actions import ProjetPoint
from realtime.reunions.calendrier import (
    Agenda,
    Destinataire,
    SerieSuivie,
    invitation,
    publication,
    serie_invitation,
)
from realtime.reunions.models import Habitue, Participant, Reunion, Serie
from realtime.reunions.rythme import between, every, say_rhythm
from tests.reunions.conftest import participant

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def read(item: bytes) -> tuple[Calendar, list[Component]]:
    """The item as a strict reader sees it: its lines folded as they must be, its components without a fault."""
    for line in item.split(b"\r\n"):
        assert len(line) <= 75, line
    assert b"\n" not in item.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(item)
    for component in calendar.walk():
        assert component.errors == []
    return calendar, list(calendar.walk("VEVENT"))


@pytest.fixture
def reunion(plan: Callable[..., Reunion], noe: Agent) -> Reunion:
    made = plan(
        "Crue ; bilan, « retours » — été",
        lieu='Salle "Cévennes", 2e étage ; à gauche',
        visio="autre",
        lien_visio="https://visio.numerique.gouv.fr/abc-defg-hij",
        points=[
            ProjetPoint("Un point, avec ; des \\ signes" + " et un intitulé très long" * 5, noe, 20),
            ProjetPoint("Décisions"),
        ],
    )
    Reunion.objects.filter(pk=made.pk).update(debut=datetime(2027, 3, 25, 14, 0, tzinfo=PARIS))
    return Reunion.objects.select_related("serie", "organisateur").get()


def test_what_is_written_is_read_back(reunion: Reunion, noe: Agent, camille: Agent, settings: Any) -> None:
    row = participant(reunion, noe)
    item = invitation(
        reunion,
        list(reunion.points.all()),
        Destinataire(row, "reponse+abc@territoires.gouv.fr"),
        method="REQUEST",
        now=NOW,
    )
    calendar, (event,) = read(item)
    assert calendar["VERSION"] == "2.0"
    assert calendar["METHOD"] == "REQUEST"
    assert calendar["PRODID"]
    assert event["UID"] == reunion.uid
    assert str(event["SUMMARY"]) == reunion.titre
    assert str(event["LOCATION"]) == f"{reunion.lieu} – {reunion.lien_visio}"
    description = str(event["DESCRIPTION"])
    assert "1. Un point, avec\u00a0; des \\ signes" in description
    assert "(20\u00a0minutes, Noé Garcin)\n2. Décisions\n" in description
    assert description.endswith(f"{settings.SITE_URL}/reunions/{reunion.pk}/")
    assert event["DTSTART"].dt == reunion.debut
    assert str(event["DTSTART"].dt.tzinfo) == "Europe/Paris"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == NOW
    assert event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:reponse+abc@territoires.gouv.fr"
    assert event["ORGANIZER"].params["CN"] == "Camille Martin"
    attendee = event["ATTENDEE"]
    assert attendee == f"mailto:{noe.email}"
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"], attendee.params["ROLE"]) == (
        "NEEDS-ACTION", "TRUE", "REQ-PARTICIPANT",
    )  # fmt: skip
    assert camille.email not in item.decode()


def test_a_name_can_inject_nothing(reunion: Reunion, noe: Agent) -> None:
    noe.prenom, noe.nom = 'Noé":mailto:x\r\nATTENDEE:mailto:y@z.fr', "a;b,c^n"
    row = participant(reunion, noe)
    row.agent = noe
    reunion.titre = "Un\r\nBEGIN:VALARM\nEND:VALARM"
    _, (event,) = read(invitation(reunion, [], Destinataire(row), method="REQUEST", now=NOW))
    assert not isinstance(event["ATTENDEE"], list)
    assert not event.walk("VALARM")
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_cancelling(reunion: Reunion, noe: Agent) -> None:
    reunion.sequence = 4
    item = invitation(reunion, [], Destinataire(participant(reunion, noe)), method="CANCEL", now=NOW)
    calendar, (event,) = read(item)
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 4)


@pytest.mark.parametrize("fuseau", FUSEAUX)
def test_zones_are_those_of_the_data(reunion: Reunion, fuseau: str) -> None:
    """The rules that calendars are given say what the zones' data says, hour by hour around each change of clocks."""
    reunion.fuseau = fuseau
    calendar, _ = read(publication(Agenda(reunions=[reunion])))
    (component,) = calendar.walk("VTIMEZONE")
    given = component.to_tz(lookup_tzid=False)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment < datetime(2036, 1, 1, tzinfo=UTC):
        assert moment.astimezone(given).utcoffset() == moment.astimezone(ZoneInfo(fuseau)).utcoffset(), moment
        near = moment.month in (3, 10, 11)
        moment += timedelta(hours=1 if near and moment.weekday() == 6 else 24 - moment.hour)


@pytest.mark.parametrize(
    ("debut", "fuseau", "utc"),
    [
        # Across the last Sundays of March and October: 2027-03-28, 2027-10-31.
        ("2027-03-27T14:00", "Europe/Paris", "2027-03-27T13:00"),
        ("2027-03-29T14:00", "Europe/Paris", "2027-03-29T12:00"),
        ("2027-10-30T14:00", "Europe/Paris", "2027-10-30T12:00"),
        ("2027-11-01T14:00", "Europe/Paris", "2027-11-01T13:00"),
        ("2027-07-01T09:00", "America/Cayenne", "2027-07-01T12:00"),
        ("2027-07-01T09:00", "Indian/Reunion", "2027-07-01T05:00"),
        ("2027-07-01T09:00", "Pacific/Noumea", "2027-06-30T22:00"),
        ("2027-07-01T09:00", "America/Miquelon", "2027-07-01T11:00"),
        ("2027-01-05T09:00", "America/Miquelon", "2027-01-05T12:00"),
    ],
)
def test_hours_are_those_of_the_place(reunion: Reunion, debut: str, fuseau: str, utc: str) -> None:
    reunion.debut = datetime.fromisoformat(debut).replace(tzinfo=ZoneInfo(fuseau))
    reunion.fuseau = fuseau
    calendar, (event,) = read(publication(Agenda(reunions=[reunion])))
    assert event["DTSTART"].dt == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert event["DTSTART"].params["TZID"] == fuseau
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == [fuseau]


def test_a_night_meeting_ends_so_many_minutes_later(reunion: Reunion) -> None:
    """From 1 h 30 in the night of the change: three hours later it is 5 h 30, not 4 h 30."""
    reunion.debut, reunion.duree_minutes = datetime(2027, 3, 28, 1, 30, tzinfo=PARIS), 180
    _, (event,) = read(publication(Agenda(reunions=[reunion])))
    assert event["DTEND"].dt.replace(tzinfo=None) == datetime(2027, 3, 28, 5, 30)


@pytest.fixture
def serie(communaute: Communaute, camille: Agent) -> Serie:
    return Serie.objects.create(
        communaute=communaute,
        organisateur=camille,
        titre="Point du mardi",
        debut=datetime(2027, 3, 16, 14, 0, tzinfo=PARIS),
        frequence="hebdo",
        jours=[1],
        nombre=4,
    )


def test_a_series_keeps_its_hour_across_the_change_of_clocks(serie: Serie) -> None:
    assert [moment.isoformat()[:16] for moment in every(serie)] == [
        "2027-03-16T13:00", "2027-03-23T13:00", "2027-03-30T12:00", "2027-04-06T12:00",
    ]  # fmt: skip


def test_a_series_with_one_moved_one_cancelled_and_one_taken_out(
    serie: Serie, communaute: Communaute, camille: Agent, noe: Agent
) -> None:
    first, second, third, fourth = every(serie)
    serie.exceptions = [third]
    common = {
        "communaute": communaute,
        "organisateur": camille,
        "serie": serie,
        "modifiee": True,
        "uid": serie.uid,
    }
    moved = Reunion.objects.create(
        **common, titre="Point du mercredi", occurrence=second, debut=second + timedelta(days=1), sequence=2
    )
    off = Reunion.objects.create(
        **common, titre="Point", occurrence=fourth, debut=fourth, sequence=1, etat="annulee", annulee_le=NOW
    )
    row = Habitue.objects.create(serie=serie, agent=noe)
    suivie = SerieSuivie(serie, [moved, off], [first])
    item = serie_invitation(suivie, Destinataire(row, "r@x.fr"), method="REQUEST", now=NOW)
    calendar, (rule, one, other) = read(item)
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert rule["RRULE"] == {"FREQ": ["WEEKLY"], "COUNT": [4], "BYDAY": ["TU"]}
    assert "RECURRENCE-ID" not in rule
    # Taken out for all, and the one that is not this person's.
    assert [found.dt for found in rule["EXDATE"].dts] == [first, third]
    assert rule["URL"].endswith(f"/reunions/series/{serie.pk}/")
    assert {event["UID"] for event in (rule, one, other)} == {serie.uid}
    assert one["RECURRENCE-ID"].dt == second
    assert one["DTSTART"].dt == second + timedelta(days=1)
    assert (one["SEQUENCE"], str(one["SUMMARY"])) == (2, "Point du mercredi")
    assert (other["RECURRENCE-ID"].dt, other["STATUS"]) == (fourth, "CANCELLED")
    # And the library, told to unfold the rule, finds our occurrences.
    from dateutil.rrule import rrulestr

    unfolded = rrulestr(rule["RRULE"].to_ical().decode(), dtstart=rule["DTSTART"].dt.replace(tzinfo=None))
    assert [m.replace(tzinfo=PARIS) for m in unfolded] == [first, second, third, fourth]


@pytest.mark.parametrize(
    ("fields", "words", "occurrences"),
    [
        (
            {"frequence": "quinzaine", "jours": [1, 3], "nombre": 4},
            "toutes les deux semaines, le mardi et le jeudi, 4 fois",
            ["2027-03-16", "2027-03-18", "2027-03-30", "2027-04-01"],
        ),
        (
            {"frequence": "mensuelle", "jours": [1], "rang": 3, "nombre": 3},
            "chaque mois, le troisième mardi, 3 fois",
            ["2027-03-16", "2027-04-20", "2027-05-18"],
        ),
        (
            {
                "frequence": "mensuelle",
                "jours": [4],
                "rang": -1,
                "nombre": None,
                "jusqu_au": datetime(2027, 6, 1).date(),
            },
            "chaque mois, le dernier vendredi, jusqu’au 01/06/2027",
            ["2027-03-26", "2027-04-30", "2027-05-28"],
        ),
    ],
)
def test_rhythms(serie: Serie, fields: dict[str, Any], words: str, occurrences: list[str]) -> None:
    for name, value in fields.items():
        setattr(serie, name, value)
    assert [moment.date().isoformat() for moment in every(serie)] == occurrences
    assert say_rhythm(serie) == words
    found = list(every(serie))
    serie.exceptions = [found[1]]
    assert between(serie, found[0], found[-1]) == found[2:]
    event = read(publication(Agenda(series=[SerieSuivie(serie)])))[1][0]
    rule = event["RRULE"]
    if serie.jusqu_au:
        assert rule["UNTIL"][0] == datetime(2027, 6, 1, 21, 59, 59, tzinfo=UTC)
    assert rule["BYDAY"] == [f"{serie.rang or ''}{'FR' if serie.jours == [4] else 'TU'}"] or rule[
        "BYDAY"
    ] == ["TU", "TH"]


def test_a_series_without_end_does_not_go_on_for_ever(serie: Serie) -> None:
    serie.nombre = None
    assert 150 < len(list(every(serie))) < 165


def test_one_s_calendar(reunion: Reunion, noe: Agent) -> None:
    item = publication(Agenda(reunions=[reunion]), nom="Réunions", answers={reunion.pk: "sans"})
    calendar, (event,) = read(item)
    assert (calendar["METHOD"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "Réunions")
    assert event["STATUS"] == "TENTATIVE"
    assert "ATTENDEE" not in event
    assert item == publication(Agenda(reunions=[reunion]), nom="Réunions", answers={reunion.pk: "sans"})
    assert timezone.is_aware(event["CREATED"].dt)
    assert Participant.objects.filter(agent=noe).exists()
