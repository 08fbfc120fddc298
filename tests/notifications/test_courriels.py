"""E-mails that tell: what leaves, to whom, when, and how mail programs draw it."""

import email
import email.policy
import socket
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.core import mail
from django.test import Client
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, stop
from annuaire.notifications.actions.envois import send_due_mails
from annuaire.notifications.courriels import unsubscribe_url
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification, Reglage
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.models import Abonnement, Message, Sujet
from realtime.actions import send_message, tell_of_salon_message
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"), "privee")


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


@pytest.fixture
def gaelle(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Gaëlle")).agent


@pytest.fixture
def sujet(communaute: Communaute, nadia: Agent) -> Sujet:
    return make_sujet(communaute, nadia)


def answer(auteur: Agent, sujet: Sujet, texte: str = "Oui, à Foix.", **more: Any) -> Message:
    message = actions.publish_message(auteur, sujet, texte, **more)
    actions.tell_of_message(message)
    return message


def parsed(sent: Any) -> email.message.EmailMessage:
    found = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    assert not found.defects
    return found


def test_an_answer_arrives_in_its_thread_with_its_text(
    communaute: Communaute, nadia: Agent, gaelle: Agent, sujet: Sujet
) -> None:
    root = sujet.messages.get(numero=1)
    first = answer(gaelle, sujet, "Voir [le guide](/aide/) :\n\n- **un**\n- deux\n\n> cité\n\n`code`")
    send_due_mails()
    second = answer(gaelle, sujet, "Je précise.", repond_a=first)
    send_due_mails()
    one, two = (parsed(sent) for sent in mail.outbox)
    ids = {
        message.pk: f"<message.{message.pk}.agent.{nadia.pk}@localhost>" for message in (root, first, second)
    }
    assert one["Message-ID"] == ids[first.pk]
    assert (one["In-Reply-To"], one["References"]) == (ids[root.pk], ids[root.pk])
    assert two["In-Reply-To"] == ids[first.pk]
    assert two["References"].split() == [ids[root.pk], ids[first.pk]]
    assert one["Subject"] == two["Subject"] == f"Re: {sujet.titre}"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one["List-ID"] == f"<sujet-{sujet.pk}.{communaute.slug}.localhost>"
    assert one["From"].addresses[0].display_name.startswith(gaelle.nom_complet)
    text, html = one.get_body(("plain",)), one.get_body(("html",))
    assert text is not None and html is not None
    assert "**un**" in text.get_content()
    page = html.get_content()
    assert "<strong>un</strong>" in page
    assert 'href="http://localhost:8000/aide/"' in page
    assert gaelle.rattachement in page
    assert "parce que vous suivez ce sujet" in page
    # Nothing is fetched by opening it.
    assert "<img" not in page and "url(" not in page


def test_a_picture_is_a_link_and_a_long_text_stays_under_what_mail_programs_cut(
    gaelle: Agent, sujet: Sujet
) -> None:
    answer(
        gaelle, sujet, "![Le fossé](/pieces/3f2504e0-4f89-11d3-9a0c-0305e82c3301/)\n\n" + "& <é> mot " * 5_000
    )
    send_due_mails()
    (sent,) = mail.outbox
    html = str(sent.alternatives[0][0])
    assert "<img" not in html
    assert "Lire la suite sur le site" in html
    assert len(html.encode()) < 102_000
    assert html.count("<p") == html.count("</p>")


def test_several_answers_that_wait_make_one_email(gaelle: Agent, nadia: Agent, sujet: Sujet) -> None:
    messages = [answer(gaelle, sujet, f"Point {number}") for number in range(3)]
    send_due_mails()
    send_due_mails()
    (sent,) = mail.outbox
    assert all(f"Point {number}" in sent.body for number in range(3))
    assert sent.extra_headers["Message-ID"].startswith(f"<message.{messages[-1].pk}.")
    assert not Notification.objects.filter(destinataire=nadia, envoye_le__isnull=True).exists()


def test_an_email_waits_for_its_reader_and_they_came_by(
    gaelle: Agent, nadia: Agent, sujet: Sujet, settings: Any
) -> None:
    settings.COURRIEL_DELAI = timedelta(minutes=2)
    message = answer(gaelle, sujet)
    send_due_mails()
    assert mail.outbox == []
    Notification.objects.update(courriel_prevu_le=timezone.now())
    actions.mark_read(nadia, sujet, message.numero)
    send_due_mails()
    assert mail.outbox == []


def test_reading_the_first_page_leaves_what_is_told_of_the_next(
    gaelle: Agent, nadia: Agent, sujet: Sujet
) -> None:
    first, second = answer(gaelle, sujet, "Un"), answer(gaelle, sujet, "Deux")
    actions.mark_read(nadia, sujet, first.numero)
    send_due_mails()
    (sent,) = mail.outbox
    assert "Deux" in sent.body and "Un\n" not in sent.body
    assert second.numero == first.numero + 1


@pytest.mark.parametrize("lost", ["left", "hidden", "deleted", "masked", "closed", "silenced", "refused"])
def test_nothing_leaves_that_may_no_longer_be_seen(
    lost: str, communaute: Communaute, gaelle: Agent, nadia: Agent, sujet: Sujet
) -> None:
    message = answer(gaelle, sujet)
    now = timezone.now()
    if lost == "left":
        Adhesion.objects.filter(agent=nadia).delete()
    elif lost == "hidden":
        Message.objects.filter(pk=message.pk).update(masque_le=now)
    elif lost == "deleted":
        Message.objects.filter(pk=message.pk).update(supprime_le=now)
    elif lost == "masked":
        Sujet.objects.filter(pk=sujet.pk).update(masque_le=now)
    elif lost == "closed":
        Agent.objects.filter(pk=nadia.pk).update(is_active=False)
    elif lost == "silenced":
        actions.set_level(nadia, sujet, "sourdine")
    else:
        stop(nadia, "courriels")
    send_due_mails()
    send_due_mails()
    assert mail.outbox == []


def test_an_answered_request_and_a_declined_invitation_are_no_news(communaute: Communaute) -> None:
    from communautes.actions import answer_invitation, invite

    animateur = communaute.adhesions.get(role="animateur").agent
    invitation = invite(animateur, communaute, make_agent("Inv"))
    answer_invitation(invitation.agent, invitation, accepter=False)
    send_due_mails()
    assert mail.outbox == []


def test_a_line_of_a_salon_does_not_follow_who_left(
    communaute: Communaute, gaelle: Agent, nadia: Agent
) -> None:
    salon = communaute.salons.get()
    for number in range(2):
        line = send_message(gaelle, salon, f"@{nadia.identifiant} secret {number}", uuid4())
        tell_of_salon_message(line)
        if number:
            Adhesion.objects.filter(agent=nadia).delete()
        send_due_mails()
    (sent,) = mail.outbox
    assert "secret 0" in sent.body


def test_quiet_hours_hold_until_morning(gaelle: Agent, nadia: Agent, sujet: Sujet, monkeypatch: Any) -> None:
    Reglage.objects.create(
        agent=nadia, jours=[0, 1, 2, 3, 4], calme_debut=time(20), calme_fin=time(7, 30), fuseau="Europe/Paris"
    )
    friday = datetime(2027, 5, 14, 19, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: friday)
    answer(gaelle, sujet, "Le soir")
    row = Notification.objects.get(destinataire=nadia)
    assert row.courriel_prevu_le == datetime(2027, 5, 17, 5, 30, tzinfo=UTC)
    # The worker was stopped, and comes back in another quiet hour.
    Notification.objects.update(courriel_prevu_le=friday)
    send_due_mails()
    assert mail.outbox == []
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 5, 17, 5, 31, tzinfo=UTC))
    answer(gaelle, sujet, "Le matin")
    send_due_mails()
    (sent,) = mail.outbox
    assert "Le soir" in sent.body and "Le matin" in sent.body


