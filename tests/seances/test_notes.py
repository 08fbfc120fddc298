"""Shared notes: one pen, passed on; nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from realtime.seances import actions
from realtime.seances.actions.notes import NoteDepassee, PlumePrise, is_held
from realtime.seances.models import BrouillonNote, NotePoint, Seance, VersionNote
from tests.factories import browser


def note_of(points: Any) -> NotePoint:
    return NotePoint.objects.get(point=points[0])


def expire(points: Any) -> None:
    NotePoint.objects.filter(point=points[0]).update(plume_jusqu_au=timezone.now() - timedelta(seconds=1))


def test_one_pen(camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(lea, seance, points[0])
    with pytest.raises(PlumePrise, match="Léa Vidal"):
        actions.take_pen(noe, seance, points[0])
    with pytest.raises(PermissionDenied):
        actions.take_pen(zoe, seance, points[0])
    with pytest.raises(ActionRefusee, match="abordé"):
        actions.take_pen(lea, seance, points[2])
    actions.save_note(lea, seance, points[0], "Dix mètres.", 0, garder_plume=True)
    note = note_of(points)
    assert (note.texte, note.version, note.plume) == ("Dix mètres.", 1, lea)
    actions.give_pen(noe, seance, points[0])
    assert note_of(points).plume == lea
    actions.give_pen(lea, seance, points[0])
    actions.take_pen(noe, seance, points[0])
    assert note_of(points).plume == noe


def test_a_pen_that_nobody_holds_any_more_is_taken(
    noe: Agent, lea: Agent, seance: Seance, points: Any
) -> None:
    actions.take_pen(lea, seance, points[0])
    expire(points)
    actions.take_pen(noe, seance, points[0])
    assert note_of(points).plume == noe
    # The page of who had it comes back: it learns that, and what was typed is kept.
    assert actions.keep_draft(lea, seance, points[0], "Tapé hors ligne", 0) is False
    assert BrouillonNote.objects.get(agent=lea).texte == "Tapé hors ligne"
    assert actions.keep_draft(noe, seance, points[0], "De Noé", 0) is True


def test_a_pen_taken_over(camille: Agent, lea: Agent, noe: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(camille, seance, points[0])
    with pytest.raises(PermissionDenied):
        actions.take_pen(lea, seance, points[0], forcer=True)
    actions.take_pen(noe, seance, points[0], forcer=True)
    with pytest.raises(PlumePrise, match="Votre texte est gardé"):
        actions.save_note(camille, seance, points[0], "Une longue phrase de Camille", 0)
    assert BrouillonNote.objects.get(agent=camille).texte == "Une longue phrase de Camille"
    actions.save_note(noe, seance, points[0], "La phrase de Noé", 0)
    with pytest.raises(NoteDepassee):
        actions.save_note(camille, seance, points[0], "Une longue phrase de Camille", 0)
    assert note_of(points).texte == "La phrase de Noé"


def test_a_page_that_writes_keeps_the_pen(lea: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(lea, seance, points[0])
    NotePoint.objects.update(plume_jusqu_au=timezone.now() + timedelta(seconds=1))
    actions.keep_draft(lea, seance, points[0], "…", 0)
    assert is_held(note_of(points))
    assert note_of(points).plume_jusqu_au > timezone.now() + timedelta(seconds=30)


def test_two_pages_of_one_person_lose_nothing(lea: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(lea, seance, points[0])
    actions.save_note(lea, seance, points[0], "Un", 0, garder_plume=True)
    actions.keep_draft(lea, seance, points[0], "Un, puis deux", 1)
    actions.keep_draft(lea, seance, points[0], "Tapé dans le train", 0)
    kept = BrouillonNote.objects.get(agent=lea)
    assert "Un, puis deux" in kept.texte and "Tapé dans le train" in kept.texte


def test_every_text_is_kept(lea: Agent, noe: Agent, seance: Seance, points: Any) -> None:
    for depuis, (agent, texte) in enumerate([(lea, "Un"), (noe, "Deux"), (lea, ""), (noe, "Quatre")]):
        actions.take_pen(agent, seance, points[0])
        actions.save_note(agent, seance, points[0], texte, depuis)
    assert list(VersionNote.objects.order_by("numero").values_list("texte", flat=True)) == [
        "Un",
        "Deux",
        "",
        "Quatre",
    ]


@pytest.mark.parametrize("texte", ["x" * 20_001, "a ⟦ votre version ⟧ b"])
def test_bad_texts(lea: Agent, seance: Seance, points: Any, texte: str) -> None:
    actions.take_pen(lea, seance, points[0])
    with pytest.raises(ActionRefusee):
        actions.save_note(lea, seance, points[0], texte, 0)


def test_notes_without_javascript(
    camille: Agent, noe: Agent, lea: Agent, zoe: Agent, seance: Seance, points: Any
) -> None:
    page = reverse("seances:seance", args=[seance.pk])
    pen, save, join = (
        reverse(f"seances:{name}", args=[points[0].pk]) for name in ("plume", "noter", "reprendre-notes")
    )
    first, second = browser(lea), browser(noe)
    assert first.get(join).status_code == 404
    first.post(pen, {"geste": "prendre"})
    assert "note-enregistrer" in first.get(page).content.decode()
    html = second.get(page).content.decode()
    assert "Léa Vidal écrit les notes" in html and "Prendre la plume à Léa Vidal" in html
    second.post(pen, {"geste": "forcer"})
    second.post(save, {"texte": "Dix mètres en Ariège.", "depuis": "0"})
    answer = first.post(save, {"texte": "Quinze mètres en Lozère.", "depuis": "0"}, follow=True)
    assert "Votre texte est gardé" in answer.content.decode()
    assert "Le comparer aux notes" in answer.content.decode()
    merged = first.get(join).content.decode()
    assert "Noé Garcin a modifié les notes" in merged and "Quinze mètres en Lozère." in merged
    assert first.post(join, {"texte": "⟦ votre version ⟧", "depuis": "1"}).status_code == 409
    both = "Dix mètres en Ariège.\n\nQuinze mètres en Lozère."
    assert first.post(join, {"texte": both, "depuis": "1"}).status_code == 302
    assert note_of(points).texte == both
    assert not BrouillonNote.objects.exists()
    assert browser(zoe).post(save, {"texte": "x", "depuis": "0"}).status_code == 404
    answer = first.post(reverse("seances:brouillon", args=[points[0].pk]), {"texte": "…", "depuis": "2"})
    assert answer.json() == {"plume": False}
    first.post(pen, {"geste": "oublier"})
    assert not BrouillonNote.objects.exists()


def test_notes_are_completed_after_the_end(camille: Agent, lea: Agent, seance: Seance, points: Any) -> None:
    actions.take_pen(lea, seance, points[0])
    actions.end(camille, seance, etape=1)
    actions.save_note(lea, seance, points[0], "Juste à temps", 0)
    html = browser(lea).get(reverse("seances:seance", args=[seance.pk])).content.decode()
    assert "Juste à temps" in html


def test_the_meeting_goes_on_while_somebody_writes(
    camille: Agent, lea: Agent, seance: Seance, points: Any
) -> None:
    actions.take_pen(lea, seance, points[0])
    actions.keep_draft(lea, seance, points[0], "Pas encore enregistré", 0)
    actions.move(camille, seance, points[1], etape=1)
    page, join = (
        reverse("seances:seance", args=[seance.pk]),
        reverse("seances:reprendre-notes", args=[points[0].pk]),
    )
    client = browser(lea)
    assert join in client.get(page).content.decode()
    assert join not in browser(camille).get(page).content.decode()
    actions.end(camille, seance, etape=2)
    assert join in client.get(page).content.decode()
    client.post(join, {"texte": "Enregistré", "depuis": "0"})
    assert join not in client.get(page).content.decode()
