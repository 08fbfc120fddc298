"""Answers by e-mail, from the notification that leaves to the message in the sujet; and all that is refused."""

import smtplib
import socket
import ssl
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from communautes.models import Suspension
from forum import actions
from forum.actions.courriels import forget_old_emails, receive_email
from forum.courriels_entrants import boite as releve
from forum.courriels_entrants.boite import collect
from forum.models import CourrielRecu, Message, PieceJointe
from forum.reponses_courriel import TOKEN_LENGTH, answer_address, read_address, reply_address
from tests.communautes.test_adhesions import together
from tests.factories import add_member, make_agent
from tests.forum.courriels.conftest import Boite, Fil, photo

pytestmark = pytest.mark.django_db


def test_an_address_says_who_answers_what_and_cannot_be_made_up(fil: Fil, settings: Any) -> None:
    address = reply_address(fil.nadia, fil.question)
    local = address.partition("@")[0]
    assert len(local) <= 64
    assert local == local.lower()
    jeton = read_address(address.upper())
    assert jeton is not None
    assert (jeton.agent_id, jeton.message_id, jeton.expired) == (fil.nadia.pk, fil.question.pk, False)
    token = local.partition("+")[2]
    assert len(token) == TOKEN_LENGTH
    for index in range(TOKEN_LENGTH - 1):
        other = "a" if token[index] != "a" else "b"
        assert read_address(f"reponse+{token[:index]}{other}{token[index + 1 :]}@essai.gouv.fr") is None
    for false in ("", "reponse@essai.gouv.fr", f"reponse+{token}@ailleurs.fr", f"reponse+{token}a@essai.gouv.fr",
                  f"autre+{token}@essai.gouv.fr", "reponse+é@essai.gouv.fr", f"reponse+{'1' * 45}@essai.gouv.fr"):  # fmt: skip
        assert read_address(false) is None
    # The keys change, addresses sent before go on.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    assert read_address(address) == jeton
    settings.SECRET_KEY_FALLBACKS = []
    assert read_address(address) is None
    settings.REPONSE_COURRIEL = ""
    assert reply_address(fil.nadia, fil.question) == ""


def test_what_one_is_told_of_a_message_says_where_to_answer(fil: Fil, settings: Any) -> None:
    address = reply_address(fil.nadia, fil.question)
    for cle in (f"message.{fil.question.pk}", f"message.{fil.question.pk}.acceptation"):
        assert answer_address(fil.nadia, cle) == address
    for cle in ("", "message.", "message.999999", f"messages.{fil.question.pk}", "demande.4", "message.x"):
        assert answer_address(fil.nadia, cle) == ""
    assert answer_address(make_agent(), f"message.{fil.question.pk}") == ""
    settings.REPONSE_COURRIEL = ""
    assert answer_address(fil.nadia, f"message.{fil.question.pk}") == ""


def test_an_answer_is_a_message_like_others_and_says_how_it_came(fil: Fil, run_jobs: Any) -> None:
    got = receive_email(fil.mail("Oui, à **Foix**.\n\n-- \nNadia"))
    message = Message.objects.get(numero=2)
    assert got.message == message
    assert (message.auteur, message.origine, message.repond_a) == (fil.nadia, "courriel", fil.question)
    assert message.texte == "Oui, à **Foix**."
    client = Client()
    client.force_login(fil.gaelle)
    assert "par courriel" in client.get(fil.sujet.get_absolute_url()).content.decode()


def test_the_same_email_publishes_once(fil: Fil) -> None:
    first = receive_email(fil.mail())
    again = receive_email(b"Received: by another way\r\n" + fil.mail())
    assert (again.raison, again.message) == ("deja", first.message)
    receive_email(fil.mail(Message_ID=""))
    receive_email(fil.mail(Message_ID=""))
    # Without a Message-ID it is another one, whose same text within a minute gives the first message back.
    assert fil.answers() == ["Oui, à Foix."]
    # Somebody else's e-mail with the same Message-ID takes nobody's place.
    other = Fil()
    other.nadia = fil.nadia
    add_member(other.communaute, fil.nadia)
    assert receive_email(other.mail()).issue == "publie"


@pytest.mark.django_db(transaction=True)
def test_the_same_email_by_two_ways_at_once_publishes_once(make_fil: Any) -> None:
    fil = make_fil()
    raw = fil.mail()
    together([lambda: receive_email(raw)] * 2)
    assert fil.answers() == ["Oui, à Foix."]
    assert CourrielRecu.objects.count() == 1


