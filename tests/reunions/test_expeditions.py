"""What calendars are sent, to whom, once; reminders."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from annuaire.models import Agent
from annuaire.notifications.models import Notification, Reglage
from communautes.actions import exclude_member
from communautes.models import Communaute
from realtime.reunions import actions
from realtime.reunions.actions import Exterieur, Invites, ProjetPoint, rappels
from realtime.reunions.actions.expeditions import send_calendars
from realtime.reunions.models import PreferenceReunions, Reunion
from realtime.reunions.tasks import CourrielsRefuses
from realtime.reunions.tasks import send_calendars as send_calendars_task
from tests.factories import add_member, browser, make_agent, make_territoire
from tests.reunions.conftest import participant, soon


@pytest.fixture(autouse=True)
def answers_by_mail(settings: Any) -> None:
    settings.REPONSE_COURRIEL = "reponse@territoires.gouv.fr"


def received(agent: Agent | str) -> list[EmailMessage]:
    """The e-mails that somebody got, as their mail program reads them."""
    address = agent if isinstance(agent, str) else agent.email
    return [
        message_from_bytes(sent.message().as_bytes(), policy=policy.default)  # type: ignore[misc]
        for sent in mail.outbox
        if sent.to == [address]
    ]


def parts(message: EmailMessage) -> tuple[str, str, Calendar]:
    found = {part.get_content_type(): part for part in message.walk()}
    item = found["text/calendar"]
    assert item.get_content_charset() == "utf-8"
    calendar = Calendar.from_ical(item.get_payload(decode=True))
    assert item.get_param("method") == str(calendar["METHOD"])
    return found["text/plain"].get_content(), found["text/html"].get_content(), calendar


def test_an_invitation_is_an_e_mail_in_three_forms(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = plan("Crue ; été", lieu="Salle A", points=[ProjetPoint("Bilan à l’écrit", minutes=10)])
    run_jobs()
    (message,) = received(noe)
    assert message.get_content_type() == "multipart/alternative"
    assert message["Subject"] == "Invitation : Crue ; été"
    assert message["From"].startswith('"Camille Martin (')
    text, html, calendar = parts(message)
    for shown in ("Salle A", "Bilan à l’écrit", f"/reunions/{reunion.pk}/", "Camille Martin"):
        assert shown in text
        assert shown in html
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["SEQUENCE"], event["UID"]) == ("REQUEST", 0, reunion.uid)
    assert str(event["ORGANIZER"]).startswith("mailto:reponse+")
    assert event["ATTENDEE"] == f"mailto:{noe.email}"
    # Who organises it has it in their calendar too.
    (mine,) = received(camille)
    assert parts(mine)[2].walk("VEVENT")[0]["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    before = len(mail.outbox)
    send_calendars(reunion)
    assert len(mail.outbox) == before


def test_changes_made_together_are_one_update_and_a_cancellation_follows(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = plan()
    run_jobs()
    mail.outbox.clear()
    actions.edit_reunion(camille, reunion, lieu="Salle B")
    actions.edit_reunion(camille, reunion, debut=soon(8, 9, 30))
    run_jobs()
    (message,) = received(noe)
    text, _, calendar = parts(message)
    assert message["Subject"].startswith("Modifiée : ")
    assert "Ce qui change : lieu : Salle B" in text
    assert "Ce qui change : déplacée du " in text
    (event,) = calendar.walk("VEVENT")
    assert event["SEQUENCE"] == 2
    assert event["DTSTART"].dt == soon(8, 9, 30)
    mail.outbox.clear()
    actions.cancel_reunion(camille, reunion, motif="Grève")
    run_jobs()
    (message,) = received(noe)
    text, _, calendar = parts(message)
    assert "Grève" in text
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    mail.outbox.clear()
    run_jobs()
    send_calendars(Reunion.objects.get())
    assert mail.outbox == []


def test_who_is_withdrawn_or_leaves_has_it_taken_out_of_their_calendar(
    plan: Callable[..., Reunion],
    communaute: Communaute,
    camille: Agent,
    noe: Agent,
    lea: Agent,
    run_jobs: Callable[[], int],
) -> None:
    reunion = plan(points=[ProjetPoint("Secret de la communauté")])
    run_jobs()
    mail.outbox.clear()
    actions.withdraw(camille, participant(reunion, lea))
    exclude_member(camille, communaute, noe)
    run_jobs()
    for who in (noe, lea):
        (message,) = received(who)
        text, html, calendar = parts(message)
        assert calendar["METHOD"] == "CANCEL"
        assert "Vous n’êtes plus invité(e)" in text
        assert "Secret" not in text + html + str(calendar.to_ical())
    mail.outbox.clear()
    # Asked again, it is as for the first time.
    actions.invite(camille, reunion, Invites(agents=(lea,)))
    run_jobs()
    assert [parts(message)[2]["METHOD"] for message in received(lea)] == ["REQUEST"]
    assert received(noe) == []


def test_nothing_leaves_for_drafts_closed_accounts_or_who_wants_none(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    actions.set_preferences(noe, invitations=False)
    Agent.objects.filter(pk=lea.pk).update(is_active=False)
    reunion = plan(brouillon=True)
    run_jobs()
    assert mail.outbox == []
    actions.publish_reunion(camille, reunion)
    run_jobs()
    assert received(noe) == []
    assert received(lea) == []
    assert len(received(camille)) == 1
    # Told on the site all the same; and wanting them again brings no old ones.
    assert Notification.objects.filter(destinataire=noe, genre="reunion").exists()
    actions.set_preferences(noe, invitations=True)
    send_calendars(reunion)
    assert received(noe) == []


def test_quiet_hours_wait_unless_it_is_soon(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, run_jobs: Callable[[], int]
) -> None:
    now = timezone.localtime()
    Reglage.objects.create(
        agent=noe,
        jours=list(range(7)),
        calme_debut=(now - timedelta(hours=1)).time(),
        calme_fin=(now + timedelta(hours=1)).time(),
    )
    reunion = plan()
    urgent = plan("Crise", debut=timezone.now() + timedelta(hours=3))
    sent = send_calendars(reunion)
    assert sent.plus_tard is not None
    assert timedelta(minutes=50) < sent.plus_tard - timezone.now() < timedelta(minutes=70)
    assert received(noe) == []
    send_calendars(urgent)
    assert len(received(noe)) == 1


def test_an_e_mail_that_does_not_leave_is_tried_again(
    plan: Callable[..., Reunion], noe: Agent, settings: Any, run_jobs: Callable[[], int]
) -> None:
    reunion = plan()
    settings.EMAIL_BACKEND = "tests.reunions.test_expeditions.Down"
    with pytest.raises(CourrielsRefuses):
        send_calendars_task(reunion.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_calendars_task(reunion.pk)
    send_calendars_task(reunion.pk)
    assert len(received(noe)) == 1


class Down:
    """A mail server that takes nothing."""

    def __init__(self, **kwargs: Any) -> None:
        pass

    def send_messages(self, messages: Any) -> int:
        raise OSError("the server is down")

    def close(self) -> None:
        pass


def test_hours_are_the_reader_s(
    plan: Callable[..., Reunion], communaute: Communaute, run_jobs: Callable[[], int]
) -> None:
    ines = make_agent("Inès", territoire=make_territoire("974", "La Réunion", "R04"))
    add_member(communaute, ines)
    reunion = plan(debut=soon(7, 9))
    run_jobs()
    text = parts(received(ines)[0])[0]
    hour = reunion.debut.astimezone(timezone.get_fixed_timezone(240)).hour
    assert f"de {hour}\u00a0h à {hour + 1}\u00a0h à La Réunion (9\u00a0h à Paris)" in text


def test_a_guest_answers_by_their_link_and_sees_no_more_than_the_invitation(
    plan: Callable[..., Reunion], labo: Communaute, camille: Agent, run_jobs: Callable[[], int], client: Any
) -> None:
    reunion = plan(
        "Atelier",
        communaute=labo,
        invites=Invites(exterieurs=(Exterieur("prof@univ.fr", "Pr Dupré"),)),
        points=[ProjetPoint("Essais", camille, 10, "Détails pour nous seuls")],
    )
    run_jobs()
    (message,) = received("prof@univ.fr")
    text, html, calendar = parts(message)
    link = next(word for word in text.split() if "/invitation-reunion/" in word)
    path = link.split("localhost:8000")[1]
    assert labo.nom not in text + html
    assert "/reunions/" not in text + calendar.to_ical().decode()
    page = client.get(path)
    assert page.status_code == 200
    shown = page.content.decode()
    assert "Essais" in shown
    for hidden in ("Détails pour nous seuls", labo.nom, camille.email):
        assert hidden not in shown
    assert page["Referrer-Policy"] == "same-origin"
    assert (
        client.post(path, {"reponse": "accepte", "commentaire": "J’y serai", "sur": "0"}).status_code == 302
    )
    row = reunion.participants.get(agent__isnull=True)
    assert (row.reponse, row.commentaire) == ("accepte", "J’y serai")
    assert (
        Calendar.from_ical(client.get(f"{path}reunion.ics").content).walk("VEVENT")[0]["UID"] == reunion.uid
    )
    assert client.post(path, {"reponse": "sans"}).status_code == 422
    # Tampered with, of a member, withdrawn, old: it does not exist.
    assert client.get(path.replace("/invitation-reunion/", "/invitation-reunion/a")).status_code == 404
    Reunion.objects.filter(pk=reunion.pk).update(debut=timezone.now() - timedelta(days=9))
    assert client.get(path).status_code == 404
    Reunion.objects.filter(pk=reunion.pk).update(debut=soon())
    actions.withdraw(camille, row)
    assert client.get(path).status_code == 404
    assert client.post(path, {"reponse": "refuse"}).status_code == 404


def test_a_guest_s_page_is_limited(
    plan: Callable[..., Reunion], labo: Communaute, settings: Any, client: Any
) -> None:
    from realtime.reunions.adresses import guest_link

    reunion = plan(communaute=labo, invites=Invites(exterieurs=(Exterieur("prof@univ.fr"),)))
    path = guest_link(reunion.participants.get(agent__isnull=True)).split("localhost:8000")[1]
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "invitation_exterieure": 3}
    assert [client.get(path).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_a_reminder_that_fails_holds_up_no_other(
    plan: Callable[..., Reunion], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = plan("Une", debut=soon(3)), plan("Autre", debut=soon(3))
    Reunion.objects.update(cree_le=timezone.now() - timedelta(days=2))
    really = rappels.notify

    def failing(people: Any, annonce: Any) -> Any:
        if annonce.fil == f"reunion.{first.pk}":
            raise RuntimeError("no")
        return really(people, annonce)

    monkeypatch.setattr(rappels, "notify", failing)
    eve = second.debut - timedelta(hours=23, minutes=58)
    assert actions.recall_due(eve) == 1
    monkeypatch.undo()
    assert actions.recall_due(eve) == 1
    assert actions.recall_due(eve) == 0


def test_reminders_happen_once(
    plan: Callable[..., Reunion], camille: Agent, noe: Agent, lea: Agent, run_jobs: Callable[[], int]
) -> None:
    reunion = plan(debut=soon(3))
    plan("Brouillon", debut=soon(3), brouillon=True)
    Reunion.objects.update(cree_le=timezone.now() - timedelta(days=2))
    actions.answer(lea, reunion, "refuse")
    run_jobs()
    Notification.objects.all().delete()
    eve = reunion.debut - timedelta(hours=23, minutes=58)
    assert actions.recall_due(eve - timedelta(hours=1)) == 0
    assert actions.recall_due(eve) == 1
    assert actions.recall_due(eve) == 0
    (told,) = Notification.objects.filter(destinataire=noe)
    assert told.titre.startswith("Demain\u00a0: «\u00a0Point mensuel\u00a0»")
    assert not Notification.objects.filter(destinataire=lea).exists()
    actions.set_preferences(noe, rappel_quart=False)
    assert actions.recall_due(reunion.debut - timedelta(minutes=14)) == 1
    assert Notification.objects.filter(destinataire=noe).count() == 1
    assert Notification.objects.filter(destinataire=camille, titre__startswith="Dans 15 minutes").count() == 1
    # Moved, it is recalled again.
    actions.edit_reunion(camille, reunion, debut=soon(5))
    assert actions.recall_due(soon(5) - timedelta(hours=23)) == 1


def test_a_personal_calendar(
    plan: Callable[..., Reunion], communaute: Communaute, camille: Agent, noe: Agent, client: Any
) -> None:
    kept, declined = plan("Gardée"), plan("Refusée", debut=soon(9))
    plan("En préparation", brouillon=True)
    actions.answer(noe, declined, "refuse")
    key = actions.create_calendar_key(noe)
    address = f"/agenda/{key}/reunions.ics"
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert (event["UID"], event["STATUS"]) == (kept.uid, "TENTATIVE")
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    actions.answer(noe, kept, "accepte")
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 200
    # Replaced, revoked, closed, excluded: it shows nothing more.
    exclude_member(camille, communaute, noe)
    assert not Calendar.from_ical(client.get(address).content).walk("VEVENT")
    other = actions.create_calendar_key(noe)
    assert client.get(address).status_code == 404
    address = f"/agenda/{other}/reunions.ics"
    Agent.objects.filter(pk=noe.pk).update(is_active=False)
    assert client.get(address).status_code == 404
    Agent.objects.filter(pk=noe.pk).update(is_active=True)
    actions.revoke_calendar_key(noe)
    actions.revoke_calendar_key(noe)
    assert client.get(address).status_code == 404


def test_the_page_of_one_s_calendar(noe: Agent) -> None:
    page_of = browser(noe)
    assert "VOTRE-CLE" not in page_of.get("/reunions/agenda/").content.decode()
    shown = page_of.post("/reunions/agenda/creer/").content.decode()
    assert "/reunions.ics" in shown
    assert "/reunions.ics" not in page_of.get("/reunions/agenda/").content.decode()
    page_of.post("/reunions/agenda/preferences/", {"invitations": "on"})
    row = PreferenceReunions.objects.get()
    assert (row.invitations, row.rappel_veille, row.rappel_quart) == (True, False, False)
    assert page_of.post("/reunions/agenda/revoquer/").status_code == 302


def test_one_meeting_to_download(plan: Callable[..., Reunion], noe: Agent, zoe: Agent) -> None:
    reunion = plan()
    response = browser(noe).get(f"/reunions/{reunion.pk}/reunion.ics")
    assert response["Content-Disposition"] == f'attachment; filename="reunion-{reunion.pk}.ics"'
    assert Calendar.from_ical(response.content).walk("VEVENT")[0]["UID"] == reunion.uid
    assert browser(zoe).get(f"/reunions/{reunion.pk}/reunion.ics").status_code == 404
