"""Stored texts of salons and communities, rendered again when the renderer has changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from communautes.actions import edit_communaute
from communautes.models import Communaute
from communautes.suites.models import Decision
from realtime.actions import send_message
from realtime.models import MessageSalon
from realtime.reunions.actions import ProjetPoint, plan_reunion
from tests.factories import add_member, make_agent, make_communaute

pytestmark = pytest.mark.django_db


def test_the_command_renders_salons_and_communities_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana, presentation="**Bienvenue**", charte="*Courtoisie*")
    bob = add_member(communaute, make_agent("Bob")).agent
    salon = communaute.salons.get()
    lines = [send_message(ana, salon, f"**{n}** pour @{bob.identifiant}", uuid4()) for n in range(3)]
    shown = [line.html for line in lines]
    # One of today's renderer is left alone, whatever it holds.
    MessageSalon.objects.filter(pk=lines[0].pk).update(html="à jour")
    MessageSalon.objects.exclude(pk=lines[0].pk).update(html="ancien", version_rendu=0)
    Communaute.objects.update(presentation_html="ancien", charte_html="ancien")
    monkeypatch.setattr("realtime.actions.BATCH", 1)
    call_command("rendre_messages", verbosity=0)
    found = list(MessageSalon.objects.order_by("numero").values_list("html", flat=True))
    assert found == ["à jour", *shown[1:]]
    assert bob.nom_complet in found[2]
    communaute.refresh_from_db()
    assert communaute.presentation_html == "<p><strong>Bienvenue</strong></p>"
    assert communaute.charte_html == "<p><em>Courtoisie</em></p>"


def test_it_renders_decisions_and_agendas_again() -> None:
    ana = make_agent("Ana")
    communaute = make_communaute(ana)
    reunion = plan_reunion(
        ana,
        communaute,
        titre="Point du mois",
        debut=timezone.now() + timedelta(days=2),
        points=[ProjetPoint("Budget", description="**Urgent**")],
    )
    Decision.objects.create(
        communaute=communaute,
        auteur=ana,
        texte="Nous *gardons* le seuil",
        html="ancien",
        version_rendu=0,
        prise_le=timezone.localdate(),
        cree_le=timezone.now(),
    )
    reunion.points.update(description_html="ancien", version_rendu=0)
    call_command("rendre_messages", verbosity=0)
    assert reunion.points.get().description_html == "<p><strong>Urgent</strong></p>"
    assert "<em>gardons</em>" in Decision.objects.get().html


def test_it_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    make_communaute(make_agent())
    call_command("rendre_messages")
    assert "Tous les textes sont à jour." in capsys.readouterr().out


def test_a_presentation_edited_meanwhile_keeps_its_edit() -> None:
    ana = make_agent()
    communaute = make_communaute(ana, presentation="**Un**")
    edit_communaute(ana, communaute, presentation="**Deux**")
    call_command("rendre_messages", verbosity=0)
    communaute.refresh_from_db()
    assert communaute.presentation_html == "<p><strong>Deux</strong></p>"
