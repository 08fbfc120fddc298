"""What is kept of an e-mail: real ones word for word, hostile ones within a second."""

import os
import time
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from forum.courriels_entrants.authentification import is_authenticated
from forum.courriels_entrants.garde import why_ignored
from forum.courriels_entrants.lecture import read_email
from forum.courriels_entrants.mime import Entetes
from tests.forum.courriels.conftest import photo
from tests.forum.courriels.corpus import CITEE, CORPUS, MACHINES, OUI, Cas, compose


@pytest.mark.parametrize("cas", CORPUS, ids=lambda cas: cas.nom)
def test_what_the_person_wrote_is_kept_and_nothing_else(cas: Cas) -> None:
    read = read_email(compose(cas))
    assert read.texte == cas.attendu
    assert read.expediteur == "nadia@lozere.gouv.fr"


@pytest.mark.parametrize(("headers", "expected"), MACHINES)
def test_machines_are_told_from_people(settings: Any, headers: dict[str, str], expected: str) -> None:
    settings.REPONSE_COURRIEL = "reponse@essai.gouv.fr"
    settings.SITE_URL = "http://localhost:8000"
    read = read_email(compose(Cas("m", "Je suis absente.", "", entetes=headers)))
    assert why_ignored(read.entetes, read.objet) == expected


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Nadia <N.Ferhat@Lozere.gouv.fr>", "n.ferhat@lozere.gouv.fr"),
        ("n@a.fr", "n@a.fr"),
        ('"FERHAT, Nadia (DDT 48)" <n@a.fr>', "n@a.fr"),
        ("FERHAT Nadia (DDT 48) <n@a.fr>", "n@a.fr"),
        ("=?utf-8?q?Ga=C3=ABlle?= <n@a.fr>", "n@a.fr"),
        ("n@a.fr, p@b.fr", ""),
        ("n@a.fr <p@b.fr>", ""),
        ("n@a.fr)p@b.fr", ""),
        ("<p@b.fr> <n@a.fr>", ""),
        ("n@a.fr\r\nFrom: p@b.fr", ""),
        ("groupe: n@a.fr;", ""),
        ("<n@a.fr", ""),
        ("", ""),
    ],
)
def test_a_sender_is_one_address_that_cannot_be_read_otherwise(header: str, sender: str) -> None:
    assert read_email(f"From: {header}\r\n\r\nx".encode()).expediteur == sender


def test_attachments_and_shown_images_are_taken_logos_are_not() -> None:
    mail = EmailMessage()
    mail["From"] = "Nadia <nadia@lozere.gouv.fr>"
    mail["Subject"] = "Re: Busage"
    mail.set_content("Voir la photo.\n[cid:photo@x]\n\nCordialement,\nNadia\n[cid:logo@x]\n")
    mail.add_alternative(
        '<p>Voir la photo.</p><img src="cid:photo@x"><p>Cordialement,</p><p>Nadia</p><img src="cid:logo@x">',
        subtype="html",
    )
    html = mail.get_payload()[1]
    html.add_related(photo(), "image", "png", cid="<photo@x>", filename="fossé.png")
    html.add_related(photo(64), "image", "png", cid="<logo@x>", filename="logo.png")
    mail.add_attachment(b"%PDF-1.4 arrete", "application", "pdf", filename="arrêté du 4 mars.pdf")
    mail.add_attachment(b"MZ\x90", "application", "octet-stream", filename="../../virus.exe")
    mail.add_attachment(b"From: x\n\nbonjour", "application", "pkcs7-signature", filename="smime.p7s")
    read = read_email(mail.as_bytes())
    assert read.texte == "Voir la photo."
    assert [fichier.nom for fichier in read.fichiers] == ["fossé.png", "arrêté du 4 mars.pdf", "virus.exe"]
    assert read.fichiers[1].contenu == b"%PDF-1.4 arrete"


def test_an_html_alternative_is_used_only_when_the_text_is_empty() -> None:
    mail = EmailMessage()
    mail["From"] = "nadia@lozere.gouv.fr"
    mail.set_content(f"{OUI}\n\nLe 04/03/2025 à 09:12, Territoires a écrit :\n{CITEE}")
    mail.add_alternative("<p>Autre chose</p>", subtype="html")
    assert read_email(mail.as_bytes()).texte == OUI
    empty = EmailMessage()
    empty["From"] = "nadia@lozere.gouv.fr"
    empty.set_content(" \n")
    empty.add_alternative("<p>Oui.</p>", subtype="html")
    assert read_email(empty.as_bytes()).texte == "Oui."


