"""What a meeting leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.models import Communaute
from forum.models import Sujet
from realtime.seances import actions
from realtime.seances.actions import ProjetScrutin
from realtime.seances.exports.markdown import as_markdown
from realtime.seances.models import Seance
from realtime.seances.redaction import draft
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
    for text in ("<strong>en Ariège</strong>", "Le seuil retenu", "Relire *tout*", "quorum de 1 atteint"):
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
    assert not sujet.messages.get().wiki and "Bilan" in sujet.messages.get().texte
    assert actions.publish_minutes(camille, minutes) == sujet
    assert "compte rendu publié" in browser(lea).get(page).content.decode()


def test_hours_are_those_of_the_meeting_whoever_reads(seance: Seance) -> None:
    Seance.objects.filter(pk=seance.pk).update(ouverte_le=datetime(2026, 11, 24, 21, 30, tzinfo=UTC))
    with timezone.override("Indian/Reunion"):
        text = as_markdown(draft(now_is(seance), None))
    assert "24 novembre 2026, de 22\u00a0h\u00a030" in text