def test_one_click_stops_a_conversation_without_signing_in(gaelle: Agent, nadia: Agent, sujet: Sujet) -> None:
    answer(gaelle, sujet)
    send_due_mails()
    address = (
        mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    )
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(address)
    assert page.status_code == 200
    assert Abonnement.objects.get(agent=nadia).niveau == "suivre"
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Abonnement.objects.get(agent=nadia).niveau == "sourdine"
    strict.post(address, {"tout": "oui"})
    assert Reglage.objects.get(agent=nadia).courriels is False
    # Somebody else's, made up or changed: nothing.
    for token in (address[:-3] + "x/", "/notifications/desabonnement/zzz:1:2/"):
        assert strict.post(token).status_code == 404


def test_a_token_stops_only_what_it_names(nadia: Agent, gaelle: Agent, sujet: Sujet) -> None:
    path = unsubscribe_url(nadia, "resume").removeprefix("http://localhost:8000")
    Client().post(path)
    found = Reglage.objects.get()
    assert (found.agent, found.resume, found.courriels) == (nadia, "jamais", True)


def test_a_title_cannot_write_headers(nadia: Agent) -> None:
    notify([nadia], Annonce(genre=Genre.RAPPEL, cle="rappel.1", titre="Bonjour\r\nBcc: x@y.fr", url="/"))
    send_due_mails()
    found = parsed(mail.outbox[0])
    assert found["Bcc"] is None
    assert "Bcc: x@y.fr" in found["Subject"]


