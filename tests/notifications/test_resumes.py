"""The digest: what concerns me first, ten lines at most, and silence when there is nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions.envois import send_due_mails
from annuaire.notifications.actions.resumes import due_agents, send_digests
from annuaire.notifications.models import Notification, Reglage, Resume
from communautes.models import Adhesion, Communaute
from forum import actions
from tests.communautes.test_adhesions import together
from tests.factories import add_member, declare, make_agent, make_communaute, make_sujet, make_territoire

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"), "privee")


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia")).agent


def choose(agent: Agent, **fields: Any) -> Reglage:
    row, _ = Reglage.objects.update_or_create(agent=agent, defaults={"jours": [0, 1, 2, 3, 4], **fields})
    return row


def test_a_calm_week_sends_nothing(nadia: Agent) -> None:
    assert send_digests([nadia.pk]) == 0
    assert mail.outbox == []


def test_what_concerns_me_comes_first_then_what_is_useful(
    communaute: Communaute, nadia: Agent, settings: Any
) -> None:
    settings.LIMITES_PAR_MINUTE = dict.fromkeys(settings.LIMITES_PAR_MINUTE, 1_000)
    other = add_member(communaute, make_agent("Gaëlle")).agent
    choose(nadia, voies={"mention": "resume"})
    eau = declare(nadia, "Police de l’eau")
    for number in range(14):
        useful = make_sujet(communaute, other, f"Sujet numéro {number}")
        actions.publish_message(other, useful, f"Suite {number}")
    question = actions.open_sujet(
        other, communaute, titre="Question d’eau ?", texte="Qui sait ?", expertises=[eau]
    )
    named = make_sujet(communaute, other, "On parle de vous")
    actions.tell_of_message(actions.publish_message(other, named, f"@{nadia.identifiant} saurait"))
    send_due_mails()
    assert mail.outbox == []
    assert send_digests([nadia.pk]) == 1
    (sent,) = mail.outbox
    rows = [line for line in sent.body.splitlines() if line.startswith("* ")]
    assert len(rows) == 10
    assert question.titre in rows[0]
    assert "vous cite dans" in rows[1]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Message-ID" not in sent.extra_headers
    # Told once: neither tonight by e-mail, nor again by a second worker.
    assert Notification.objects.get(destinataire=nadia).envoye_le is not None
    assert send_digests([nadia.pk]) == 0
    Resume.objects.update(jour=timezone.localdate() - timedelta(days=1))
    send_digests([nadia.pk])
    assert question.titre not in mail.outbox[-1].body
    assert "vous cite dans" not in mail.outbox[-1].body


def test_neither_what_was_read_nor_what_one_may_no_longer_see(communaute: Communaute, nadia: Agent) -> None:
    other = add_member(communaute, make_agent("Gaëlle")).agent
    choose(nadia, voies={"mention": "resume"})
    sujet = make_sujet(communaute, other, "Déjà lu hier")
    actions.tell_of_message(actions.publish_message(other, sujet, f"@{nadia.identifiant} ?"))
    actions.mark_read(nadia, sujet, 99)
    assert send_digests([nadia.pk]) == 0
    Resume.objects.all().delete()
    actions.tell_of_message(actions.publish_message(other, sujet, f"@{nadia.identifiant} encore ?"))
    Adhesion.objects.filter(agent=nadia).delete()
    assert send_digests([nadia.pk]) == 0
    assert mail.outbox == []


def test_each_hears_in_the_morning_of_their_own_clock() -> None:
    metropole = make_agent("Métropole")
    reunion = make_agent("Réunion", territoire=make_territoire("974", "La Réunion", "R04"))
    tahiti = make_agent("Tahiti", territoire=make_territoire("987", "Polynésie française"))
    moved = make_agent("Ailleurs")
    choose(moved, fuseau="Pacific/Tahiti", resume="quotidien")
    never = make_agent("Jamais")
    choose(never, resume="jamais")
    everyone = {metropole.pk, reunion.pk, tahiti.pk, moved.pk, never.pk}

    def due(*moment: int) -> set[int]:
        return set(due_agents(datetime(*moment, tzinfo=UTC))) & everyone

    # Monday 11 May 2026, 8 h in Paris; 8 h in La Réunion is 4 h there; 8 h in Tahiti is 18 h UTC.
    assert due(2026, 5, 11, 6, 5) == {metropole.pk, reunion.pk}
    assert due(2026, 5, 11, 4, 5) == {reunion.pk}
    assert due(2026, 5, 11, 18, 5) == {tahiti.pk, moved.pk}
    assert due(2026, 5, 12, 6, 5) == set()
    assert due(2026, 5, 12, 18, 5) == {moved.pk}
    # Not on Saturday.
    assert due(2026, 5, 16, 18, 5) == set()
    Resume.objects.create(agent=moved, jour=datetime(2026, 5, 12).date())
    assert due(2026, 5, 12, 18, 5) == set()


def test_the_week_begins_on_the_first_day_one_works() -> None:
    agent = make_agent()
    choose(agent, jours=[2, 3, 4])
    assert agent.pk not in due_agents(datetime(2026, 5, 11, 6, 5, tzinfo=UTC))
    assert agent.pk in due_agents(datetime(2026, 5, 13, 6, 5, tzinfo=UTC))


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_digest() -> None:
    communaute = make_communaute(make_agent())
    nadia, other = (add_member(communaute, make_agent()).agent for _ in range(2))
    sujet = make_sujet(communaute, other)
    actions.publish_message(other, sujet, "Suite")
    together([lambda: send_digests([nadia.pk])] * 3)
    assert len(mail.outbox) == 1
