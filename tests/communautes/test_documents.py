"""Files: what is taken in, what is handed out, and what a cut upload leaves behind."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from annuaire.preuves.models import Preuve
from annuaire.recherche import search_agents
from communautes.fichiers.actions import remove_document, share_document
from communautes.fichiers.models import Document, Version
from communautes.models import Adhesion, Communaute
from plateforme.socle.fichiers.detection import clean_name
from plateforme.socle.models import EntreeJournal
from tests.factories import add_member, make_agent, make_communaute

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return out.getvalue()


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent())


@pytest.fixture
def client(communaute: Communaute) -> Client:
    client = Client()
    client.force_login(add_member(communaute, make_agent()).agent)
    return client


def send(client: Client, communaute: Communaute, name: str, content: bytes, **more: str) -> Any:
    # The type that the browser says is never believed.
    file = SimpleUploadedFile(name, content, content_type="text/html")
    where = f"{communaute.get_absolute_url()}documents/deposer/"
    return client.post(where, {"fichier": file, **more})


def stored(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_share_list_download(client: Client, communaute: Communaute, settings: Any) -> None:
    assert send(client, communaute, "plan.png", PNG, description="Le plan de masse").status_code == 302
    page = client.get(f"{communaute.get_absolute_url()}documents/").content.decode()
    assert "plan.png" in page
    assert "Le plan de masse" in page
    document = Document.objects.get()
    answer = client.get(document.get_absolute_url())
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    # On the disk, a name that nobody chose.
    assert "plan" not in stored(settings)[0].name
    assert EntreeJournal.objects.filter(action="document.share").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<script>alert(1)</script>", "Ce type de fichier n’est pas accepté"),
        ("dessin.svg", b"<svg onload='alert(1)'/>", "Ce type de fichier n’est pas accepté"),
        ("programme.exe", b"MZ\x90", "Ce type de fichier n’est pas accepté"),
        ("sans-extension", b"bonjour", "Ce type de fichier n’est pas accepté"),
        ("rapport.pdf", b"MZ\x90\x00", "Le contenu de ce fichier n’est pas celui d’un fichier « .pdf »"),
        ("rapport.pdf", b"<html>", "Le contenu de ce fichier n’est pas celui"),
        ("image.png", b"GIF89a", "Le contenu de ce fichier n’est pas celui"),
        ("lettre.odt", b"PK\x03\x04rien", "Le contenu de ce fichier n’est pas celui"),
        ("note.txt", b"\x7fELF\x02\x01\x01\x00", "Le contenu de ce fichier n’est pas celui"),
        ("vide.pdf", b"", "Ce fichier est vide"),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    client: Client, communaute: Communaute, settings: Any, name: str, content: bytes, said: str
) -> None:
    answer = send(client, communaute, name, content, description="Gardée")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "Gardée" in text
    assert not Document.objects.exists()
    assert stored(settings) == []


def test_open_document_text_is_taken(client: Client, communaute: Communaute) -> None:
    assert send(client, communaute, "lettre.odt", odt()).status_code == 302


def test_too_big_is_told(client: Client, communaute: Communaute, settings: Any) -> None:
    settings.FICHIER_TAILLE_MAX = 1024 * 1024
    answer = send(client, communaute, "gros.png", PNG + b"0" * 1024 * 1024)
    assert "Ce fichier dépasse 1 Mo." in answer.content.decode()
    assert stored(settings) == []


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\Nadia\note.txt", "note.txt"),
        ("facture\u202efdp.exe.txt", "facturefdp.exe.txt"),
        ('a<b>"c|d?.txt', "abcd.txt"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
        (" .. ", ""),
    ],
)
def test_names_are_cleaned(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


def test_same_name_by_the_same_person_is_a_new_version(client: Client, communaute: Communaute) -> None:
    send(client, communaute, "plan.png", PNG)
    send(client, communaute, "plan.png", PNG + b"2")
    document = Document.objects.get()
    assert document.versions.count() == 2
    assert b"".join(client.get(document.get_absolute_url()).streaming_content) == PNG + b"2"


def test_same_name_by_another_is_refused(client: Client, communaute: Communaute, settings: Any) -> None:
    send(client, communaute, "plan.png", PNG)
    other = Client()
    other.force_login(add_member(communaute, make_agent()).agent)
    answer = send(other, communaute, "plan.png", PNG + b"2")
    assert answer.status_code == 422
    assert "existe déjà" in answer.content.decode()
    assert Version.objects.count() == 1
    assert len(stored(settings)) == 1


def test_a_failure_after_the_bytes_leaves_nothing(
    client: Client, communaute: Communaute, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("coupure")

    monkeypatch.setattr("communautes.fichiers.actions.record", fail)
    client.raise_request_exception = False
    assert send(client, communaute, "plan.png", PNG).status_code == 500
    assert not Document.objects.exists()
    assert stored(settings) == []


def test_a_script_gets_words_it_can_show(client: Client, communaute: Communaute) -> None:
    where = f"{communaute.get_absolute_url()}documents/deposer/"
    answer = client.post(where, {}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (422, {"erreur": "Choisissez un fichier."})


def test_removed_documents_are_gone_for_all(client: Client, communaute: Communaute) -> None:
    send(client, communaute, "plan.png", PNG)
    document = Document.objects.get()
    other = Client()
    other.force_login(add_member(communaute, make_agent()).agent)
    assert other.post(f"{document.get_absolute_url()}retirer/").status_code == 403
    client.post(f"{document.get_absolute_url()}retirer/")
    assert client.get(document.get_absolute_url()).status_code == 404
    assert "plan.png" not in other.get(f"{communaute.get_absolute_url()}documents/").content.decode()
    # The name is free again.
    assert send(other, communaute, "plan.png", PNG).status_code == 302


def test_a_file_missing_from_the_disk_is_told(client: Client, communaute: Communaute, settings: Any) -> None:
    send(client, communaute, "plan.png", PNG)
    stored(settings)[0].unlink()
    assert client.get(Document.objects.get().get_absolute_url()).status_code == 404


def test_a_document_shows_what_its_authors_know(communaute: Communaute) -> None:
    first, second, reader, stranger = (make_agent() for _ in range(4))
    for agent in (first, second, reader):
        add_member(communaute, agent)
    Adhesion.objects.filter(agent=second).update(role=Adhesion.Role.ANIMATEUR)
    for author in (first, second):
        document = share_document(
            author,
            communaute,
            SimpleUploadedFile("n.png", PNG),
            nom="guide_busage-2025.png",
            description="Buses",
        )
    for words in ("guide busage", "buses"):
        found = search_agents(reader, words)
        assert {row.agent for row in found} == {first, second}
    assert "1\u00a0document partagé" in " ".join(found[0].raisons)
    assert document.get_absolute_url() in " ".join(found[0].raisons)
    Communaute.objects.update(visibilite="privee")
    assert search_agents(stranger, "busage") == []
    before = sorted(Preuve.objects.values_list("agent", "source", "texte", "quand", "url"))
    Preuve.objects.all().delete()
    call_command("refaire_preuves", verbosity=0)
    assert sorted(Preuve.objects.values_list("agent", "source", "texte", "quand", "url")) == before
    remove_document(second, document)
    assert not Preuve.objects.exists()
