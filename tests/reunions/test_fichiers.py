"""The files of a meeting between agents: brought by who prepares it, read by who is invited, gone with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annuaire.models import Agent
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions import actions
from realtime.reunions.actions import fichiers as limits
from realtime.reunions.models import FichierReunion, PieceReunion, PointOrdreDuJour, Reunion
from tests.reunions.conftest import soon

pytestmark = pytest.mark.django_db


def text(name: str = "bilan.txt", content: bytes = b"Trois dossiers") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


def browse(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def bring(auteur: Agent, reunion: Reunion, **more: Any) -> PieceReunion:
    return actions.add_file(auteur, reunion, text(), nom=more.pop("nom", "bilan.txt"), **more)


@pytest.fixture
def meeting(camille: Agent, noe: Agent) -> Reunion:
    """Camille meets Noé."""
    return actions.plan_reunion(
        camille, None, titre="Point à deux", debut=soon(), invites=actions.Invites(agents=(noe,))
    )


def test_brought_and_read_by_those_who_are_invited(
    meeting: Reunion, camille: Agent, noe: Agent, zoe: Agent
) -> None:
    page = reverse("reunions:documents", args=[meeting.pk])
    sent = browse(camille).post(page, {"fichier": text()})
    assert sent.status_code == 302
    (piece,) = meeting.pieces.all()
    address = piece.document.get_absolute_url()
    got = browse(noe).get(address)
    assert b"".join(got.streaming_content) == b"Trois dossiers"
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]
    assert "bilan.txt" in browse(noe).get(meeting.get_absolute_url()).content.decode()
    # Invited, Noé reads and brings nothing; somebody else knows nothing of it.
    assert browse(noe).get(page).status_code == 403
    assert browse(zoe).get(address).status_code == 404
    assert browse(zoe).get(page).status_code == 404
    assert browse(zoe).post(piece.adresse_retrait).status_code == 404
    with pytest.raises(PermissionDenied):
        bring(noe, meeting)
    with pytest.raises(PermissionDenied):
        actions.remove_file(noe, piece)


def test_who_is_no_longer_invited_reads_nothing(meeting: Reunion, camille: Agent, noe: Agent) -> None:
    address = bring(camille, meeting).document.get_absolute_url()
    meeting.participants.filter(agent=noe).delete()
    assert browse(noe).get(address).status_code == 404


def test_for_one_point_by_who_presents_it(meeting: Reunion, camille: Agent, noe: Agent, zoe: Agent) -> None:
    point = PointOrdreDuJour.objects.create(reunion=meeting, rang=1, titre="Seuils", responsable=noe)
    piece = bring(noe, meeting, point=point)
    page = browse(noe).get(reverse("reunions:documents", args=[meeting.pk]))
    assert page.status_code == 200
    assert "Seuils" in page.content.decode()
    with pytest.raises(PermissionDenied):
        bring(noe, meeting)
    other = actions.plan_reunion(zoe, None, titre="Ailleurs", debut=soon())
    with pytest.raises(PermissionDenied):
        bring(zoe, other, point=point)
    # What one brought, one takes off.
    actions.remove_file(noe, piece)
    assert not meeting.pieces.exists()


def test_the_same_file_twice_is_there_once(
    meeting: Reunion, camille: Agent, django_capture_on_commit_callbacks: Any
) -> None:
    first = bring(camille, meeting)
    with django_capture_on_commit_callbacks(execute=True):
        assert bring(camille, meeting) == first
    assert FichierReunion.objects.count() == 1
    folders = default_storage.listdir("reunions")[0]
    assert sum(len(default_storage.listdir(f"reunions/{folder}")[1]) for folder in folders) == 1


def test_refused_in_words(
    meeting: Reunion, camille: Agent, communaute: Communaute, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("reunions:documents", args=[meeting.pk])
    for sent, said in (
        ({}, "Choisissez un fichier."),
        ({"fichier": text(content=b"")}, "Ce fichier est vide."),
        ({"fichier": text("virus.exe", b"MZ\x90\x00")}, "virus.exe"),
        ({"fichier": text(), "point": "999999"}, "choix"),
    ):
        answer = browse(camille).post(page, sent)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    monkeypatch.setattr(limits, "FICHIERS_MAX", 0)
    with pytest.raises(ActionRefusee, match="fichiers au plus"):
        bring(camille, meeting)
    # A community has documents; a meeting that is over is as it was.
    with pytest.raises(ActionRefusee, match="communauté"):
        bring(camille, actions.plan_reunion(camille, communaute, titre="Autre", debut=soon()))
    Reunion.objects.filter(pk=meeting.pk).update(etat=Reunion.Etat.TERMINEE)
    meeting.refresh_from_db()
    with pytest.raises(ActionRefusee, match="terminée"):
        bring(camille, meeting)
    assert not FichierReunion.objects.exists()


def test_bytes_go_with_the_last_meeting_that_has_them(
    meeting: Reunion, camille: Agent, django_capture_on_commit_callbacks: Any
) -> None:
    point = PointOrdreDuJour.objects.create(reunion=meeting, rang=1, titre="Seuils", etat="retenu")
    whole, ofpoint = bring(camille, meeting), bring(camille, meeting, point=point, nom="seuils.txt")
    names = [whole.document.fichier.name, ofpoint.document.fichier.name]
    again = actions.duplicate_reunion(camille, meeting, debut=meeting.debut + timedelta(days=7))
    assert again.pieces.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_file(camille, whole)
        actions.remove_file(camille, ofpoint)
        actions.remove_file(camille, whole)
    assert all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        again.delete()
    assert not any(default_storage.exists(name) for name in names)
    assert not FichierReunion.objects.exists()