def test_what_our_mail_server_checked_counts_only_when_it_says_so(settings: Any) -> None:
    def said(*values: str) -> bool:
        return is_authenticated(Entetes([("authentication-results", value) for value in values]), "n@a.fr")

    assert said("autre; dmarc=fail")
    settings.COURRIEL_AUTHSERV_ID = "mx.gouv.fr"
    assert said("mx.gouv.fr; spf=fail; dmarc=pass (p=none) header.from=a.fr")
    assert said("mx.gouv.fr 1; dkim=pass header.d=a.fr header.s=x")
    assert said("mx.gouv.fr; spf=pass smtp.mailfrom=n@a.fr")
    assert not said()
    assert not said("mx.gouv.fr; none")
    assert not said("mx.gouv.fr; dmarc=pass header.from=b.fr")
    assert not said("mx.gouv.fr; spf=pass smtp.mailfrom=n@b.fr; dkim=pass header.d=b.fr")
    # Written by the sender: lower down, under another name, in a comment or between quotes.
    assert not said("pirate; x=y", "mx.gouv.fr; dmarc=pass header.from=a.fr")
    assert not said("mx.gouv.fr.pirate.fr; dmarc=pass header.from=a.fr")
    assert not said("mx.gouv.fr; spf=fail (a; dmarc=pass header.from=a.fr)")
    assert not said('mx.gouv.fr; spf=fail smtp.mailfrom="; dmarc=pass header.from=a.fr"@b.fr')
    assert not said("mx.gouv.fr; spf=pass smtp.mailfrom=")


PLAIN = b"From: a@b.fr\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = b"From: a@b.fr\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
MIXED = b"From: a@b.fr\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
# What a hostile e-mail starts with, and what it repeats up to a megabyte.
HOSTILE: list[tuple[bytes, bytes]] = [
    (PLAIN, b"\n"), (PLAIN, b"> \n"), (PLAIN, b"Le 12/03/2025\n"), (PLAIN, b"De : x\n"),
    (PLAIN, b"cordialement\n"), (PLAIN, b"ce message x\n\n"), (PLAIN, b"> q\nr\n\n"), (PLAIN, b"[cid:a"),
    (PLAIN, "Le 12/03/2025 a écrit :\n> a\nb\n".encode()),
    (HTML, b"<"), (HTML, b"<a "), (HTML, b'<a "'), (HTML, b"<!--"), (HTML, b"<div>"), (HTML, b"<blockquote>a"),
    (HTML, b"<ul><li>"), (HTML, b"&#"), (HTML, b"&#99999999999"), (HTML, b"&a"), (HTML, b"<style>"),
    (HTML, b"<a href=http://x>y"), (HTML + b"<div ", b"a=b "), (HTML + b"&#", b"9"),
    (b"", b"A: b\r\n"), (b"Subject: a\r\n", b" a\r\n"), (b"From: ", b"("), (b"From: ", b"a@b,"),
    (b"Subject: ", b"=?utf-8?q?a?="), (b"Content-Type: text/plain; ", b'a="'), (b"", b"From: " + b"(" * 3000 + b"\r\n"),
    (MIXED, b"--a\r\n"), (MIXED, b"--ab\r\n"), (MIXED, b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"),
    (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", b"="),
    (b"Content-Type: text/plain; format=flowed\r\n\r\n", b"a \r\n"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "repeated"), HOSTILE)
def test_a_hostile_megabyte_takes_less_than_a_second(start: bytes, repeated: bytes) -> None:
    raw = start + (repeated * (1_000_000 // len(repeated)))
    began = time.process_time()
    read = read_email(raw)
    why_ignored(read.entetes, read.objet)
    assert time.process_time() - began < 1


def test_multiparts_nested_by_thousands_are_not_followed() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1) for i in range(14_000)
    )
    began = time.process_time()
    assert read_email(raw).texte == ""
    assert read_email(os.urandom(1_000_000)).entetes is not None
    assert time.process_time() - began < 1


fragments = st.sampled_from(
    [b"Content-Type: ", b"multipart/mixed; boundary=a", b"text/html", b"; charset=", b"utf-16", b"punycode", b"\r\n", b"\n\n",
     b"--a", b"--a--", b"From: ", b"=?utf-8?b?", b"?=", b"<div", b"<blockquote>", b"&#x", b'"', b"Content-Disposition: attachment; ",
     b"filename*0*=utf-8''%", b"Content-Transfer-Encoding: base64\n", b"> ", "Le 1 a écrit :".encode(), b"\xff\x00", b"--\n"]
)  # fmt: skip


@hypothesis(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=2_000), st.lists(st.one_of(fragments, st.binary(max_size=8))).map(b"".join))
)
def test_reading_never_raises(raw: bytes) -> None:
    read = read_email(raw)
    assert isinstance(read.texte, str)
    assert isinstance(why_ignored(read.entetes, read.objet), str)
    read.identifiant(1, 1)
    is_authenticated(read.entetes, "a@b.fr")
