"""Answers that calendars mail back: taken from who they should be, once, about the meeting as it is."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from annuaire.models import Agent
from communautes.actions import exclude_member
from communautes.models import Communaute
from forum.actions.courriels import Reception, receive_email
from forum.courriels_entrants.portes import door_of
from forum.models import CourrielRecu
from forum.reponses_courriel import read_address
from realtime.reunions import actions
from realtime.reunions.actions import Exterieur, Invites
from realtime.reunions.adresses import answer_address, read_answer_address
from realtime.reunions.models import Reunion
from tests.factories import make_agent
from tests.reunions.conftest import participant, soon


@pytest.fixture(autouse=True)
def answers_by_mail(settings: Any) -> None:
    settings.REPONSE_COURRIEL = "reponse@territoires.gouv.fr"


@pytest.fixture
def reunion(plan: Callable[..., Reunion], noe: Agent) -> Reunion:
    EmailAddress.objects.create(user=noe, email=noe.email, verified=True, primary=True)
    return plan("Point ; été")


def reply(
    reunion: Reunion,
    who: str,
    partstat: str = "ACCEPTED",
    *,
    sequence: int = 0,
    stamp: datetime | None = None,
    attendee: str = "",
    method: str = "REPLY",
    uid: str = "",
    more: str = "",
) -> bytes:
    """The e-mail of a calendar program that answers an invitation."""
    stamp = stamp or timezone.now()
    item = "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Un agenda//FR", f"METHOD:{method}", "BEGIN:VEVENT",
            f"UID:{uid or reunion.uid}", f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}", f"SEQUENCE:{sequence}",
            f"ATTENDEE;PARTSTAT={partstat};CN=Quelqu’un:MAILTO:{attendee or who}", *([more] if more else []),
            "COMMENT:Je serai\\, en principe\\, à l’heure", "END:VEVENT", "END:VCALENDAR", "",
        ]
    )  # fmt: skip
    message = EmailMessage()
    message["From"], message["Subject"] = who, "Accepté : Point"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("Accepté")
    message.add_alternative(item.encode(), maintype="text", subtype="calendar", params={"method": method})
    return message.as_bytes()


def send(raw: bytes, row: Any) -> Reception:
    return receive_email(raw, [answer_address(row).upper()])


def test_an_answer_is_taken(reunion: Reunion, noe: Agent) -> None:
    row = participant(reunion, noe)
    for partstat, reponse in (("ACCEPTED", "accepte"), ("TENTATIVE", "peut_etre"), ("DECLINED", "refuse")):
        assert send(reply(reunion, noe.email, partstat), row).issue == CourrielRecu.Issue.PUBLIE
        row.refresh_from_db()
        assert row.reponse == reponse
    assert row.commentaire == "Je serai, en principe, à l’heure"
    assert mail.outbox == []


def test_from_another_address_of_theirs(reunion: Reunion, noe: Agent) -> None:
    EmailAddress.objects.create(user=noe, email="noe@perso.gouv.fr", verified=True)
    row = participant(reunion, noe)
    assert (
        send(reply(reunion, "noe@perso.gouv.fr", attendee=noe.email), row).issue == CourrielRecu.Issue.PUBLIE
    )


def test_forgers_change_nothing(reunion: Reunion, noe: Agent, lea: Agent, settings: Any) -> None:
    EmailAddress.objects.create(user=lea, email=lea.email, verified=True)
    EmailAddress.objects.create(user=noe, email="pas-prouvee@x.fr", verified=False)
    row = participant(reunion, noe)
    for raw in (
        reply(reunion, lea.email, attendee=noe.email),
        reply(reunion, "pas-prouvee@x.fr", attendee=noe.email),
        reply(reunion, noe.email, attendee=lea.email),
        reply(reunion, noe.email, uid="autre@x"),
        reply(reunion, noe.email, method="REQUEST"),
        reply(reunion, noe.email, "DELEGATED"),
        reply(reunion, noe.email, more=f"ATTENDEE;PARTSTAT=DECLINED:mailto:{lea.email}"),
        reply(reunion, noe.email).replace(b"From: ", b"From: x@y.fr, "),
    ):
        send(raw, row)
    # When our mail server checks senders, one that it could not prove is a forger too.
    settings.COURRIEL_AUTHSERV_ID = "mx.territoires.gouv.fr"
    send(reply(reunion, noe.email), row)
    row.refresh_from_db()
    assert row.reponse == "sans"
    raw = b"Authentication-Results: mx.territoires.gouv.fr; dmarc=pass header.from=demo.gouv.fr\n"
    assert send(raw + reply(reunion, noe.email), row).issue == CourrielRecu.Issue.PUBLIE


def test_an_address_tampered_with_opens_nothing(reunion: Reunion, noe: Agent) -> None:
    address = answer_address(participant(reunion, noe))
    local, _, domain = address.partition("@")
    # The token's last letter stands for four bits and one to spare: none of the others will do.
    others = [local[:-1] + letter for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != local[-1]]
    other = others[0]
    assert read_answer_address(address) is not None
    assert [one for one in others if read_answer_address(f"{one}@{domain}") is not None] == []
    assert door_of([f"{other}@{domain}"]) is None
    # Neither address opens the other's door.
    assert read_address(address) is None
    receive_email(reply(reunion, noe.email), [f"{other}@{domain}"])
    assert participant(reunion, noe).reponse == "sans"


def test_an_answer_to_another_hour_is_void(reunion: Reunion, camille: Agent, noe: Agent) -> None:
    actions.edit_reunion(camille, reunion, titre="Autre objet")
    assert send(reply(reunion, noe.email, sequence=0), participant(reunion, noe)).issue == "publie"
    actions.edit_reunion(camille, reunion, debut=soon(9))
    assert (
        send(reply(reunion, noe.email, "DECLINED", sequence=1), participant(reunion, noe)).issue == "ignore"
    )
    assert participant(reunion, noe).reponse == "sans"
    assert send(reply(reunion, noe.email, sequence=2), participant(reunion, noe)).issue == "publie"


def test_what_was_said_later_stands(reunion: Reunion, noe: Agent) -> None:
    old = timezone.now() - timedelta(hours=1)
    actions.answer(noe, reunion, "refuse")
    send(reply(reunion, noe.email, stamp=old), participant(reunion, noe))
    assert participant(reunion, noe).reponse == "refuse"
    # A clock that is ahead does not close the door to what follows.
    send(reply(reunion, noe.email, stamp=timezone.now() + timedelta(days=400)), participant(reunion, noe))
    assert participant(reunion, noe).reponse == "accepte"
    actions.answer(noe, reunion, "peut_etre")
    assert participant(reunion, noe).reponse == "peut_etre"


def test_who_may_no_longer_see_it_no_longer_answers(
    reunion: Reunion, communaute: Communaute, camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    row = participant(reunion, noe)
    exclude_member(camille, communaute, noe)
    send(reply(reunion, noe.email), row)
    run_jobs()
    send(reply(reunion, noe.email, "DECLINED"), row)
    assert participant(reunion, noe).reponse == "sans"
    other = make_agent()
    Agent.objects.filter(pk=other.pk).update(is_active=False)


def test_a_guest_answers_from_their_calendar(plan: Callable[..., Reunion], labo: Communaute) -> None:
    reunion = plan(communaute=labo, invites=Invites(exterieurs=(Exterieur("prof@univ.fr"),)))
    row = reunion.participants.get(agent__isnull=True)
    send(reply(reunion, "forger@univ.fr", attendee="prof@univ.fr"), row)
    row.refresh_from_db()
    assert row.reponse == "sans"
    send(reply(reunion, "Prof@Univ.fr"), row)
    row.refresh_from_db()
    assert row.reponse == "accepte"


def test_words_and_machines_are_left_alone(reunion: Reunion, noe: Agent) -> None:
    row = participant(reunion, noe)
    words = EmailMessage()
    words["From"] = noe.email
    words.set_content("Oui, je viendrai")
    assert send(words.as_bytes(), row).issue == CourrielRecu.Issue.IGNORE
    assert mail.outbox == []


@pytest.mark.parametrize(
    "item",
    [
        b"",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VEVENT\r\n" * 4000,
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 2000 + b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:"
        + b"\\," * 30_000
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nATTENDEE"
        + b";A=B" * 15_000
        + b":mailto:x\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"\xff\xfe" * 20_000,
        b"A" * 200_000,
    ],
)
def test_hostile_items_cost_little(reunion: Reunion, noe: Agent, item: bytes) -> None:
    message = EmailMessage()
    message["From"] = noe.email
    message.add_attachment(item, maintype="text", subtype="calendar")
    started = time.monotonic()
    send(message.as_bytes(), participant(reunion, noe))
    assert time.monotonic() - started < 2
    assert participant(reunion, noe).reponse == "sans"
