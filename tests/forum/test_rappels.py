"""Reminders: when they come, by the clock of the person; told once, to who may still read; what the form takes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app

from annuaire.models import Agent
from annuaire.notifications.actions import settings_of
from annuaire.notifications.actions.envois import send_due_mails
from annuaire.notifications.genres import Genre, Voie
from annuaire.notifications.horaires import FUSEAUX
from annuaire.notifications.models import Notification, Reglage
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.actions import rappels as module
from forum.forms_favori import FavoriForm
from forum.models import Favori, Message
from forum.rappels import CHOIX, LE_PLUS_LOIN, at, dire, moment_of, propositions
from forum.tasks import sweep_reminders
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.models import EntreeJournal
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet, make_territoire

PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
# A Wednesday, 15 h in Paris.
NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)


def clock(moment: datetime) -> Any:
    """It is `moment`, for the site."""
    return patch("django.utils.timezone.now", return_value=moment)


def local(moment: datetime, zone: str = PARIS) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d/%m/%Y %H:%M}"


# --- Moments: no database -------------------------------------------------------------------


def test_the_moments_proposed() -> None:
    said = dict(propositions(NOW, PARIS))
    assert said == {
        "soir": "Ce soir, à 18\u00a0h",
        "demain": "Demain matin, à 9\u00a0h",
        "lundi": "Lundi matin prochain, 30\u00a0novembre, à 9\u00a0h",
        "mois": "Dans un mois, 25\u00a0décembre, à 9\u00a0h",
    }
    assert {name: local(moment_of(name, NOW, PARIS)) for name in said} == {
        "soir": "Wed 25/11/2026 18:00",
        "demain": "Thu 26/11/2026 09:00",
        "lundi": "Mon 30/11/2026 09:00",
        "mois": "Fri 25/12/2026 09:00",
    }
    # It is already evening in La Réunion, and another day in Wallis.
    assert "soir" not in dict(propositions(NOW, REUNION))
    assert local(moment_of("demain", NOW, "Pacific/Wallis"), "Pacific/Wallis") == "Fri 27/11/2026 09:00"


@pytest.mark.parametrize(
    ("day", "monday", "month"),
    [
        ("2026-11-29", "2026-11-30", "2026-12-29"),  # a Sunday
        ("2026-11-30", "2026-12-07", "2026-12-30"),  # a Monday: the next one
        ("2027-01-31", "2027-02-01", "2027-02-28"),
        ("2028-01-31", "2028-02-07", "2028-02-29"),
        ("2026-12-31", "2027-01-04", "2027-01-31"),
    ],
)
def test_next_monday_and_in_a_month(day: str, monday: str, month: str) -> None:
    today = date.fromisoformat(day)
    assert str(CHOIX["lundi"].moment(today)[0]) == monday
    assert str(CHOIX["mois"].moment(today)[0]) == month


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([*FUSEAUX]),
)
def test_every_moment_proposed_is_to_come_near_and_sayable(now: datetime, zone: str) -> None:
    for name, words in propositions(now, zone):
        moment = moment_of(name, now, zone)
        assert now < moment < now + timedelta(days=33)
        assert moment.astimezone(ZoneInfo(zone)).hour in (9, 18)
        assert words
        assert dire(moment, now, zone).endswith(("9\u00a0h", "18\u00a0h"))


def test_clocks_that_change() -> None:
    # Skipped, then played twice.
    assert local(at(date(2027, 3, 28), time(2, 30), PARIS)) == "Sun 28/03/2027 03:30"
    assert at(date(2026, 10, 25), time(2, 30), PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_moments_in_words() -> None:
    for moment, words in (
        ("2026-11-25T17:00", "aujourd’hui à 18\u00a0h"),
        ("2026-11-26T08:00", "demain à 9\u00a0h"),
        ("2026-11-24T08:05", "hier à 9\u00a0h\u00a005"),
        ("2026-12-01T08:00", "mardi 1er\u00a0décembre à 9\u00a0h"),
        ("2026-11-02T08:00", "le 2\u00a0novembre à 9\u00a0h"),
        ("2027-06-03T22:30", "le 4\u00a0juin 2027 à 0\u00a0h\u00a030"),
    ):
        assert dire(datetime.fromisoformat(f"{moment}+00:00"), NOW, PARIS) == words


# --- The form -------------------------------------------------------------------------------


def sent(favori: Favori | None = None, zone: str = PARIS, now: datetime = NOW, **data: str) -> FavoriForm:
    return FavoriForm({"note": "", **data}, favori=favori, maintenant=now, zone=zone)


def test_the_form_reads_the_person_s_clock() -> None:
    for zone, hour in ((PARIS, 13), (REUNION, 10)):
        form = sent(zone=zone, rappel="date", date="2026-12-01", heure="14:30")
        assert form.is_valid(), form.errors
        assert form.cleaned_data["rappel_le"] == datetime(2026, 12, 1, hour, 30, tzinfo=UTC)
    form = sent(rappel="date", date="01/12/2026", heure="14:30")  # without the browser's calendar
    assert form.is_valid()
    assert sent().is_valid()
    # Out of sight, what they hold is not asked for.
    assert sent(rappel="demain", date="n’importe quoi", heure="25:99").is_valid()


@pytest.mark.parametrize(
    "data",
    [
        {"rappel": "date"},
        {"rappel": "date", "date": "2026-12-01"},
        {"rappel": "date", "heure": "10:00"},
        {"rappel": "date", "date": "0001-01-01", "heure": "00:00"},
        {"rappel": "date", "date": "9999-12-31", "heure": "23:59"},
        {"rappel": "date", "date": "2026-11-24", "heure": "10:00"},
        {"rappel": "date", "date": "2031-12-31", "heure": "10:00"},
        {"rappel": "date", "date": "demain", "heure": "midi"},
        {"rappel": "hier"},
        {"rappel": "\x00"},
    ],
)
def test_what_the_form_refuses(data: dict[str, str]) -> None:
    form = sent(**data)
    assert not form.is_valid()
    assert all(text for errors in form.errors.values() for text in errors)


def test_the_form_shows_the_reminder_to_come_and_leaves_it_alone() -> None:
    before = datetime(2026, 12, 1, 13, 30, 20, tzinfo=UTC)
    kept = Favori(pk=1, note="Voir", rappel_le=before)
    form = FavoriForm(favori=kept, maintenant=NOW, zone=PARIS)
    html = str(form)
    assert 'value="2026-12-01"' in html
    assert 'value="14:30"' in html
    again = sent(kept, rappel="date", date="2026-12-01", heure="14:30")
    assert again.is_valid()
    assert again.cleaned_data["rappel_le"] == before


# --- Telling --------------------------------------------------------------------------------


@pytest.fixture
def communaute(db: None) -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def message(communaute: Communaute) -> Message:
    nadia = add_member(communaute, make_agent("Nadia", "Ferhat")).agent
    return actions.publish_message(nadia, make_sujet(communaute, nadia), "Le seuil est de **dix** mètres.")


@pytest.fixture
def lila(db: None) -> Agent:
    return make_agent("Lila")


def due(agent: Agent, message: Message, note: str = "") -> Favori:
    """A bookmark whose reminder has just come."""
    kept, _ = actions.keep_message(agent, message, note=note, rappel_le=timezone.now() + timedelta(hours=1))
    Favori.objects.filter(pk=kept.pk).update(rappel_le=timezone.now() - timedelta(minutes=1))
    kept.refresh_from_db()
    return kept


def told(agent: Agent) -> list[Notification]:
    return list(Notification.objects.filter(destinataire=agent, genre=Genre.RAPPEL).order_by("pk"))


def test_told_once_when_its_time_comes_and_read_by_following_it(message: Message, lila: Agent) -> None:
    actions.keep_message(lila, message, note="Avant la réunion", rappel_le=timezone.now() + timedelta(days=1))
    sweep_reminders()
    assert told(lila) == []
    with clock(timezone.now() + timedelta(days=1, minutes=1)):
        sweep_reminders()
        sweep_reminders()
    (row,) = told(lila)
    assert row.titre == "Rappel : le message de Nadia Ferhat dans « Busage d’un fossé »".replace(
        "« ", "«\u00a0"
    ).replace(" »", "\u00a0»").replace("Rappel :", "Rappel\u00a0:")
    assert row.extrait == "Avant la réunion"
    client = browser(lila)
    assert "Rappel" in client.get("/notifications/").content.decode()
    assert "Rappel passé" in client.get("/forum/favoris/").content.decode()
    # Reading the sujet is not dealing with it; following the reminder is.
    client.get(message.sujet.get_absolute_url())
    row.refresh_from_db()
    assert row.lue_le is None
    assert client.get(row.url)["Location"] == f"{message.sujet.get_absolute_url()}?page=1#message-2"
    row.refresh_from_db()
    assert row.lue_le is not None
    assert EntreeJournal.objects.filter(action="message.remind").count() == 1


def test_one_s_own_message_and_a_reminder_asked_for_again(message: Message) -> None:
    kept = due(message.auteur, message)
    sweep_reminders()
    assert "votre message" in told(message.auteur)[0].titre
    assert (
        "Un rappel était prévu"
        in browser(message.auteur).get(f"/messages/{message.pk}/favori/").content.decode()
    )
    # Changing the note alone tells nothing again, and keeps the memory of it.
    actions.keep_message(message.auteur, message, note="Vu")
    actions.keep_message(message.auteur, message, note="Vu", rappel_le=kept.rappel_le)
    sweep_reminders()
    assert len(told(message.auteur)) == 1
    assert Favori.objects.get().rappele_le is not None
    # Asked for again, the first is dealt with and the second is told.
    actions.keep_message(message.auteur, message, rappel_le=timezone.now() + timedelta(days=2))
    assert told(message.auteur)[0].lue_le is not None
    with clock(timezone.now() + timedelta(days=3)):
        sweep_reminders()
    assert len(told(message.auteur)) == 2


def test_a_reminder_is_to_come_and_not_too_far(message: Message, lila: Agent) -> None:
    now = timezone.now()
    for moment in (now, now - timedelta(days=1), now + LE_PLUS_LOIN + timedelta(days=2)):
        with pytest.raises(ActionRefusee) as refused:
            actions.keep_message(lila, message, rappel_le=moment)
        assert refused.value.champ == "rappel"
    assert not Favori.objects.exists()
    kept = due(lila, message)
    # Past, but as it was: the note may be changed.
    assert actions.keep_message(lila, message, note="Note", rappel_le=kept.rappel_le)[0].note == "Note"


def test_moved_cleared_or_removed_it_is_not_told(message: Message, lila: Agent) -> None:
    opening = message.sujet.messages.get(numero=1)
    due(lila, opening)
    actions.keep_message(lila, opening)
    kept = due(lila, message)
    actions.remove_favori(lila, kept)
    sweep_reminders()
    assert told(lila) == []
    # Put back, what came meanwhile is told; removed again, it waits no more.
    actions.restore_favori(lila, kept)
    sweep_reminders()
    assert len(told(lila)) == 1
    actions.remove_favori(lila, kept)
    assert told(lila)[0].lue_le is not None


@pytest.mark.parametrize("what", ["parti", "retire", "masque", "sujet", "ferme"])
def test_nothing_is_told_of_what_one_lost(what: str, message: Message, communaute: Communaute) -> None:
    ana = communaute.adhesions.get(role="animateur").agent
    private = make_communaute(ana, "privee")
    lila = add_member(private, make_agent("Lila")).agent
    asked = make_sujet(private, ana)
    answer = actions.publish_message(ana, asked, "Réponse")
    due(lila, answer)
    if what == "parti":
        Adhesion.objects.filter(agent=lila).delete()
    elif what == "retire":
        actions.delete_message(ana, answer)
    elif what == "masque":
        Message.objects.filter(pk=answer.pk).update(masque_le=timezone.now())
    elif what == "sujet":
        actions.hide_sujet(ana, asked, motif="Hors sujet")
    else:
        Agent.objects.filter(pk=lila.pk).update(is_active=False)
    sweep_reminders()
    assert told(lila) == []
    assert Favori.objects.get().rappele_le is not None
    assert EntreeJournal.objects.filter(action="message.drop_reminder").count() == 1


def test_the_e_mail_shows_note_and_message_and_is_checked_before_it_leaves(
    message: Message, lila: Agent
) -> None:
    omar = make_agent("Omar")
    for agent in (lila, omar):
        Reglage.objects.create(agent=agent, jours=list(range(7)))
        due(agent, message, note="Avant la réunion <script>")
    sweep_reminders()
    Notification.objects.update(courriel_prevu_le=timezone.now())
    actions.remove_favori(omar, Favori.objects.get(agent=omar))
    send_due_mails()
    (letter,) = mail.outbox
    assert letter.to == [lila.email]
    assert "Rappel" in letter.subject
    assert "Avant la réunion <script>" in letter.body
    assert "Message de Nadia Ferhat" in letter.body
    assert "Le seuil est de **dix** mètres." in letter.body
    html = letter.alternatives[0].content
    assert "Le seuil est de <strong>dix</strong> mètres." in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "vous avez demandé ce rappel" in letter.body
    assert f"/messages/{message.pk}/rappel/" in letter.body
    assert letter.reply_to == []
    # One click stops the e-mails of reminders, and nothing else.
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert "rappels par courriel" in browser(lila).get(stop).content.decode()
    browser(lila).post(stop)
    assert settings_of(lila).voies == {"rappel": "site"}
    assert settings_of(lila).courriels is True
    actions.keep_message(lila, message, rappel_le=timezone.now() + timedelta(days=1))
    with clock(timezone.now() + timedelta(days=2)):
        sweep_reminders()
    assert [row.voie for row in told(lila)] == [Voie.COURRIEL, Voie.SITE]


def test_an_e_mail_about_a_message_withdrawn_meanwhile_does_not_leave(message: Message, lila: Agent) -> None:
    Reglage.objects.create(agent=lila, jours=list(range(7)))
    due(lila, message)
    sweep_reminders()
    Notification.objects.update(courriel_prevu_le=timezone.now())
    actions.delete_message(message.auteur, message)
    send_due_mails()
    assert mail.outbox == []


def test_quiet_hours_hold_the_e_mail_not_the_notification(message: Message, lila: Agent) -> None:
    Reglage.objects.create(
        agent=lila, jours=list(range(5)), calme_debut=time(19), calme_fin=time(8), fuseau=PARIS
    )
    # A Saturday: the reminder was asked for at that time, the e-mail waits for Monday.
    with clock(NOW):
        actions.keep_message(lila, message, rappel_le=datetime(2026, 11, 28, 9, tzinfo=UTC))
    with clock(datetime(2026, 11, 28, 9, 1, tzinfo=UTC)):
        sweep_reminders()
    (row,) = told(lila)
    assert local(row.courriel_prevu_le) == "Mon 30/11/2026 08:00"


def test_one_that_cannot_be_told_keeps_none_waiting_and_is_tried_again(
    communaute: Communaute, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_agent() for _ in range(4)]
    for person in people:
        due(person, message)
    tell = module.notify

    def fail_for_the_first(agents: list[Agent], annonce: Any) -> Any:
        if agents == people[:1]:
            raise RuntimeError
        return tell(agents, annonce)

    monkeypatch.setattr(module, "notify", fail_for_the_first)
    monkeypatch.setattr(module, "BATCH", 2)
    assert module.tell_due_reminders() is True
    assert [len(told(person)) for person in people] == [0, 1, 0, 0]
    monkeypatch.setattr(module, "BATCH", 1)
    # Nothing but what fails: no job without end.
    assert module.tell_due_reminders() is False
    monkeypatch.setattr(module, "BATCH", 10)
    monkeypatch.setattr(module, "notify", tell)
    sweep_reminders()
    assert [len(told(person)) for person in people] == [1, 1, 1, 1]


def test_what_a_batch_leaves_is_told_by_the_next(
    message: Message, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    people = [make_agent() for _ in range(5)]
    for person in people:
        due(person, message)
    monkeypatch.setattr(module, "BATCH", 2)
    sweep_reminders()
    assert Notification.objects.filter(genre=Genre.RAPPEL).count() == 2
    run_jobs()
    assert Notification.objects.filter(genre=Genre.RAPPEL).count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_somebody_who_changes_their_mind() -> None:
    communaute = make_communaute(make_agent())
    nadia = add_member(communaute, make_agent("Nadia")).agent
    message = actions.publish_message(nadia, make_sujet(communaute, nadia), "Réponse")
    people = [make_agent() for _ in range(8)]
    kept = [due(person, message) for person in people]
    together(
        [sweep_reminders] * 3
        + [lambda: actions.remove_favori(people[0], kept[0])]
        + [lambda: actions.keep_message(people[1], message, rappel_le=timezone.now() + timedelta(days=1))]
    )
    assert [len(told(person)) for person in people[2:]] == [1] * 6
    # Told or moved, told or removed: never both waiting.
    assert all(row.lue_le is not None for person in people[:2] for row in told(person))
    assert EntreeJournal.objects.filter(action="message.remind").count() == len(
        Notification.objects.filter(genre=Genre.RAPPEL)
    )


def test_the_page_speaks_the_clock_of_the_person(message: Message) -> None:
    # Like their territory, unless they chose another.
    away = make_agent("Lila", territoire=make_territoire("974", "La Réunion", "R04"))
    with clock(NOW):
        client = browser(away)
        form = client.get(f"/messages/{message.pk}/favori/").content.decode()
        assert "La Réunion" in form
        assert "Ce soir" not in form
        assert client.post(f"/messages/{message.pk}/favori/", {"rappel": "soir"}).status_code == 422
        client.post(f"/messages/{message.pk}/favori/", {"rappel": "demain"})
        assert local(Favori.objects.get().rappel_le, REUNION) == "Thu 26/11/2026 09:00"
        assert "Rappel demain à 9\u00a0h" in client.get("/forum/favoris/").content.decode()


def test_the_worker_looks_each_minute() -> None:
    crons = {row.task.name: row.cron for row in app.periodic_registry.periodic_tasks.values()}
    assert crons["forum.sweep_reminders"] == "* * * * *"
