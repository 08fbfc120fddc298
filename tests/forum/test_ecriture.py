"""Writing: mentions, our own addresses, quotes, files, drafts; and what others must not see of them."""

import io
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.utils import timezone
from PIL import Image

from annuaire.identifiants import free_handle
from annuaire.models import Agent
from annuaire.notifications.models import Notification
from communautes.fichiers.actions import share_document
from communautes.models import Adhesion, Communaute
from forum import actions
from forum.access import get_piece
from forum.actions.brouillons import KEPT, MAX_DRAFTS, remove_old_drafts, save_draft
from forum.actions.pieces import add_piece, remove_orphans
from forum.models import Brouillon, Message, PieceJointe, Sujet
from forum.presentation import quote_of
from forum.rendu import render_text
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.models import Reunion
from tests.communautes.test_adhesions import together
from tests.factories import add_member, browser, make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db


@pytest.fixture
def communaute() -> Communaute:
    return make_communaute(make_agent("Ana"))


@pytest.fixture
def nadia(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Nadia", "Ferhat")).agent


@pytest.fixture
def gaelle(communaute: Communaute) -> Agent:
    return add_member(communaute, make_agent("Gaëlle", "Estaque")).agent


def picture(width: int = 40, height: int = 30, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, form, **options)
    return out.getvalue()


def send(agent: Agent, communaute: Communaute, name: str, content: bytes) -> Any:
    return browser(agent).post(
        f"{communaute.get_absolute_url()}forum/pieces/", {"fichier": SimpleUploadedFile(name, content)}
    )


# Mentions


def test_completion_gives_readers_only_members_first(
    communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    outside = make_agent("Gaël", "Estavel")
    partner = make_agent("Gaëtan", "Dehors", partenaire=True, organisme="Université")
    where = f"{communaute.get_absolute_url()}forum/mentions/"

    def names(who: Agent, typed: str, address: str = where) -> list[str]:
        rows = browser(who).get(address, {"q": typed}).json()["propositions"]
        assert all(row["lieu"] for row in rows)
        return [row["identifiant"] for row in rows]

    assert names(nadia, "GAE") == [gaelle.identifiant, outside.identifiant]
    assert names(nadia, "estaq") == [gaelle.identifiant]
    assert names(nadia, "anim")[0] == "animateurs"
    assert nadia.identifiant not in names(nadia, "")
    private = make_communaute(nadia, "privee")
    add_member(private, gaelle)
    inside = f"{private.get_absolute_url()}forum/mentions/"
    assert names(nadia, "ga", inside) == [gaelle.identifiant]
    assert browser(outside).get(inside).status_code == 404
    lab = make_communaute(nadia, "ouverte", genre="laboratoire")
    add_member(lab, partner)
    # A partner finds those of the lab, not the directory.
    assert names(partner, "ga", f"{lab.get_absolute_url()}forum/mentions/") == []
    assert names(nadia, "ga", f"{lab.get_absolute_url()}forum/mentions/")[0] == partner.identifiant
    for odd in ("%", "_", "@@@", "é" * 500, "\x00", "a'b\"", "١"):
        names(nadia, odd)


def test_who_may_not_read_is_neither_linked_nor_told(nadia: Agent, gaelle: Agent, run_jobs: Any) -> None:
    private = make_communaute(nadia, "privee")
    text = f"@{gaelle.identifiant} et @personne-du-tout, qu’en pensez-vous ?"
    sujet = make_sujet(private, nadia)
    message = actions.publish_message(nadia, sujet, text)
    assert "texte-mention" not in message.html
    shown = browser(nadia).post("/apercu/", {"texte": text, "communaute": private.slug}).content.decode()
    assert f"@{gaelle.identifiant}, @personne-du-tout" in shown
    assert "ni prévenues" in shown
    run_jobs()
    assert not Notification.objects.filter(destinataire=gaelle).exists()


def test_animateurs_calls_all_who_animate_and_is_nobodys_handle(
    communaute: Communaute, nadia: Agent, run_jobs: Any
) -> None:
    second = add_member(communaute, make_agent("Ben")).agent
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(nadia, sujet, "@animateurs : pouvez-vous déplacer ce sujet ?")
    assert f'href="{communaute.get_absolute_url()}membres/"' in message.html
    # Whoever animates when it is told, not when it was written.
    Adhesion.objects.filter(agent=second).update(role=Adhesion.Role.ANIMATEUR)
    run_jobs()
    told = Notification.objects.filter(genre="mention").values_list("destinataire__prenom", flat=True)
    assert sorted(told) == ["Ana", "Ben"]
    assert free_handle("Animateurs", "") == "animateurs-2"
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.filter(pk=nadia.pk).update(identifiant="animateurs")


def test_a_mention_of_500_people_is_refused(communaute: Communaute, nadia: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    text = " ".join(f"@agent-{number}" for number in range(500))
    with pytest.raises(ActionRefusee, match="50 personnes au plus"):
        actions.publish_message(nadia, sujet, text)
    assert sujet.messages.count() == 1


# Our own addresses


def test_our_addresses_are_shown_by_their_titles_to_those_who_may_know_them(
    communaute: Communaute, nadia: Agent, settings: Any, django_assert_max_num_queries: Any
) -> None:
    sujet = make_sujet(communaute, nadia, "Un seuil pour les busages")
    document = share_document(nadia, communaute, ContentFile(b"bonjour"), nom="note.txt")
    meeting = Reunion.objects.create(
        communaute=communaute, organisateur=nadia, titre="Point mensuel", debut=timezone.now()
    )
    secret = make_communaute(nadia, "privee")
    hidden = make_sujet(secret, nadia, "Une affaire confidentielle")
    lab = make_communaute(nadia, "privee", genre="laboratoire")

    def links(where: Communaute, *targets: Any) -> str:
        text = "\n".join(f"{settings.SITE_URL}{target}" for target in targets)
        return str(render_text(text, where).html)

    open_ones = [
        row.get_absolute_url()
        for row in (
            sujet,
            sujet.messages.get(),
            document,
            meeting,
            communaute,
            nadia,
            communaute.salons.get(),
        )
    ]
    with django_assert_max_num_queries(8):
        shown = links(communaute, *open_ones)
    assert shown.count("texte-lien") == 7
    for words in (
        "Un seuil pour les busages",
        "note.txt",
        "Point mensuel",
        "salon",
        nadia.nom_complet,
        "7 octets",
    ):
        assert words.replace("7 octets", "7\u00a0octets") in shown
    # A private community's content is named in no other one, nor an open one's where partners may read.
    private = [hidden.get_absolute_url(), hidden.messages.get().get_absolute_url(), secret.get_absolute_url()]
    shown = links(communaute, *private, secret.salons.get().get_absolute_url())
    assert "texte-lien" not in shown
    assert "confidentielle" not in shown
    assert links(lab, *open_ones).count("texte-lien") == 1  # nadia, who is a member
    assert links(secret, *private).count("texte-lien") == 3
    Sujet.objects.filter(pk=sujet.pk).update(masque_le=timezone.now())
    assert "texte-lien" not in links(communaute, *open_ones[:2])
    odd = ("/sujets/99999999999999999999/", "/sujets/1/../2/", "/annuaire/moi/", "/%", "/sujets/٣/", "?x", "")
    assert "texte-lien" not in links(communaute, *odd)
    assert "texte-lien" not in str(render_text("https://ailleurs.test/sujets/1/", communaute).html)


# Quotes


def test_quoting_a_message_without_script(communaute: Communaute, nadia: Agent, gaelle: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    first = sujet.messages.get()
    save_draft(gaelle, f"sujet.{sujet.pk}", {"texte": "Je commençais."}, 0)
    page = browser(gaelle).get(f"{sujet.get_absolute_url()}?citer={first.pk}").content.decode()
    assert "Je commençais.\n\n&gt; [Nadia Ferhat a écrit]" in page
    assert f'name="repond_a" value="{first.pk}"' in page
    browser(gaelle).post(
        f"{sujet.get_absolute_url()}repondre/", {"texte": quote_of(first) + "Oui.", "repond_a": first.pk}
    )
    answer = Message.objects.get(numero=2)
    assert answer.repond_a == first
    assert "<blockquote>" in answer.html
    assert f'<a href="/messages/{first.pk}/">' in answer.html
    # Neither another sujet's message nor one that is gone.
    other = make_sujet(communaute, nadia, "Un autre sujet").messages.get()
    for target in (other.pk, 0, "x", 10**30):
        where = f"{sujet.get_absolute_url()}?citer={target}"
        assert "a écrit]" not in browser(gaelle).get(where).content.decode()
    browser(gaelle).post(f"{sujet.get_absolute_url()}repondre/", {"texte": "Autre", "repond_a": other.pk})
    assert Message.objects.get(texte="Autre").repond_a is None
    Message.objects.filter(pk=first.pk).update(supprime_le=timezone.now())
    assert browser(gaelle).get(f"/messages/{first.pk}/citation/").content == b""


# Files


def test_a_picture_is_written_again_and_shown_in_the_message(
    communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    camera = Image.Exif()
    camera[0x0112] = 6  # taken with the phone on its side
    camera[0x010F] = "SECRET-MAKER"
    sent = send(nadia, communaute, "IMG_1.JPG", picture(3000, 1000, "JPEG", exif=camera)).json()
    assert (sent["nom"], sent["image"]) == ("IMG_1.webp", True)
    piece = PieceJointe.objects.get()
    stored = piece.fichier.open("rb").read()
    assert b"SECRET-MAKER" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == (piece.largeur, piece.hauteur) == (667, 2000)
    # Until it is published, it is its sender's alone.
    assert browser(nadia).get(sent["url"])["Content-Type"] == "image/webp"
    assert browser(gaelle).get(sent["url"]).status_code == 404
    sujet = make_sujet(communaute, nadia)
    message = actions.publish_message(nadia, sujet, f"![Le fossé]({sent['url']})")
    assert 'width="667"' in message.html
    answer = browser(gaelle).get(sent["url"])
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (
        "Pièces jointes"
        not in browser(gaelle).get(sujet.get_absolute_url()).content.decode().split("redacteur")[0]
    )
    # It follows the message: out of sight when that is.
    Message.objects.filter(pk=message.pk).update(supprime_le=timezone.now())
    assert browser(gaelle).get(sent["url"]).status_code == 404


def test_a_file_is_listed_under_its_message_and_only_ever_saved(
    communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    sent = send(nadia, communaute, "page.txt", b"<script>alert(1)</script>").json()
    sujet = make_sujet(communaute, nadia)
    text = f"Voir [le texte]({sent['url']})"
    shown = browser(nadia).post("/apercu/", {"texte": text, "communaute": communaute.slug}).content.decode()
    assert "25\u00a0octets" in shown
    message = actions.publish_message(nadia, sujet, text)
    page = browser(gaelle).get(sujet.get_absolute_url()).content.decode()
    assert "25\u00a0octets" in page
    answer = browser(gaelle).get(sent["url"])
    assert answer["Content-Disposition"].startswith("attachment")
    assert browser(gaelle).get(f"{sent['url']}image/").status_code == 404
    # Published, it can no longer be taken back; citing it elsewhere does not move it.
    browser(nadia).post(f"{sent['url']}retirer/")
    actions.publish_message(nadia, make_sujet(make_communaute(nadia, "privee"), nadia), text)
    assert PieceJointe.objects.get().message == message


def test_files_of_others_and_of_private_communities_stay_closed(nadia: Agent, gaelle: Agent) -> None:
    private = make_communaute(nadia, "privee")
    piece = add_piece(nadia, private, ContentFile(b"secret"), nom="note.txt")
    text = f"[x]({piece.get_absolute_url()})"
    # Whoever learns of an address gains nothing by citing it.
    actions.open_sujet(gaelle, make_communaute(gaelle), titre="Je cite un fichier", texte=text)
    piece.refresh_from_db()
    assert piece.message is None
    actions.open_sujet(nadia, private, titre="Un sujet privé", texte=text)
    with pytest.raises(Http404):
        get_piece(gaelle, piece.pk)
    Adhesion.objects.filter(agent=nadia).delete()
    with pytest.raises(Http404):
        get_piece(nadia, piece.pk)
    with pytest.raises(Http404):
        get_piece(nadia, uuid4())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "pas accept"),
        ("page.html", b"<script>", "pas accept"),
        ("photo.png", b"MZ not a picture", "n’est pas celui"),
        ("photo.png", picture()[:60], "abîmée"),
        ("vide.txt", b"", "vide"),
        ("bombe.png", b"", "pixels"),
        ("gros.txt", b"a" * 2000, "dépasse"),
    ],
)
def test_files_refused_with_words(
    communaute: Communaute, nadia: Agent, name: str, content: bytes, said: str, settings: Any
) -> None:
    if name == "gros.txt":
        settings.PIECE_TAILLE_MAX = 1000
    if name == "bombe.png":
        out = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(out, "PNG")
        content = out.getvalue()
    started = time.monotonic()
    answer = send(nadia, communaute, name, content)
    assert answer.status_code == 422
    assert said in answer.json()["erreur"]
    assert not PieceJointe.objects.exists()
    assert time.monotonic() - started < 2


def test_only_members_send_files_and_not_too_many(
    communaute: Communaute, nadia: Agent, settings: Any
) -> None:
    assert send(make_agent(), communaute, "note.txt", b"a").status_code == 403
    settings.PIECES_EN_ATTENTE = 2
    settings.PIECES_PAR_MESSAGE = 1
    pieces = [send(nadia, communaute, "note.txt", b"a").json()["url"] for _ in range(2)]
    assert "attendent déjà" in send(nadia, communaute, "note.txt", b"a").json()["erreur"]
    sujet = make_sujet(communaute, nadia)
    with pytest.raises(ActionRefusee, match="1 fichiers au plus"):
        actions.publish_message(nadia, sujet, " ".join(f"[x]({url})" for url in pieces))
    assert not PieceJointe.objects.filter(message__isnull=False).exists()


def test_files_chosen_in_the_form_without_script(communaute: Communaute, nadia: Agent) -> None:
    sujet = make_sujet(communaute, nadia)
    where = f"{sujet.get_absolute_url()}repondre/"
    files = [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("note [1].txt", b"bonjour")]
    browser(nadia).post(where, {"texte": "Voici :", "pieces": files})
    message = Message.objects.get(numero=2)
    assert message.pieces.count() == 2
    assert "<img " in message.html
    assert "note (1).txt</a>" in message.html
    refused = browser(nadia).post(
        where, {"texte": "Long texte", "pieces": SimpleUploadedFile("x.exe", b"MZ")}
    )
    assert refused.status_code == 422
    assert "Long texte" in refused.content.decode()
    assert "pas accept" in refused.content.decode()


def test_files_that_nobody_published_are_removed_unless_a_draft_holds_them(
    communaute: Communaute, nadia: Agent, django_capture_on_commit_callbacks: Any
) -> None:
    lost, kept, fresh = (add_piece(nadia, communaute, ContentFile(b"a"), nom="n.txt") for _ in range(3))
    bound = add_piece(nadia, communaute, ContentFile(b"a"), nom="n.txt")
    sujet = make_sujet(communaute, nadia)
    actions.publish_message(nadia, sujet, f"[n]({bound.get_absolute_url()})")
    save_draft(nadia, f"sujet.{sujet.pk}", {"texte": f"[n]({kept.get_absolute_url()})"}, 0)
    old = timezone.now() - timedelta(days=30)
    PieceJointe.objects.exclude(pk=fresh.pk).update(cree_le=old)
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_orphans() == 1
    assert set(PieceJointe.objects.all()) == {kept, fresh, bound}
    assert not lost.fichier.storage.exists(lost.fichier.name)
    assert kept.fichier.storage.exists(kept.fichier.name)


# Drafts


def save(agent: Agent, cle: str, texte: str, version: int) -> Any:
    contenu = json.dumps({"texte": texte} if texte else {})
    return browser(agent).post(
        "/forum/brouillons/enregistrer/", {"cle": cle, "contenu": contenu, "version": version}
    )


def test_a_draft_is_found_on_another_device_and_gone_once_published(
    communaute: Communaute, nadia: Agent, gaelle: Agent
) -> None:
    sujet = make_sujet(communaute, gaelle)
    cle = f"sujet.{sujet.pk}"
    first = save(nadia, cle, "Je commence", 0).json()
    assert first["version"] == 1
    assert "\u00a0h\u00a0" in first["heure"]
    assert save(nadia, cle, "Je commence ici", 1).json()["version"] == 2
    page = browser(nadia).get(sujet.get_absolute_url()).content.decode()
    assert "Je commence ici</textarea>" in page
    assert 'data-version="2"' in page
    assert "Je commence" not in browser(gaelle).get(sujet.get_absolute_url()).content.decode()
    listed = browser(nadia).get("/forum/brouillons/").content.decode()
    assert sujet.titre in listed
    browser(nadia).post(f"{sujet.get_absolute_url()}repondre/", {"texte": "Je commence ici et finis"})
    assert not Brouillon.objects.exists()
    # What left before the publication and comes after does not bring it back.
    late = save(nadia, cle, "Je commence ici et finis", 2)
    assert (late.status_code, late.json()["absent"]) == (409, True)
    assert save(nadia, cle, "Je commence ici et finis", 0).status_code == 409
    assert not Brouillon.objects.exists()


def test_a_refused_publication_keeps_the_draft(communaute: Communaute, nadia: Agent) -> None:
    cle = f"communaute.{communaute.pk}"
    save_draft(nadia, cle, {"titre": "Court", "texte": "Mon texte", "genre": "discussion"}, 0)
    page = browser(nadia).get(f"{communaute.get_absolute_url()}forum/nouveau/").content.decode()
    assert 'value="Court"' in page
    browser(nadia).post(
        f"{communaute.get_absolute_url()}forum/nouveau/",
        {"titre": "Court", "texte": "Mon texte", "genre": "discussion"},
    )
    assert Brouillon.objects.count() == 1


def test_two_devices_do_not_overwrite_each_other(communaute: Communaute, nadia: Agent) -> None:
    cle = f"communaute.{communaute.pk}"
    save(nadia, cle, "Depuis le bureau", 0)
    for texte, version in (("Depuis le train", 0), ("", 7)):
        other = save(nadia, cle, texte, version)
        assert other.status_code == 409
        assert other.json()["contenu"] == {"texte": "Depuis le bureau"}
    # Having seen it, one may choose one's own.
    assert save(nadia, cle, "Depuis le train", other.json()["version"]).status_code == 200
    assert save(nadia, cle, "", 2).json()["version"] == 0
    assert not Brouillon.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_of_the_other() -> None:
    agent = make_agent()
    done: list[Any] = []
    for version in (0, 1):
        done.clear()
        together(
            [
                lambda n=n, v=version: done.append(save_draft(agent, "sujet.7", {"texte": f"Version {n}"}, v))
                for n in range(4)
            ]
        )
        assert sorted(saved.conflit is None for saved in done) == [False, False, False, True]
    assert Brouillon.objects.get().version == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"cle": "autre.1", "contenu": "{}"},
        {"cle": "sujet.1", "contenu": "[]"},
        {"cle": "sujet.1", "contenu": "{"},
        {"cle": "sujet.1", "contenu": '{"texte": {"a": 1}}'},
        {"cle": "sujet.1", "contenu": '{"a b": "x"}'},
        {"cle": "sujet.1", "contenu": "[" * 50_000},
        {"cle": "sujet.1", "contenu": '{"texte": "x"}', "version": "²"},
        {"cle": "sujet.1", "contenu": json.dumps({"texte": "é" * 250_000})},
    ],
)
def test_odd_drafts_are_refused(sent: dict[str, str]) -> None:
    answer = browser(make_agent()).post("/forum/brouillons/enregistrer/", sent)
    assert answer.status_code in (400, 422)
    assert answer.json()["erreur"]
    assert not Brouillon.objects.exists()