def refused(fil: Fil, code: str, *, told: bool, **headers: str) -> str:
    """Receive Nadia's answer with these headers; it must be refused so. Returns what she was told."""
    mail.outbox.clear()
    CourrielRecu.objects.all().delete()
    got = receive_email(fil.mail(**headers))
    assert (got.issue, got.raison) == ("refuse", code)
    assert fil.answers() == []
    assert CourrielRecu.objects.get().raison == code
    assert got.dit == told
    return got.phrase


def test_what_is_refused_without_a_word(fil: Fil, settings: Any) -> None:
    good = reply_address(fil.nadia, fil.question)
    refused(fil, "jeton_absent", told=False, To="reponses@essai.gouv.fr")
    refused(fil, "jeton_faux", told=False, To=good.replace("+", "+a"))
    refused(fil, "jeton_faux", told=False, To="reponse@essai.gouv.fr")
    refused(fil, "expediteur_inconnu", told=False, From="pirate@ailleurs.fr")
    refused(fil, "expediteur_inconnu", told=False, From=f"{fil.nadia.email}, pirate@ailleurs.fr")
    refused(fil, "expediteur_inconnu", told=False, From=f"{fil.nadia.email}\r\nFrom: pirate@ailleurs.fr")
    refused(fil, "expediteur_inconnu", told=False, From=f'"{fil.nadia.email}" <pirate@ailleurs.fr>')
    refused(fil, "expediteur_inconnu", told=False, From="")
    # Somebody else's address is of no use.
    refused(fil, "expediteur_inconnu", told=False, To=reply_address(fil.gaelle, fil.question))
    # An address that its owner never confirmed proves nothing.
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=fil.nadia, email="perso@ailleurs.fr", verified=False)
    refused(fil, "expediteur_inconnu", told=False, From="perso@ailleurs.fr")
    settings.COURRIEL_AUTHSERV_ID = "mx.essai.gouv.fr"
    refused(fil, "expediteur_non_prouve", told=False)
    domain = fil.nadia.email.partition("@")[2]
    proof = f"mx.essai.gouv.fr; dmarc=pass header.from={domain}"
    refused(fil, "expediteur_non_prouve", told=False, Authentication_Results=proof.replace("pass", "fail"))
    fil.nadia.is_active = False
    fil.nadia.save()
    refused(fil, "compte_ferme", told=False, Authentication_Results=proof)
    fil.nadia.is_active = True
    fil.nadia.save()
    assert receive_email(fil.mail(Authentication_Results=proof)).issue == "publie"


