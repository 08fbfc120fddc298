"""Meetings as calendar items (RFC 5545, 5546): written with `icalendar`, from rows that are loaded.

The time zones' rules are written here: the library lists every change of clocks since 1970, one by one and an hour late,
which some calendars do not read. `tests/reunions/test_calendrier.py` compares these with the zones' data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
)

from realtime.reunions.horaires import say_duration
from realtime.reunions.models import Convive, PointOrdreDuJour, Reunion, Serie
from realtime.reunions.rythme import as_rrule

PRODID = "-//Plateforme territoriale//Réunions//FR"
PARTSTAT = {
    Convive.Reponse.SANS: "NEEDS-ACTION",
    Convive.Reponse.ACCEPTE: "ACCEPTED",
    Convive.Reponse.PEUT_ETRE: "TENTATIVE",
    Convive.Reponse.REFUSE: "DECLINED",
}
REPONSES = {name: reponse for reponse, name in PARTSTAT.items() if reponse != Convive.Reponse.SANS}
ROLES = {
    Convive.Role.ANIMATEUR: "CHAIR",
    Convive.Role.SECRETAIRE: "REQ-PARTICIPANT",
    Convive.Role.PARTICIPANT: "REQ-PARTICIPANT",
    Convive.Role.INVITE: "OPT-PARTICIPANT",
}


@dataclass(frozen=True)
class _Passage:
    """A change of clocks: the hour before it, the rule of its day, the offsets in hours before and after."""

    debut: str
    rule: dict[str, Any]
    before: int
    after: int


# (to summer, to winter). What is not named never changes its clock.
_PASSAGES = {
    "Europe/Paris": (
        _Passage("1996-03-31T02:00", {"FREQ": "YEARLY", "BYMONTH": 3, "BYDAY": "-1SU"}, 1, 2),
        _Passage("1996-10-27T03:00", {"FREQ": "YEARLY", "BYMONTH": 10, "BYDAY": "-1SU"}, 2, 1),
    ),
    "America/Miquelon": (
        _Passage("2007-03-11T02:00", {"FREQ": "YEARLY", "BYMONTH": 3, "BYDAY": "2SU"}, -3, -2),
        _Passage("2007-11-04T02:00", {"FREQ": "YEARLY", "BYMONTH": 11, "BYDAY": "1SU"}, -2, -3),
    ),
}


@dataclass(frozen=True)
class Destinataire:
    """Whose calendar it is: how they are named in it, and the address that takes their answer (may be empty)."""

    convive: Convive
    reponse_a: str = ""


@dataclass
class SerieSuivie:
    """A series in one calendar: its meetings that differ from the rule, and the moments of those that are not this
    person's."""

    serie: Serie
    differentes: list[Reunion] = field(default_factory=list)
    sans: list[datetime] = field(default_factory=list)


@dataclass
class Agenda:
    """What is put in one calendar: meetings by themselves, series with what they hold apart."""

    reunions: list[Reunion] = field(default_factory=list)
    series: list[SerieSuivie] = field(default_factory=list)


def invitation(
    reunion: Reunion, points: Sequence[PointOrdreDuJour], pour: Destinataire, *, method: str, now: datetime
) -> bytes:
    """The item that asks (`REQUEST`), updates or calls off (`CANCEL`) one meeting in one person's calendar."""
    calendar = _calendar(method)
    calendar.add_component(_event(reunion, points, now, pour=pour, cancelled=method == "CANCEL"))
    return _finish(calendar, [reunion.fuseau])


def serie_invitation(suivie: SerieSuivie, pour: Destinataire, *, method: str, now: datetime) -> bytes:
    """The same for a whole series: its rule, and each meeting that was moved, changed or called off."""
    calendar = _calendar(method)
    calendar.add_component(_rule_event(suivie, now, pour=pour, cancelled=method == "CANCEL"))
    zones = [suivie.serie.fuseau]
    if method != "CANCEL":
        for reunion in suivie.differentes:
            calendar.add_component(_event(reunion, (), now, pour=pour, cancelled=reunion.annulee))
            zones.append(reunion.fuseau)
    return _finish(calendar, zones)