def test_a_mail_server_that_refuses_is_tried_again_and_not_for_ever(
    gaelle: Agent, nadia: Agent, sujet: Sujet, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer(gaelle, sujet)
    send_due_mails()
    row = Notification.objects.get(destinataire=nadia)
    assert row.envoye_le is None
    assert row.courriel_prevu_le is not None and row.courriel_prevu_le > timezone.now() + timedelta(minutes=4)
    long_ago = timezone.now() - timedelta(days=2)
    Notification.objects.update(cree_le=long_ago, courriel_prevu_le=long_ago)
    send_due_mails()
    assert Notification.objects.get(destinataire=nadia).courriel_prevu_le is None


def test_a_real_mail_server_receives_the_thread(
    gaelle: Agent, nadia: Agent, sujet: Sujet, settings: Any
) -> None:
    received: list[Any] = []

    class Keep(MessageHandler):
        def handle_message(self, message: Any) -> None:
            received.append(message)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        first = answer(gaelle, sujet, "Première")
        send_due_mails()
        answer(gaelle, sujet, "Suite", repond_a=first)
        send_due_mails()
    finally:
        controller.stop()
    assert [found["To"] for found in received] == [nadia.email] * 2
    assert received[1]["In-Reply-To"] == received[0]["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_email() -> None:
    communaute = make_communaute(make_agent())
    nadia, gaelle = (add_member(communaute, make_agent()).agent for _ in range(2))
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(gaelle, sujet, "Réponse")
    together([lambda: actions.tell_of_message(message)] * 2)
    assert Notification.objects.filter(destinataire=nadia).count() == 1
    together([send_due_mails] * 4)
    assert len(mail.outbox) == 1


def test_a_new_sujet_is_told_to_who_follows_its_community_and_an_annonce_to_all(
    communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    quiet = add_member(communaute, make_agent("Paix")).agent
    for agent, niveau in ((gaelle, "suivre"), (quiet, "sourdine")):
        Adhesion.objects.filter(agent=agent, communaute=communaute).update(niveau=niveau)
    animateur = communaute.adhesions.get(role="animateur").agent
    opened = make_sujet(communaute, animateur)
    actions.tell_of_message(opened.messages.get())
    assert [row.destinataire for row in Notification.objects.all()] == [gaelle]
    Notification.objects.all().delete()
    spoken = actions.open_sujet(
        animateur, communaute, titre="Annonce du mois", texte=f"@{quiet.identifiant} aussi", genre="annonce"
    )
    actions.tell_of_message(spoken.messages.get())
    found = {row.destinataire: (row.genre, row.voie) for row in Notification.objects.all()}
    assert found == {
        gaelle: ("annonce", "courriel"), nadia: ("annonce", "courriel"), quiet: ("mention", "site"),
    }  # fmt: skip


def test_two_thousand_followers_cost_the_worker_few_queries(
    communaute: Communaute, nadia: Agent, sujet: Sujet, django_assert_max_num_queries: Any
) -> None:
    people = Agent.objects.bulk_create(
        Agent(email=f"f{n}@demo.gouv.fr", identifiant=f"f-{n}", prenom="F", nom=str(n), password="!")
        for n in range(2_000)
    )
    Adhesion.objects.bulk_create(Adhesion(agent=agent, communaute=communaute) for agent in people)
    Abonnement.objects.bulk_create(Abonnement(agent=agent, sujet=sujet) for agent in people)
    with django_assert_max_num_queries(60):
        message = actions.publish_message(nadia, sujet, "À tous")
    with django_assert_max_num_queries(60):
        actions.tell_of_message(message)
    assert Notification.objects.count() == 2_000
