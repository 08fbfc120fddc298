"""Whoever is told of a thing may still see it when the e-mail leaves; and no kind of thing escapes the question."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.db import connection
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import Annonce, notify, set_read
from annuaire.notifications.actions.envois import send_due_mails
from annuaire.notifications.actions.resumes import send_digests
from annuaire.notifications.genres import Genre
from annuaire.notifications.models import Notification
from annuaire.notifications.sources import is_known, visible
from communautes.actions import leave, lift_suspension, set_role, suspend
from communautes.models import Adhesion, Suspension
from forum import actions
from forum.models import Signalement
from tests.factories import browser
from tests.forum.test_moderation import Monde

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> Monde:
    return Monde("privee")


def mailed(agent: Agent, words: str) -> bool:
    """Whether what leaves for `agent`, by the way of notifications or by that of digests, says `words`."""
    mail.outbox.clear()
    send_due_mails()
    send_digests([agent.pk])
    return any(
        words in f"{sent.subject} {sent.body}".replace("\xa0", " ")
        for sent in mail.outbox
        if sent.to == [agent.email]
    )


def shown(agent: Agent) -> list[str]:
    """Keys of what `agent` was told and may still see."""
    rows = list(Notification.objects.filter(destinataire=agent).order_by("pk"))
    return [row.cle for row in visible(agent, rows)]


@pytest.mark.parametrize("lost", ["role", "left", "closed", "settled", "own"])
def test_a_report_is_told_to_who_may_still_decide_about_it(monde: Monde, lost: str) -> None:
    report = monde.report()
    assert shown(monde.bea) == [f"signalement.{report.pk}"]
    assert mailed(monde.ana, "Un message est signalé")
    if lost == "role":
        set_role(monde.ana, monde.communaute, monde.bea, Adhesion.Role.MEMBRE)
    elif lost == "left":
        leave(monde.bea, monde.communaute)
    elif lost == "closed":
        Agent.objects.filter(pk=monde.bea.pk).update(is_active=False)
        monde.bea.refresh_from_db()
    elif lost == "settled":
        actions.decide_reports(monde.ana, monde.message, actions.Decision(reponse="Rien à redire"))
    else:
        # It became theirs: nobody decides about their own words.
        type(monde.message).objects.filter(pk=monde.message.pk).update(auteur=monde.bea)
    assert shown(monde.bea) == []
    assert not mailed(monde.bea, "Un message est signalé")


def test_a_report_of_the_only_animateur_is_for_the_staff_until_somebody_else_animates(monde: Monde) -> None:
    set_role(monde.ana, monde.communaute, monde.bea, Adhesion.Role.MEMBRE)
    staff = Monde("privee").ana
    Agent.objects.filter(pk=staff.pk).update(is_staff=True)
    staff.refresh_from_db()
    said = actions.publish_message(monde.ana, monde.sujet, "Mes mots")
    report = actions.report_message(monde.lectrice, said, motif="propos")
    assert shown(staff) == [f"signalement.{report.pk}"]
    set_role(monde.ana, monde.communaute, monde.bea, Adhesion.Role.ANIMATEUR)
    assert shown(staff) == []


def test_what_became_of_a_report_is_told_to_who_may_still_read_there(monde: Monde) -> None:
    report = monde.report()
    actions.decide_reports(monde.ana, monde.message, actions.Decision(reponse="Merci"))
    assert shown(monde.lectrice) == [f"signalement.{report.pk}.suite"]
    leave(monde.lectrice, monde.communaute)
    assert shown(monde.lectrice) == []
    assert not mailed(monde.lectrice, "Votre signalement")
    # A number that is somebody else's report: not theirs to hear of.
    Signalement.objects.filter(pk=report.pk).update(auteur=monde.auteur)
    add = Adhesion.objects.create(communaute=monde.communaute, agent=monde.lectrice)
    assert shown(add.agent) == []


def test_who_reported_an_opening_hears_that_its_sujet_was_hidden(monde: Monde) -> None:
    sujet = actions.open_sujet(monde.auteur, monde.communaute, titre="Vente de matériel", texte="Pas cher")
    report = actions.report_message(monde.lectrice, sujet.messages.get(), motif="publicite")
    actions.hide_sujet(monde.ana, sujet, motif="Publicité")
    assert shown(monde.lectrice) == [f"signalement.{report.pk}.suite"]
    # It leads somewhere that they may open.
    row = Notification.objects.get(destinataire=monde.lectrice)
    assert browser(monde.lectrice).get(row.url).status_code == 200


def suspension_of(monde: Monde) -> Suspension:
    return suspend(
        monde.ana,
        monde.communaute,
        monde.auteur,
        jusqu_au=timezone.now() + timedelta(days=3),
        motif="Trois rappels",
    )


def test_a_suspension_is_explained_by_email_while_it_stands(monde: Monde, run_jobs: Any) -> None:
    suspension = suspension_of(monde)
    assert shown(monde.auteur) == [f"suspension.{suspension.pk}"]
    mail.outbox.clear()
    run_jobs()
    (sent,) = [sent for sent in mail.outbox if sent.to == [monde.auteur.email]]
    assert "est suspendue" in sent.subject
    assert "Trois rappels" in sent.body


@pytest.mark.parametrize("lost", ["lifted", "over", "left", "closed"])
def test_a_suspension_that_is_over_is_no_longer_mailed(monde: Monde, lost: str, run_jobs: Any) -> None:
    suspension = suspension_of(monde)
    if lost == "lifted":
        lift_suspension(monde.ana, suspension)
    elif lost == "over":
        Suspension.objects.update(jusqu_au=timezone.now() - timedelta(minutes=1))
    elif lost == "left":
        leave(monde.auteur, monde.communaute)
    else:
        Agent.objects.filter(pk=monde.auteur.pk).update(is_active=False)
        monde.auteur.refresh_from_db()
    assert f"suspension.{suspension.pk}" not in shown(monde.auteur)
    mail.outbox.clear()
    run_jobs()
    sent = [sent.subject for sent in mail.outbox if sent.to == [monde.auteur.email]]
    assert not [subject for subject in sent if "est suspendue" in subject]
    assert bool([subject for subject in sent if "de nouveau participer" in subject]) == (lost == "lifted")
    assert not mailed(monde.auteur, "est suspendue")


def test_suspended_again_nobody_is_told_that_they_may_write(monde: Monde) -> None:
    first = suspension_of(monde)
    lift_suspension(monde.ana, first)
    assert shown(monde.auteur) == [f"suspension.{first.pk}.levee"]
    second = suspension_of(monde)
    assert shown(monde.auteur) == [f"suspension.{second.pk}"]


def test_what_has_no_source_is_told_to_nobody(monde: Monde) -> None:
    unknown = Annonce(genre=Genre.RAPPEL, cle="inconnu.1", titre="Titre", url="/")
    with pytest.raises(LookupError, match="inconnu"):
        notify([monde.ana], unknown)
    row = Notification.objects.create(
        destinataire=monde.ana, genre=Genre.RAPPEL, cle="inconnu.1", titre="Titre", url="/"
    )
    assert visible(monde.ana, [row]) == []


APPS = ("annuaire", "communautes", "forum", "realtime", "plateforme")


def emissions() -> Iterator[tuple[str, set[str]]]:
    """Where in the code something is told, and the kinds that its key and its conversation are written with."""
    for app in APPS:
        for path in sorted(Path(site.BASE_DIR, app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Annonce", "Explication"):
                    given = {keyword.arg: keyword.value for keyword in node.keywords}
                    if ast.unparse(given["cle"]) == "explication.cle":
                        # Passed on: where it is written counts.
                        continue
                    kinds = {first_word(given.get(name)) for name in ("cle", "fil")}
                    yield f"{path.relative_to(site.BASE_DIR)}:{node.lineno}", kinds - {""}


def first_word(node: ast.expr | None) -> str:
    """« sujet » from `f"sujet.{pk}"`; empty when the code does not begin it with a word."""
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    text = node.value if isinstance(node, ast.Constant) else ""
    return text.partition(".")[0] if isinstance(text, str) else ""


def test_every_kind_of_thing_told_anywhere_in_the_code_has_a_source() -> None:
    found = list(emissions())
    assert len(found) > 15
    nameless = [where for where, kinds in found if not kinds]
    assert not nameless, "begin the key or the conversation with a word of the code"
    assert not [(where, kinds) for where, kinds in found if not any(is_known(f"{kind}.1") for kind in kinds)]


@pytest.mark.parametrize("state", ["waiting", "read", "left", "sent"])
def test_a_job_of_before_the_upgrade_mails_what_may_still_be_told(
    monde: Monde, state: str, run_jobs: Any
) -> None:
    """Until notifications were decided in one place, each e-mail was a job of its own, queued under this name."""
    run_jobs()
    told = actions.publish_message(monde.auteur, monde.sujet, f"@{monde.bea.identifiant} qu’en dites-vous ?")
    run_jobs()
    row = Notification.objects.get(destinataire=monde.bea, cle=f"message.{told.pk}")
    # As the version of before left it: neither a time nor a way.
    Notification.objects.filter(pk=row.pk).update(
        courriel_prevu_le=None, envoye_le=timezone.now() if state == "sent" else None, voie="site"
    )
    if state == "read":
        set_read(monde.bea, [row.pk], True)
    elif state == "left":
        leave(monde.bea, monde.communaute)
    mail.outbox.clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " SELECT 'default', 'notifications.email_notification', %s FROM generate_series(1, 2)",
            [json.dumps({"notification_id": row.pk})],
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('default', 'notifications.email_notification', '{\"notification_id\": 0}')"
        )
    run_jobs()
    assert len([sent for sent in mail.outbox if sent.to == [monde.bea.email]]) == (state == "waiting")