def test_what_a_person_can_act_upon_is_told_with_their_text(
    fil: Fil, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.localdate() - timedelta(days=400)
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.localdate", lambda: long_ago)
        old = reply_address(fil.nadia, fil.question)
    assert "plus d’un an" in refused(fil, "jeton_perime", told=True, To=old)
    run_jobs()
    (told,) = mail.outbox
    assert told.to == [fil.nadia.email]
    assert "Oui, à Foix." in told.body
    assert told.extra_headers["Auto-Submitted"] == "auto-replied"
    assert told.extra_headers["In-Reply-To"].endswith("@lozere.gouv.fr>")
    # Our own words do not come back in.
    assert receive_email(told.message().as_bytes()).issue == "ignore"
    now = timezone.now()
    suspension = Suspension.objects.create(
        communaute=fil.communaute, agent=fil.nadia, motif="x", jusqu_au=now + timedelta(days=1)
    )
    refused(fil, "suspendu", told=True)
    suspension.delete()
    fil.sujet.ferme_le = now
    fil.sujet.save()
    refused(fil, "sujet_ferme", told=True)
    fil.sujet.ferme_le = None
    fil.sujet.save()
    refused(fil, "chiffre", told=True, Content_Type="application/pkcs7-mime; smime-type=enveloped-data")
    run_jobs()
    mail.outbox.clear()
    CourrielRecu.objects.all().delete()
    assert receive_email(fil.mail("\r\n> seulement une citation")).raison == "texte_vide"
    assert receive_email(fil.mail("x" * 70_000)).raison == "refuse"
    run_jobs()
    # Once an hour, whatever the number of refusals.
    assert [message.to for message in mail.outbox] == [[fil.nadia.email]]
    assert "seulement une citation" in mail.outbox[0].body
    fil.adhesion.delete()
    refused(fil, "non_membre", told=True)
    fil.communaute.visibilite = "privee"
    fil.communaute.save()
    assert "Busage" not in refused(fil, "acces_perdu", told=True)
    CourrielRecu.objects.update(recu_le=now - timedelta(days=500))
    assert forget_old_emails() == 1


def test_attachments_come_with_the_message_and_what_is_refused_is_told(fil: Fil, run_jobs: Any) -> None:
    sent = EmailMessage()
    sent["From"], sent["To"] = fil.nadia.email, reply_address(fil.nadia, fil.question)
    sent["Message-ID"], sent["Subject"] = "<pieces@lozere.gouv.fr>", "Re: Busage"
    sent.set_content("Voir l’arrêté.\n")
    sent.add_attachment(b"%PDF-1.4 arrete", "application", "pdf", filename="arrêté [2019].pdf")
    sent.add_attachment(photo(), "image", "png", filename="fossé.png")
    sent.add_attachment(b"MZ\x90\x00", "application", "octet-stream", filename="outil.exe")
    message = receive_email(sent.as_bytes()).message
    assert message is not None
    assert sorted(message.pieces.values_list("nom", flat=True)) == ["arrêté [2019].pdf", "fossé.webp"]
    assert message.texte.startswith("Voir l’arrêté.\n\n[arrêté (2019).pdf](/")
    assert "<img" in message.html
    run_jobs()
    (told,) = [found for found in mail.outbox if "pièces jointes" in found.subject]
    assert "outil.exe" in told.body
    # Refused after its files were taken: none stays behind.
    before = PieceJointe.objects.count()
    late = EmailMessage()
    late["From"], late["To"] = fil.nadia.email, sent["To"]
    late.set_content("x" * 59_990 + "\n")
    late.add_attachment(b"%PDF-1.4 plan", "application", "pdf", filename="plan.pdf")
    assert receive_email(late.as_bytes()).raison == "refuse"
    assert PieceJointe.objects.count() == before
    # A message may be nothing but a file.
    only = EmailMessage()
    for name in ("From", "To", "Subject"):
        only[name] = sent[name]
    only.set_content("\n")
    only.add_attachment(b"%PDF-1.4 plan", "application", "pdf", filename="plan.pdf")
    assert receive_email(only.as_bytes()).issue == "publie"


def test_too_many_answers_wait_for_the_next_minute(fil: Fil, settings: Any) -> None:
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "message": 1}
    assert receive_email(fil.mail("Un.")).issue == "publie"
    late = receive_email(fil.mail("Deux."))
    assert late.plus_tard
    assert CourrielRecu.objects.count() == 1
    settings.LIMITES_PAR_MINUTE = {**settings.LIMITES_PAR_MINUTE, "message": 20}
    assert receive_email(fil.mail("Deux.")).issue == "publie"


def test_machines_are_dropped_without_a_word(fil: Fil, run_jobs: Any) -> None:
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"Subject": "Réponse automatique : x"},
        {"Precedence": "list"},
    ):
        got = receive_email(fil.mail(**headers))
        assert got.issue == "ignore"
    assert receive_email(fil.mail(), enveloppe="<>").raison == "sans_retour"
    assert fil.answers() == []
    mail.outbox.clear()
    run_jobs()
    assert [sent for sent in mail.outbox if "pas été publiée" in sent.subject] == []