def publication(
    agenda: Agenda, *, nom: str = "", answers: dict[int, str] | None = None, avec_page: bool = True
) -> bytes:
    """Meetings to read, not to answer: a person's feed (`nom`), or one meeting to download.

    `answers`: what the person answered, by meeting: what they have not said yes to is tentative. Each item is dated by
    its own row, so that the same meetings make the same bytes. `avec_page`: the reader may open the meeting's page.
    """
    calendar = _calendar("PUBLISH")
    if nom:
        calendar.add("X-WR-CALNAME", vText(nom))
        calendar.add("NAME", vText(nom))
        calendar.add("REFRESH-INTERVAL", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT1H")
    zones = []
    for suivie in agenda.series:
        calendar.add_component(_rule_event(suivie, suivie.serie.cree_le))
        zones.append(suivie.serie.fuseau)
        for reunion in suivie.differentes:
            calendar.add_component(_event(reunion, (), reunion.cree_le, cancelled=reunion.annulee))
            zones.append(reunion.fuseau)
    for reunion in agenda.reunions:
        known = (answers or {}).get(reunion.pk)
        tentative = known is not None and known != Convive.Reponse.ACCEPTE
        calendar.add_component(
            _event(
                reunion,
                list(reunion.points.all()),
                reunion.cree_le,
                cancelled=reunion.annulee,
                tentative=tentative,
                page=avec_page,
            )
        )
        zones.append(reunion.fuseau)
    return _finish(calendar, zones)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


def _finish(calendar: Calendar, zones: Iterable[str]) -> bytes:
    for fuseau in reversed(dict.fromkeys(zones)):
        calendar.subcomponents.insert(0, _timezone(fuseau))
    return bytes(calendar.to_ical())


def _event(
    reunion: Reunion,
    points: Sequence[PointOrdreDuJour],
    now: datetime,
    *,
    pour: Destinataire | None = None,
    cancelled: bool = False,
    tentative: bool = False,
    page: bool = True,
) -> Event:
    event = Event()
    event.add("UID", reunion.serie.uid if reunion.serie is not None else reunion.uid)
    if reunion.serie is not None and reunion.occurrence is not None:
        event.add("RECURRENCE-ID", reunion.occurrence.astimezone(ZoneInfo(reunion.serie.fuseau)))
    _common(event, reunion, reunion.debut, now)
    event.add("STATUS", "CANCELLED" if cancelled else "TENTATIVE" if tentative else "CONFIRMED")
    # A guest without account cannot open the page: their e-mail has a link of their own.
    address = settings.SITE_URL + reunion.get_absolute_url() if page and _has_account(pour) else ""
    if address:
        event.add("URL", address)
    event.add("DESCRIPTION", _description(reunion, points, address))
    if pour is not None:
        _people(event, reunion, pour)
    return event


def _rule_event(
    suivie: SerieSuivie, now: datetime, *, pour: Destinataire | None = None, cancelled: bool = False
) -> Event:
    serie = suivie.serie
    event = Event()
    event.add("UID", serie.uid)
    _common(event, serie, serie.debut, now)
    event.add("RRULE", vRecur(as_rrule(serie)))
    zone = ZoneInfo(serie.fuseau)
    without = sorted({*serie.exceptions, *suivie.sans})
    if without:
        event.add("EXDATE", [moment.astimezone(zone) for moment in without])
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    address = settings.SITE_URL + serie.get_absolute_url() if _has_account(pour) else ""
    if address:
        event.add("URL", address)
    event.add("DESCRIPTION", _description(serie, (), address))
    if pour is not None:
        _people(event, serie, pour)
    return event


def _common(event: Event, what: Reunion | Serie, debut: datetime, now: datetime) -> None:
    start = debut.astimezone(ZoneInfo(what.fuseau))
    # Through UTC: an end after a change of clocks is so many minutes later for all.
    end = (debut.astimezone(UTC) + timedelta(minutes=what.duree_minutes)).astimezone(ZoneInfo(what.fuseau))
    event.add("DTSTAMP", now.astimezone(UTC))
    event.add("CREATED", what.cree_le.astimezone(UTC))
    event.add("SEQUENCE", what.sequence)
    event.add("SUMMARY", what.titre)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("TRANSP", "OPAQUE")
    where = " – ".join(part for part in (what.lieu, what.lien_visio) if part)
    if where:
        event.add("LOCATION", where)
    if what.lien_visio:
        event.add(
            "CONFERENCE",
            what.lien_visio,
            parameters={"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Rejoindre la visioconférence"},
        )


def _has_account(pour: Destinataire | None) -> bool:
    return pour is None or pour.convive.agent is not None


def _description(what: Reunion | Serie, points: Sequence[PointOrdreDuJour], page: str) -> str:
    lines = []
    if what.lien_visio:
        lines += [f"Visioconférence : {what.lien_visio}", ""]
    kept = [point for point in points if point.retenu]
    if kept:
        lines.append("Ordre du jour")
        for number, point in enumerate(kept, 1):
            details = [say_duration(point.minutes)] if point.minutes else []
            details += [point.responsable.nom_complet] if point.responsable else []
            lines.append(f"{number}. {point.titre}" + (f" ({', '.join(details)})" if details else ""))
        lines.append("")
    if page:
        lines.append(f"Sur la plateforme : {page}")
    return "\n".join(lines).strip()


def _people(event: Event, what: Reunion | Serie, pour: Destinataire) -> None:
    """Who asks and who is asked: this person alone, the others being none of their calendar's business."""
    organizer = vCalAddress(
        f"mailto:{pour.reponse_a or settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].strip('> ')}"
    )
    organizer.params["CN"] = _parameter(what.organisateur.nom_complet)
    event.add("ORGANIZER", organizer)
    convive = pour.convive
    attendee = vCalAddress(f"mailto:{convive.adresse}")
    attendee.params["CN"] = _parameter(convive.nom_complet)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = ROLES[Convive.Role(convive.role)]
    attendee.params["PARTSTAT"] = PARTSTAT[Convive.Reponse(convive.reponse)]
    attendee.params["RSVP"] = "TRUE" if pour.reponse_a else "FALSE"
    event.add("ATTENDEE", attendee)


def _parameter(text: str) -> str:
    """A name as every calendar reads it: within quotes, a quote or a control character has no escape in RFC 5545."""
    return "".join(char if char.isprintable() else " " for char in text.replace('"', "’"))


def _timezone(fuseau: str) -> Timezone:
    zone = Timezone()
    zone.add("TZID", fuseau)
    passages = _PASSAGES.get(fuseau)
    if passages is None:
        offset = ZoneInfo(fuseau).utcoffset(datetime(2026, 1, 1))
        assert offset is not None
        standard = TimezoneStandard()
        standard.add("DTSTART", datetime(1970, 1, 1))
        standard.add("TZOFFSETFROM", offset)
        standard.add("TZOFFSETTO", offset)
        standard.add("TZNAME", fuseau.rpartition("/")[2])
        zone.add_component(standard)
        return zone
    for passage, part in zip(passages, (TimezoneDaylight(), TimezoneStandard()), strict=True):
        part.add("DTSTART", datetime.fromisoformat(passage.debut))
        part.add("RRULE", vRecur(passage.rule))
        part.add("TZOFFSETFROM", timedelta(hours=passage.before))
        part.add("TZOFFSETTO", timedelta(hours=passage.after))
        part.add("TZNAME", f"UTC{passage.after:+d}")
        zone.add_component(part)
    return zone
