"""Files and pictures of salons: sent, said, read by whoever is there now, gone with their line."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from annuaire.models import Agent
from communautes.actions import create_communaute, exclude_member, join
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime import actions, lieux
from realtime.access import get_line
from realtime.actions import Demande, send_message, send_messages, tell_of_salon_message
from realtime.conservation import remove_expired, set_retention
from realtime.etats import states_of
from realtime.fichiers.access import get_file
from realtime.fichiers.actions import add_file, remove_file, remove_orphans
from realtime.fichiers.joints import Joint
from realtime.historique import changes_since, frames_after
from realtime.lignes import LigneDepassee, delete_line, edit_line, erase_deleted_lines, restore_line
from realtime.models import FichierSalon, MessageSalon, Salon, VersionMessageSalon
from realtime.presentation import my_salons
from realtime.protocole import TrameRefusee, parse_frame
from tests.realtime.conftest import make_agent, make_session

Browser = Callable[[Agent], Client]


@pytest.fixture
def camille(db: None) -> Agent:
    return make_agent("Camille")


@pytest.fixture
def noe(db: None) -> Agent:
    return make_agent("Noé")


@pytest.fixture
def communaute(camille: Agent, noe: Agent) -> Communaute:
    communaute = create_communaute(camille, nom="Gestion de crise", resume="Entre préfectures")
    join(noe, communaute)
    return communaute


@pytest.fixture
def salon(communaute: Communaute) -> Salon:
    found: Salon = communaute.salons.get()
    return found


@pytest.fixture
def browser_of(settings: Any) -> Browser:
    def open_browser(agent: Agent) -> Client:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = make_session(agent)
        return browser

    return open_browser


def picture(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def send(agent: Agent, salon: Salon, nom: str = "note.txt", octets: bytes = b"bonjour") -> FichierSalon:
    return add_file(agent, salon, SimpleUploadedFile(nom, octets), nom=nom, client_id=uuid4(), limite=False)


def say_with(agent: Agent, salon: Salon, *fichiers: FichierSalon, texte: str = "") -> MessageSalon:
    return send_message(agent, salon, texte, uuid4(), fichiers=[Joint(fichier.pk) for fichier in fichiers])


def bytes_of(fichier: FichierSalon) -> Path:
    return Path(fichier.fichier.path)


# --- Sent while one writes -----------------------------------------------------------------------


def test_a_picture_is_written_again_and_shown_with_its_description(
    salon: Salon, noe: Agent, camille: Agent, browser_of: Browser
):
    sender = browser_of(noe)
    values = {"fichier": SimpleUploadedFile("pont.png", picture(4000, 1000)), "client_id": str(uuid4())}
    answer = sender.post(reverse("realtime:envoyer-fichier", args=[salon.pk]), values)
    assert answer.status_code == 201
    sent = answer.json()
    assert (sent["nom"], sent["format"], sent["image"]["largeur"]) == ("pont.webp", "WEBP", 352)
    # Until it is said, nobody else sees it.
    reader = browser_of(camille)
    assert reader.get(sent["image"]["url"]).status_code == 404
    assert sender.get(sent["image"]["url"]).status_code == 200
    said = send_message(
        noe, salon, "", uuid4(), fichiers=[Joint(UUID(sent["id"]), "  Le pont\nvu du\u202e quai ")]
    )
    assert (said.nb_fichiers, said.html) == (1, "")
    shown = reader.get(sent["image"]["url"])
    assert shown["Content-Type"] == "image/webp"
    assert shown["Content-Security-Policy"].startswith("sandbox")
    assert b"".join(shown.streaming_content)[:4] == b"RIFF"
    # Asked for again at each view, not carried again.
    again = reader.get(sent["image"]["url"], HTTP_IF_NONE_MATCH=shown["ETag"])
    assert (again.status_code, again["Cache-Control"]) == (304, "private, no-cache")
    page = reader.get(salon.get_absolute_url()).content.decode()
    assert 'alt="Le pont vu du quai"' in page
    (frame,), more = frames_after(camille, salon.pk, 0)
    assert not more
    assert frame["fichiers"][0]["image"]["alternative"] == "Le pont vu du quai"


def test_another_file_is_only_ever_handed_out_to_be_saved(salon: Salon, noe: Agent, browser_of: Browser):
    kept = send(noe, salon, "notes/../é\u202e<b>.csv", b"a;b\n1;2\n")
    say_with(noe, salon, kept, texte="Le tableau")
    assert kept.nom == "éb.csv"
    answer = browser_of(noe).get(kept.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert browser_of(noe).get(kept.adresse_image).status_code == 404
    assert len(send(noe, salon, "n" * 300 + ".txt").nom) <= 150


@pytest.mark.parametrize(
    ("nom", "octets", "dit"),
    [
        ("programme.exe", b"MZ", "n’est pas accepté"),
        ("photo.png", b"MZ not a picture", "n’est pas celui"),
        ("photo.png", picture()[:60], "abîmée"),
        ("page.html", b"<script>alert(1)</script>", "n’est pas accepté"),
        ("vide.txt", b"", "vide"),
        ("...", b"x", "renommez-le"),
    ],
)
def test_what_is_no_file_of_a_salon_is_refused_in_words(
    salon: Salon, noe: Agent, nom: str, octets: bytes, dit: str
):
    with pytest.raises(ActionRefusee, match=dit):
        send(noe, salon, nom, octets)
    assert not FichierSalon.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused(salon: Salon, noe: Agent):
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < 500_000
    with pytest.raises(ActionRefusee, match="pixels"):
        send(noe, salon, "bombe.png", out.getvalue())


def test_sizes_of_one_and_of_a_day_are_bounded(salon: Salon, noe: Agent, settings: Any):
    settings.PIECE_TAILLE_MAX = 1_000_000
    with pytest.raises(ActionRefusee, match="dépasse"):
        send(noe, salon, "lourd.txt", b"a" * 1_000_001)
    settings.SALONS = {**settings.SALONS, "fichiers_jour_mo": 1}
    send(noe, salon, "un.txt", b"a" * 900_000)
    with pytest.raises(ActionRefusee, match="depuis hier"):
        send(noe, salon, "deux.txt", b"a" * 900_000)
    FichierSalon.objects.update(cree_le=timezone.now() - timedelta(days=1, minutes=1))
    send(noe, salon, "deux.txt", b"a" * 900_000)
    settings.PIECES_EN_ATTENTE = 2
    with pytest.raises(ActionRefusee, match="attendent"):
        send(noe, salon)


def test_sent_again_after_a_cut_it_is_the_same_file(
    salon: Salon, noe: Agent, camille: Agent, browser_of: Browser
):
    browser, values = browser_of(noe), {"client_id": str(uuid4())}
    address = reverse("realtime:envoyer-fichier", args=[salon.pk])
    first, second = (
        browser.post(address, values | {"fichier": SimpleUploadedFile("a.txt", b"abc")}).json() for _ in "12"
    )
    assert first == second
    assert FichierSalon.objects.count() == 1
    # The identifier of somebody else's sending is nobody's.
    other = browser_of(camille).post(address, values | {"fichier": SimpleUploadedFile("a.txt", b"abc")})
    assert other.json()["id"] != first["id"]
    # Elsewhere, it is refused rather than given away.
    elsewhere = lieux.open_group(noe, [camille], "Astreinte")
    moved = browser.post(
        reverse("realtime:envoyer-fichier", args=[elsewhere.pk]),
        values | {"fichier": SimpleUploadedFile("a.txt", b"abc")},
    )
    assert (moved.status_code, "autre salon" in moved.json()["erreur"]) == (422, True)


def test_what_is_not_received_is_said(salon: Salon, noe: Agent, browser_of: Browser):
    address = reverse("realtime:envoyer-fichier", args=[salon.pk])
    browser, zoe = browser_of(noe), make_agent("Zoé")
    assert browser.post(address).status_code == 422
    values = {"fichier": SimpleUploadedFile("a.txt", b"abc"), "client_id": "deux"}
    assert browser.post(address, values).status_code == 422
    values = {"fichier": SimpleUploadedFile("a.txt", b"abc"), "client_id": str(uuid4())}
    refused = browser_of(zoe).post(address, values)
    assert (refused.status_code, refused.json()["erreur"]) == (403, "Vous n’avez plus accès à ce salon.")


def test_nothing_is_sent_to_a_salon_that_is_closed(noe: Agent, camille: Agent, browser_of: Browser):
    group = lieux.open_group(camille, [noe], "Astreinte")
    kept = send(noe, group)
    say_with(noe, group, kept)
    lieux.archive_salon(camille, group)
    values = {"fichier": SimpleUploadedFile("a.txt", b"abc"), "client_id": str(uuid4())}
    refused = browser_of(noe).post(reverse("realtime:envoyer-fichier", args=[group.pk]), values)
    assert (refused.status_code, "archivé" in refused.json()["erreur"]) == (422, True)
    # What was said there is read still.
    assert browser_of(noe).get(kept.get_absolute_url()).status_code == 200


def test_a_file_is_taken_back_until_it_is_said(
    salon: Salon,
    noe: Agent,
    camille: Agent,
    browser_of: Browser,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
):
    kept = send(noe, salon)
    address = reverse("realtime:retirer-fichier", args=[salon.pk, kept.pk])
    assert browser_of(camille).post(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert browser_of(noe).post(address).status_code == 204
    assert not bytes_of(kept).exists()
    remove_file(noe, kept)
    said = send(noe, salon)
    say_with(noe, salon, said)
    remove_file(noe, said)
    assert FichierSalon.objects.filter(pk=said.pk).exists()


# --- Said ---------------------------------------------------------------------------------------


def test_a_line_takes_only_what_waits_for_its_author_there(salon: Salon, noe: Agent, camille: Agent):
    hers, taken = send(camille, salon), send(noe, salon)
    elsewhere = send(noe, lieux.open_group(noe, [camille], "Astreinte"))
    say_with(noe, salon, taken)
    for fichier in (hers, taken, elsewhere):
        with pytest.raises(ActionRefusee, match="n’est plus sur le serveur"):
            say_with(noe, salon, fichier, texte="Voici")
    with pytest.raises(ActionRefusee, match="n’est plus sur le serveur"):
        send_message(noe, salon, "Voici", uuid4(), fichiers=[Joint(uuid4())])
    assert MessageSalon.objects.count() == 1


def test_a_resend_gives_the_same_line_with_its_files(salon: Salon, noe: Agent):
    kept, client_id = send(noe, salon), uuid4()
    first = send_message(noe, salon, "", client_id, fichiers=[Joint(kept.pk)])
    again = send_message(noe, salon, "", client_id, fichiers=[Joint(kept.pk)])
    assert first.pk == again.pk
    assert FichierSalon.objects.get().message_id == first.pk


@pytest.mark.django_db(transaction=True)
def test_two_lines_at_once_never_share_a_file(salon: Salon, noe: Agent):
    kept = send(noe, salon)
    joints = (Joint(kept.pk),)
    first, second = send_messages(
        salon.pk, [Demande(noe.pk, "Un", uuid4(), joints), Demande(noe.pk, "Deux", uuid4(), joints)]
    )
    assert isinstance(first, MessageSalon)
    assert isinstance(second, ActionRefusee)
    assert (FichierSalon.objects.get().message_id, first.nb_fichiers) == (first.pk, 1)


@pytest.mark.django_db(transaction=True)
def test_a_file_removed_while_its_line_is_written_is_said(
    salon: Salon, noe: Agent, monkeypatch: pytest.MonkeyPatch
):
    kept = send(noe, salon)
    seen = actions.waiting_among

    def look_then_lose(*args: Any) -> Any:
        found = seen(*args)
        remove_file(noe, kept)
        return found

    monkeypatch.setattr(actions, "waiting_among", look_then_lose)
    with pytest.raises(ActionRefusee, match="n’est plus sur le serveur"):
        say_with(noe, salon, kept, texte="Voici")
    salon.refresh_from_db()
    assert (MessageSalon.objects.count(), salon.dernier_numero) == (0, 0)


def test_a_line_has_words_or_files_and_not_too_many(salon: Salon, noe: Agent, settings: Any):
    with pytest.raises(ActionRefusee, match="Écrivez"):
        say_with(noe, salon, texte="  ")
    settings.SALONS = {**settings.SALONS, "fichiers": 1}
    with pytest.raises(ActionRefusee, match="1 fichiers au plus"):
        say_with(noe, salon, send(noe, salon), send(noe, salon))
    with pytest.raises(ActionRefusee, match="250 caractères"):
        send_message(noe, salon, "", uuid4(), fichiers=[Joint(send(noe, salon).pk, "a" * 251)])


@pytest.mark.parametrize(
    "fichiers", ["un", [1], [{"id": "x"}], [{"id": str(uuid4()), "alternative": 3}], [{}] * 31]
)
def test_frames_name_files_or_are_refused(fichiers: Any):
    frame = {"type": "dire", "salon": 1, "texte": "", "client_id": str(uuid4()), "fichiers": fichiers}
    with pytest.raises(TrameRefusee):
        parse_frame(json.dumps(frame))


def test_files_are_named_where_there_are_no_words(
    salon: Salon, noe: Agent, camille: Agent, browser_of: Browser
):
    direct = lieux.open_direct(noe, camille)
    said = say_with(noe, direct, send(noe, direct), send(noe, direct))
    tell_of_salon_message(MessageSalon.objects.select_related("salon", "auteur").get(pk=said.pk))
    (listed,) = [one for one in my_salons(camille) if one.pk == direct.pk]
    assert listed.derniere.extrait == "2 fichiers joints"
    assert "2 fichiers joints" in browser_of(camille).get(reverse("notifications:liste")).content.decode()


def test_a_page_asks_once_for_the_files_of_all_its_lines(
    salon: Salon, noe: Agent, django_assert_num_queries: DjangoAssertNumQueries
):
    for _ in range(5):
        say_with(noe, salon, send(noe, salon, "a.png", picture()), send(noe, salon))
    lines = list(MessageSalon.objects.all())
    with django_assert_num_queries(1):
        states = states_of(lines, noe)
    assert [len(states[line.pk].fichiers) for line in lines] == [2] * 5
    send_message(noe, salon, "Des mots", uuid4())
    with django_assert_num_queries(0):
        assert states_of(MessageSalon.objects.filter(numero=6)[:0], noe) == {}


# --- Who reads it --------------------------------------------------------------------------------


def test_whoever_is_taken_out_reads_nothing_more(
    salon: Salon, communaute: Communaute, noe: Agent, camille: Agent, browser_of: Browser
):
    kept = send(camille, salon, "a.png", picture())
    mine = send(noe, salon)
    say_with(camille, salon, kept)
    browser = browser_of(noe)
    addresses = [kept.get_absolute_url(), kept.adresse_image, mine.get_absolute_url()]
    assert [browser.get(address).status_code for address in addresses] == [200] * 3
    etag = browser.get(kept.adresse_image)["ETag"]
    exclude_member(camille, communaute, noe)
    assert [browser.get(address).status_code for address in addresses] == [404] * 3
    assert browser.get(kept.adresse_image, HTTP_IF_NONE_MATCH=etag).status_code == 404
    assert browser.get(reverse("realtime:fichiers", args=[salon.pk])).status_code in (403, 404)


def test_those_of_a_private_salon_are_of_its_people(noe: Agent, camille: Agent, browser_of: Browser):
    zoe = make_agent("Zoé")
    group = lieux.open_group(camille, [noe], "Astreinte", historique_entier=False)
    kept = send(camille, group)
    say_with(camille, group, kept)
    assert browser_of(noe).get(kept.get_absolute_url()).status_code == 200
    assert browser_of(zoe).get(kept.get_absolute_url()).status_code == 404
    # Who comes later does not read what was before.
    lieux.add_members(camille, group, [zoe])
    assert browser_of(zoe).get(kept.get_absolute_url()).status_code == 404
    page = browser_of(zoe).get(reverse("realtime:fichiers", args=[group.pk]))
    assert list(page.context["page"].items) == []
    # Nor under the address of another salon.
    other = lieux.open_group(camille, [noe], "Autre")
    with pytest.raises(Http404):
        get_file(noe, other.pk, kept.pk)
    lieux.remove_member(camille, group, noe)
    assert browser_of(noe).get(kept.get_absolute_url()).status_code == 404


def test_a_deleted_line_hides_its_files_until_it_is_put_back(
    salon: Salon, noe: Agent, camille: Agent, browser_of: Browser
):
    kept = send(noe, salon)
    say_with(noe, salon, kept)
    line = get_line(camille, salon.pk, 1)
    delete_line(camille, line, motif="Hors sujet")
    for agent in (noe, camille):
        assert browser_of(agent).get(kept.get_absolute_url()).status_code == 404
    assert b"note.txt" not in browser_of(camille).get(salon.get_absolute_url()).content
    (frame,), _, _ = changes_since(noe, salon.pk, 0)
    assert "fichiers" not in frame
    restore_line(camille, get_line(camille, salon.pk, 1))
    assert browser_of(noe).get(kept.get_absolute_url()).status_code == 200
    (frame,), _, _ = changes_since(noe, salon.pk, 0)
    assert frame["fichiers"][0]["nom"] == "note.txt"


# --- Said otherwise ------------------------------------------------------------------------------


def test_an_edit_takes_a_file_off_for_good(
    salon: Salon, noe: Agent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    one, two = send(noe, salon, "a.png", picture()), send(noe, salon)
    say_with(noe, salon, one, two, texte="Deux")
    line = get_line(noe, salon.pk, 1)
    described = edit_line(noe, line, "Deux", version=1, fichiers=[Joint(one.pk, "Un pont"), Joint(two.pk)])
    assert (described.version, described.modifie_le, described.revision) == (1, None, 1)
    with django_capture_on_commit_callbacks(execute=True):
        edited = edit_line(noe, line, "", version=1, fichiers=[Joint(one.pk)])
    assert (edited.nb_fichiers, edited.version, edited.texte) == (1, 2, "")
    assert FichierSalon.objects.get().alternative == "Un pont"
    assert (bytes_of(one).exists(), bytes_of(two).exists()) == (True, False)
    # Nothing is left to say it with.
    with pytest.raises(ActionRefusee, match="Écrivez"):
        edit_line(noe, line, "", version=2, fichiers=[])
    # One that started from before takes nothing off.
    with pytest.raises(LigneDepassee):
        edit_line(noe, line, "Plus rien", version=1, fichiers=[])
    assert FichierSalon.objects.count() == 1
    # A file that is not of the line is not brought in.
    other = send(noe, salon)
    edit_line(noe, line, "Un", version=2, fichiers=[Joint(one.pk), Joint(other.pk)])
    other.refresh_from_db()
    assert other.message is None


def test_without_script_files_are_sent_kept_and_taken_off(
    salon: Salon, noe: Agent, camille: Agent, browser_of: Browser
):
    browser = browser_of(noe)
    address = reverse("realtime:dire", args=[salon.pk])
    form = {"texte": "", "client_id": str(uuid4())}
    files = [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.exe", b"MZ")]
    refused = browser.post(address, form | {"fichiers": files}).content.decode()
    assert "n’est pas accepté" in refused
    kept = FichierSalon.objects.get()
    assert f'value="{kept.pk}"' in refused
    again = {**form, "joint": [str(kept.pk), "rien"], f"alternative-{kept.pk}": "Le pont"}
    said = browser.post(address, again | {"fichiers": [SimpleUploadedFile("c.txt", b"abc")]})
    assert said.status_code == 302
    # A second click changes nothing.
    browser.post(address, again | {"fichiers": [SimpleUploadedFile("c.txt", b"abc")]})
    line = MessageSalon.objects.get()
    assert [(one.nom, one.alternative) for one in line.fichiers.order_by("rang")] == [
        ("a.webp", "Le pont"),
        ("c.txt", ""),
    ]
    assert FichierSalon.objects.count() == 2
    assert (
        "Écrivez un message"
        in browser.post(address, {"texte": "", "client_id": str(uuid4())}).content.decode()
    )
    # Its form, and what a script is given.
    edit = reverse("realtime:modifier", args=[salon.pk, 1])
    shown = browser.get(edit).content.decode()
    assert 'value="Le pont"' in shown
    assert browser.get(edit, HTTP_ACCEPT="application/json").json()["fichiers"][0]["nom"] == "a.webp"
    pks = [str(one.pk) for one in line.fichiers.order_by("rang")]
    values = {"texte": "", "version": 1, "joint": pks, f"alternative-{pks[0]}": "Le quai"}
    assert browser.post(edit, values | {f"retirer-{pks[1]}": "on"}).status_code == 302
    assert [one.alternative for one in line.fichiers.all()] == ["Le quai"]


# --- Found again ---------------------------------------------------------------------------------


def test_the_files_of_a_salon_are_found_by_name_a_page_at_a_time(
    salon: Salon,
    noe: Agent,
    camille: Agent,
    browser_of: Browser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    address = reverse("realtime:fichiers", args=[salon.pk])
    browser = browser_of(camille)
    assert "Aucun fichier n’a encore été envoyé ici" in browser.get(address).content.decode()
    for rank in range(32):
        one = send(noe, salon, f"note {rank}.txt")
        send_message(noe, salon, "", uuid4(), fichiers=[Joint(one.pk)], quand=timezone.now())
    say_with(noe, salon, send(noe, salon, "Arrêté d’été.txt"), send(noe, salon, "a.png", picture()))
    send(noe, salon, "jamais dit.txt")
    with django_assert_max_num_queries(16):
        page = browser.get(address)
    names = [one.nom for one in page.context["page"].items]
    assert (names[:2], len(names)) == (["a.webp", "Arrêté d’été.txt"], 30)
    second = browser.get(address, {"apres": page.context["page"].suivante})
    assert [one.nom for one in second.context["page"].items] == [f"note {rank}.txt" for rank in (3, 2, 1, 0)]
    found = browser.get(address, {"q": "ARRETE  d’ete\0"})
    assert [one.nom for one in found.context["page"].items] == ["Arrêté d’été.txt"]
    assert "Aucun fichier de ce salon" in browser.get(address, {"q": "100%_"}).content.decode()
    assert browser.get(address, {"apres": "n’importe quoi"}).status_code == 200


# --- Gone ----------------------------------------------------------------------------------------


def test_what_no_line_took_is_removed_after_a_day(
    salon: Salon, noe: Agent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    old, said, new = send(noe, salon), send(noe, salon), send(noe, salon)
    say_with(noe, salon, said)
    FichierSalon.objects.filter(pk__in=[old.pk, said.pk]).update(cree_le=timezone.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        assert not remove_orphans()
    assert {one.pk for one in FichierSalon.objects.all()} == {said.pk, new.pk}
    assert [bytes_of(one).exists() for one in (old, said, new)] == [False, True, True]


def test_files_go_with_lines_that_are_kept_no_longer(
    noe: Agent, camille: Agent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    group = lieux.open_group(camille, [noe], "Astreinte")
    kept = send(noe, group)
    say_with(noe, group, kept)
    set_retention(camille, group, 30)
    MessageSalon.objects.update(cree_le=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        remove_expired()
    assert not FichierSalon.objects.exists()
    assert not bytes_of(kept).exists()
    # The whole salon too.
    last = send(noe, group)
    with django_capture_on_commit_callbacks(execute=True):
        Salon.objects.get(pk=group.pk).delete()
    assert not bytes_of(last).exists()


def test_files_and_words_of_lines_deleted_long_ago_are_forgotten(
    salon: Salon, noe: Agent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    kept = send(noe, salon)
    say_with(noe, salon, kept, texte="À oublier")
    line = get_line(noe, salon.pk, 1)
    edit_line(noe, line, "", fichiers=[Joint(kept.pk)])
    delete_line(noe, line)
    MessageSalon.objects.update(supprime_le=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_deleted_lines() == 1
        assert erase_deleted_lines() == 0
    assert not VersionMessageSalon.objects.exists()
    assert not bytes_of(kept).exists()
    assert MessageSalon.objects.get().nb_fichiers == 0


def test_bytes_that_the_disk_lost_are_said_missing(salon: Salon, noe: Agent, browser_of: Browser):
    kept = send(noe, salon)
    say_with(noe, salon, kept)
    bytes_of(kept).unlink()
    assert browser_of(noe).get(kept.get_absolute_url()).status_code == 404