def test_mailbox_to_sujet(fil: Fil, boite: Boite, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    boite.put(fil.mail("Premier."))
    boite.put(fil.mail("Faux.", To="reponse+faux@essai.gouv.fr"))
    boite.put(fil.mail("Second."))
    # The process dies between the message and the mailbox: nothing is lost, nothing published twice.
    with monkeypatch.context() as patch:
        patch.setattr(releve, "_put_away", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            collect()
    assert fil.answers() == ["Premier."]
    assert collect() == 3
    assert fil.answers() == ["Premier.", "Second."]
    assert (boite.count("INBOX"), boite.count("Traités"), boite.count("Refusés")) == (0, 2, 1)
    # The database is away: the e-mail waits.
    boite.put(fil.mail("Troisième."))
    with monkeypatch.context() as patch:
        patch.setattr(releve, "receive_email", lambda *_a, **_k: (_ for _ in ()).throw(OperationalError()))
        with pytest.raises(OperationalError):
            collect()
    assert boite.count("INBOX") == 1
    # One that makes the reading fail does not hold the others up for ever.
    with monkeypatch.context() as patch:
        patch.setattr(releve, "receive_email", lambda *_a, **_k: 1 / 0)
        assert [collect() for _ in range(5)] == [0, 0, 0, 0, 1]
    assert boite.count("Refusés") == 2
    # Too big: only its headers are read, its author is told.
    settings.COURRIEL_TAILLE_MAX = 2_000
    boite.put(fil.mail("x" * 5_000))
    assert collect() == 1
    assert CourrielRecu.objects.filter(raison="trop_gros").exists()
    # Without folders, e-mails are deleted.
    settings.IMAP_DOSSIER_TRAITES = settings.IMAP_DOSSIER_REFUSES = ""
    boite.put(fil.mail("Quatrième."))
    assert collect() == 1
    assert boite.count("INBOX") == 0
    # A mailbox whose certificate is not vouched for is not spoken to.
    settings.IMAP_AUTORITES = ""
    with pytest.raises(ssl.SSLError):
        collect()
    settings.IMAP_HOST = ""
    assert collect() == 0


@pytest.mark.django_db(transaction=True)
def test_notification_out_answer_in_by_lmtp_and_by_the_mailbox(
    make_fil: Any, lmtp: int, boite: Boite, relais: list[Any], run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fil = make_fil()
    actions.publish_message(fil.gaelle, fil.sujet, "Personne ?")
    run_jobs()
    (left,) = [sent for sent in relais if fil.nadia.email in sent["To"]]
    assert "Personne ?" in left.get_body(("plain",)).get_content()
    to = reply_address(fil.nadia, Message.objects.get(numero=2))
    quoted = "".join(f"> {line}\n" for line in left.get_body(("plain",)).get_content().splitlines())
    raw = fil.mail(f"Si, à Foix.\n\nLe 04/03/2025 à 09:12, Territoires a écrit :\n{quoted}", To=to)
    with smtplib.LMTP("127.0.0.1", lmtp) as server:
        server.sendmail(fil.nadia.email, [to], raw)
        # The same one once more, as a mail server does when it did not hear the answer.
        server.sendmail(fil.nadia.email, [to], raw)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as unknown:
            server.sendmail(fil.nadia.email, ["reponse+faux@essai.gouv.fr"], raw)
        assert next(iter(unknown.value.recipients.values()))[0] == 550
        with pytest.raises(smtplib.SMTPDataError) as forged:
            server.sendmail("p@ailleurs.fr", [to], fil.mail(From="pirate@ailleurs.fr", To=to))
        assert forged.value.smtp_code == 550
        assert b"expediteur n'est pas la personne" in forged.value.smtp_error
        # What machines send back is taken and dropped: an answer would be one more e-mail.
        assert server.sendmail("", [to], fil.mail("Absente.", To=to, Return_Path="<>")) == {}
        with monkeypatch.context() as patch:
            patch.setattr("forum.courriels_entrants.ecoute.receive_email", lambda *_a, **_k: 1 / 0)
            with pytest.raises(smtplib.SMTPDataError) as later:
                server.sendmail(fil.nadia.email, [to], raw)
        assert later.value.smtp_code == 451
    assert fil.answers() == ["Personne ?", "Si, à Foix."]
    boite.put(fil.mail("Et à Mende.", To=to))
    assert collect() == 1
    assert fil.answers()[-1] == "Et à Mende."


@pytest.mark.django_db(transaction=True)
def test_each_recipient_gets_its_own_answer(make_fil: Any, lmtp: int) -> None:
    fil = make_fil()
    mine, other = reply_address(fil.nadia, fil.question), reply_address(fil.gaelle, fil.question)
    with socket.create_connection(("127.0.0.1", lmtp), timeout=10) as sock, sock.makefile("rwb") as stream:

        def say(line: str) -> bytes:
            stream.write(line.encode() + b"\r\n")
            stream.flush()
            answer = stream.readline()
            while answer[3:4] == b"-":
                answer = stream.readline()
            return answer

        stream.readline()
        say("LHLO essai")
        say(f"MAIL FROM:<{fil.nadia.email}>")
        for address in (mine, other):
            assert say(f"RCPT TO:<{address}>").startswith(b"250")
        say("DATA")
        stream.write(fil.mail() + b".\r\n")
        stream.flush()
        assert stream.readline().startswith(b"250")
        assert stream.readline().startswith(b"550")
    assert fil.answers() == ["Oui, à Foix."]


def test_a_second_verified_address_may_answer_too(fil: Fil) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=fil.nadia, email="n.essai@interieur.gouv.fr", verified=True)
    assert receive_email(fil.mail(From="N <N.Essai@Interieur.gouv.fr>")).issue == "publie"