def test_drafts_are_bounded_private_and_cleaned_up(nadia: Agent, gaelle: Agent) -> None:
    sujet = make_sujet(make_communaute(gaelle, "privee"), gaelle, "Titre confidentiel")
    save_draft(nadia, f"sujet.{sujet.pk}", {"texte": "Écrit quand j’étais membre\x00"}, 0)
    page = browser(nadia).get("/forum/brouillons/").content.decode()
    assert "Écrit quand j’étais membre" in page
    assert "Titre confidentiel" not in page
    now = timezone.now()
    Brouillon.objects.bulk_create(
        Brouillon(agent=gaelle, cle=f"sujet.{number}", contenu={}, modifie_le=now - KEPT)
        for number in range(MAX_DRAFTS)
    )
    with pytest.raises(ActionRefusee, match="le plus que l’on puisse"):
        save_draft(gaelle, "sujet.999999", {"texte": "Un de trop"}, 0)
    assert remove_old_drafts() == MAX_DRAFTS
    browser(nadia).post("/forum/brouillons/supprimer/", {"cle": f"sujet.{sujet.pk}"})
    assert not Brouillon.objects.exists()


def test_any_characters_can_be_kept(nadia: Agent) -> None:
    odd = "C:\\u0000 \x00 \ud83d 😀 \\"
    save_draft(nadia, "sujet.1", {"texte": odd, "choix": [odd]}, 0)
    assert Brouillon.objects.get().contenu == {"texte": "C:\\u0000   😀 \\", "choix": ["C:\\u0000   😀 \\"]}


def test_a_closed_session_says_what_to_do() -> None:
    answer = Client().post("/forum/brouillons/enregistrer/", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert "gardé sur cet appareil" in answer.json()["erreur"]


def test_who_may_not_write_sends_nothing(communaute: Communaute, nadia: Agent) -> None:
    with pytest.raises(PermissionDenied):
        add_piece(make_agent(), communaute, ContentFile(b"a"), nom="n.txt")


def test_help_and_emoji(nadia: Agent) -> None:
    client = browser(nadia)
    assert "texte-tache" in client.get("/forum/mise-en-forme/").content.decode()
    names = client.get("/forum/emojis/").json()
    assert set(names["palette"]) <= set(names["noms"])
