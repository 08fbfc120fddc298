"""What a meeting leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from forum.actions import close_sujet
from forum.models import PieceJointe, Sujet
from realtime.seances import actions
from realtime.seances.access import get_minutes
from realtime.seances.actions import ProjetScrutin
from realtime.seances.exports.markdown import as_markdown
from realtime.seances.models import Seance
from realtime.seances.redaction import draft
from realtime.seances.tasks import distribute_minutes
from tests.factories import add_member, browser, make_agent
from tests.seances.conftest import now_is


def test_everything_that_was_kept_is_there(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any
) -> None:
    actions.note_presence(lea, seance)
    actions.take_pen(noe, seance, points[0])
    actions.save_note(noe, seance, points[0], "Dix mètres **en Ariège**.", 0)
    decision = actions.note_decision(lea, seance, "Le seuil retenu est de dix mètres.")
    actions.confirm_suite(noe, decision)
    actions.set_aside(lea, actions.note_decision(lea, seance, "Une proposition que personne ne garde."))
    due = timezone.localdate() + timedelta(days=3)
    actions.note_action(lea, seance, "Relire *tout* l’arrêté", responsable=camille, echeance=due)
    scrutin = actions.prepare_vote(camille, seance, ProjetScrutin("Retenir | dix mètres ?", quorum=10))
    actions.open_vote(camille, scrutin)
    actions.vote(lea, scrutin, [1])
    actions.drop_vote(camille, actions.prepare_vote(camille, seance, ProjetScrutin("Abandonnée ?")))
    actions.end(camille, now_is(seance), etape=1)

    client = browser(lea)
    page = client.get(reverse("seances:compte-rendu", args=[seance.pk]))
    html = page.content.decode()
    for text in (
        "<strong>en Ariège</strong>",
        "Le seuil retenu",
        "Relire *tout*",
        "quorum de 1&nbsp;: atteint",
    ):
        assert text in html, text
    for text in ("personne ne garde", "Abandonnée"):
        assert text not in html
    answer = client.get(reverse("seances:compte-rendu-markdown", args=[seance.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    text = answer.content.decode()
    assert "# 1. Bilan" in text and "Dix mètres **en Ariège**." in text
    assert "| 1 | Relire \\*tout\\* l’arrêté (proposée) | Camille Martin |" in text
    assert "Retenir \\| dix mètres" in text and "| Pour | 1 |" in text
    assert "**Présences** (1)\n\n- Léa Vidal" in text
    assert browser(zoe).get(reverse("seances:compte-rendu", args=[seance.pk])).status_code == 404


def test_without_agenda_nor_anything(camille: Agent, seance: Seance) -> None:
    page = browser(camille).get(reverse("seances:compte-rendu", args=[seance.pk]))
    assert page.status_code == 200 and "en cours" in page.content.decode()


def test_number_of_queries(
    camille: Agent, seance: Seance, communaute: Communaute, django_assert_max_num_queries: Any
) -> None:
    client = browser(camille)
    address = reverse("seances:compte-rendu", args=[seance.pk])
    counts = []
    for number in range(2):
        for rank in range(4):
            agent = make_agent()
            add_member(communaute, agent)
            actions.note_presence(agent, seance)
            actions.note_action(agent, seance, f"Action {number} {rank}", responsable=agent)
        client.get(address)
        with django_assert_max_num_queries(30) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_published_once_in_the_forum(camille: Agent, noe: Agent, lea: Agent, seance: Seance) -> None:
    address = reverse("seances:publier", args=[seance.pk])
    secretary = browser(noe)
    assert secretary.post(address).status_code == 404
    actions.end(camille, seance, etape=1)
    minutes = actions.start_minutes(noe, seance)
    with pytest.raises(PermissionDenied):
        actions.publish_minutes(lea, minutes)
    assert "Validez" in secretary.post(address, follow=True).content.decode()
    page = reverse("seances:compte-rendu", args=[seance.pk])
    actions.validate_minutes(camille, minutes, version=1)
    assert "Publier dans le forum" not in browser(lea).get(page).content.decode()
    assert "Publier dans le forum" in secretary.get(page).content.decode()
    answer = secretary.post(address)
    sujet = Sujet.objects.get()
    assert answer["Location"].startswith(f"/sujets/{sujet.pk}/")
    message = sujet.messages.get()
    assert not message.wiki and "Bilan" in message.texte and f"({page})" in message.texte
    assert sujet.titre.startswith("Compte rendu n°")
    (piece,) = message.pieces.all()
    assert piece.nom.startswith("compte-rendu-20") and piece.type_mime == "application/pdf"
    assert minutes.editions.get().message == message
    assert actions.publish_minutes(camille, get_minutes(camille, seance.pk)) == sujet
    # The file of the second time is taken back.
    assert PieceJointe.objects.count() == 1
    assert "compte rendu publié" in browser(lea).get(page).content.decode()


def test_the_sujet_is_told_of_a_correction(camille: Agent, noe: Agent, seance: Seance) -> None:
    actions.end(camille, seance, etape=1)
    minutes = actions.start_minutes(noe, seance)
    actions.validate_minutes(camille, minutes, version=1)
    sujet = actions.publish_minutes(noe, get_minutes(noe, seance.pk))
    actions.correct_minutes(noe, minutes, "Le seuil est de *douze* mètres")
    actions.edit_minutes(noe, minutes, "Douze mètres.", version=1)
    edition = actions.validate_minutes(camille, minutes, version=2)
    for _ in range(2):
        distribute_minutes(edition_id=edition.pk)
    said = sujet.messages.get(numero=2)
    assert said.auteur == camille and sujet.messages.count() == 2
    assert "Rectificatif n°\u00a01" in said.texte and "\\*douze\\*" in said.texte
    assert said.pieces.get().nom.endswith("-rectificatif-1.pdf")
    # Closed, it is left as it is, and the minutes are validated all the same.
    close_sujet(camille, sujet)
    actions.correct_minutes(noe, minutes, "Encore une erreur")
    last = actions.validate_minutes(camille, minutes, version=2)
    distribute_minutes(edition_id=last.pk)
    assert sujet.messages.count() == 2 and PieceJointe.objects.count() == 2


def test_minutes_too_long_for_a_message(camille: Agent, seance: Seance) -> None:
    actions.end(camille, seance, etape=1)
    minutes = actions.start_minutes(camille, seance)
    actions.edit_minutes(camille, minutes, "mot " * 14_990, version=1)
    actions.validate_minutes(camille, minutes, version=2)
    sujet = actions.publish_minutes(camille, get_minutes(camille, seance.pk))
    assert "trop long pour un message" in sujet.messages.get().texte


def test_hours_are_those_of_the_meeting_whoever_reads(seance: Seance) -> None:
    Seance.objects.filter(pk=seance.pk).update(ouverte_le=datetime(2026, 11, 24, 21, 30, tzinfo=UTC))
    with timezone.override("Indian/Reunion"):
        text = as_markdown(draft(now_is(seance), None))
    assert "24 novembre 2026, de 22\u00a0h\u00a030" in text
