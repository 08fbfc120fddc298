"""Answers that calendars mail back (`METHOD:REPLY`): read within bounds, whatever somebody sent."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from icalendar import Calendar

from forum.courriels_entrants.mime import read_parts
from realtime.reunions.calendrier import REPONSES

MAX_ITEM = 64 * 1024  # bytes of a calendar item looked at: an answer is two kilobytes
MAX_EVENTS = 20


@dataclass(frozen=True)
class ReponseLue:
    """One answer in an item: of whom, to what version of what."""

    uid: str
    sequence: int
    occurrence: datetime | None
    participant: str
    reponse: str
    commentaire: str
    quand: datetime


def read_replies(raw: bytes) -> list[ReponseLue]:
    """The answers that an e-mail brings; none when it is no calendar's answer. Never raises."""
    _, parts = read_parts(raw)
    for part in parts:
        if part.genre in {"text/calendar", "application/ics"}:
            item = part.bytes()[: MAX_ITEM + 1]
            if len(item) <= MAX_ITEM:
                return _read(item)
    return []


def _read(item: bytes) -> list[ReponseLue]:
    found: list[ReponseLue] = []
    try:
        calendar = Calendar.from_ical(item)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return []
        for event in calendar.walk("VEVENT")[:MAX_EVENTS]:
            read = _answer(event)
            if read is not None:
                found.append(read)
    except Exception:
        # The library does not promise to survive any input.
        return []
    return found


def _answer(event: object) -> ReponseLue | None:
    attendees = event.get("ATTENDEE")  # type: ignore[attr-defined]
    attendees = attendees if isinstance(attendees, list) else [attendees]
    # An answer is one person's.
    if len(attendees) != 1 or attendees[0] is None:
        return None
    address = str(attendees[0]).strip().lower()
    reponse = REPONSES.get(str(attendees[0].params.get("PARTSTAT", "")).upper())
    if not address.startswith("mailto:") or reponse is None:
        return None
    stamp = event.get("DTSTAMP")  # type: ignore[attr-defined]
    recurrence = event.get("RECURRENCE-ID")  # type: ignore[attr-defined]
    comment = event.get("COMMENT")  # type: ignore[attr-defined]
    comment = comment[0] if isinstance(comment, list) and comment else comment
    now = timezone.now()
    quand = _aware(stamp.dt) if stamp is not None else now
    return ReponseLue(
        uid=str(event.get("UID", ""))[:200],  # type: ignore[attr-defined]
        sequence=max(0, min(int(event.get("SEQUENCE", 0)), 2**31 - 1)),  # type: ignore[attr-defined]
        occurrence=_aware(recurrence.dt) if recurrence is not None else None,
        participant=address.removeprefix("mailto:"),
        reponse=reponse,
        commentaire=str(comment or "")[:300],
        quand=min(quand, now),
    )


def _aware(moment: object) -> datetime:
    if not isinstance(moment, datetime):
        raise ValueError("a date without time")
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
