"""Real servers for the tests: a mailbox, the LMTP listener, a mail relay that keeps what it is given."""

import datetime
import io
import ipaddress
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient import IMAPClient
from PIL import Image

from annuaire.models import Agent
from forum import actions
from forum.courriels_entrants import ecoute
from forum.models import Message, Sujet
from forum.reponses_courriel import reply_address
from tests.factories import add_member, make_agent, make_communaute, make_sujet


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "cle.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


@pytest.fixture(scope="session")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A pymap server: its port and the authority that signed its certificate."""
    cert, key = make_certificate(tmp_path_factory.mktemp("imap"))
    port = free_port()
    command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--cert", str(cert), "--key", str(key), "dict"]
    command += ["--demo-user", "reponse", "--demo-password", "secret"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port, cert
    server.terminate()
    server.wait(10)


class Boite:
    """The mailbox as its owner sees it."""

    def __init__(self, port: int, cert: Path) -> None:
        self.client = IMAPClient("127.0.0.1", port, ssl=False)
        self.client.starttls(ssl.create_default_context(cafile=str(cert)))
        self.client.login("reponse", "secret")

    def put(self, raw: bytes) -> None:
        self.client.append("INBOX", raw)

    def count(self, folder: str) -> int:
        if not self.client.folder_exists(folder):
            return 0
        return self.client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]


@pytest.fixture
def boite(imap: tuple[int, Path], settings: Any, reponses: None) -> Iterator[Boite]:
    """An empty mailbox, which the worker polls by STARTTLS."""
    port, cert = imap
    settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", port
    settings.IMAP_CHIFFREMENT, settings.IMAP_AUTORITES = "starttls", str(cert)
    settings.IMAP_USER, settings.IMAP_PASSWORD = "reponse", "secret"
    found = Boite(port, cert)
    for folder in ("INBOX", "Traités", "Refusés"):
        if found.client.folder_exists(folder):
            found.client.select_folder(folder)
            found.client.delete_messages(found.client.search())
            found.client.expunge()
            found.client.unselect_folder() if found.client.has_capability("UNSELECT") else None
    found.client.select_folder("INBOX", readonly=True)
    yield found
    found.client.logout()


@pytest.fixture
def lmtp(reponses: None) -> Iterator[int]:
    """The port of the LMTP listener."""
    port = free_port()
    controller = ecoute.server("127.0.0.1", port)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def relais(settings: Any) -> Iterator[list[EmailMessage]]:
    """What left by SMTP."""
    sent: list[EmailMessage] = []

    class Keep:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            sent.append(message_from_bytes(envelope.original_content, policy=policy.default))
            return "250 OK"

    port = free_port()
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield sent
    controller.stop()


@pytest.fixture
def reponses(settings: Any) -> None:
    settings.REPONSE_COURRIEL = "reponse@essai.gouv.fr"


class Fil:
    """A question of Gaëlle's, to whom Nadia can answer by e-mail."""

    def __init__(self) -> None:
        self.gaelle, self.nadia = verified(make_agent("Gaëlle")), verified(make_agent("Nadia"))
        self.communaute = make_communaute(make_agent("Ana"))
        add_member(self.communaute, self.gaelle)
        self.adhesion = add_member(self.communaute, self.nadia)
        self.sujet: Sujet = make_sujet(self.communaute, self.gaelle)
        self.question: Message = self.sujet.messages.get()
        actions.set_level(self.nadia, self.sujet, "suivre")

    def mail(self, text: str = "Oui, à Foix.", **headers: str) -> bytes:
        """Nadia's answer."""
        full = {
            "From": f"Nadia <{self.nadia.email}>",
            "To": reply_address(self.nadia, self.question),
            "Subject": "Re: Busage",
            "Message-ID": f"<{abs(hash(text))}@lozere.gouv.fr>",
            "Content-Type": "text/plain; charset=utf-8",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in full.items() if value)
        return f"{head}\r\n{text}\r\n".encode()

    def answers(self) -> list[str]:
        return list(
            self.sujet.messages.filter(numero__gt=1).order_by("numero").values_list("texte", flat=True)
        )


def photo(size: int = 60) -> bytes:
    """A picture that no two sizes share."""
    out = io.BytesIO()
    Image.effect_noise((size, size), 90).save(out, "PNG")
    return out.getvalue()


def verified(agent: Agent) -> Agent:
    EmailAddress.objects.create(user=agent, email=agent.email, verified=True, primary=True)
    return agent


@pytest.fixture
def fil(db: None, reponses: None) -> Fil:
    return Fil()


@pytest.fixture
def make_fil(reponses: None) -> Callable[[], Fil]:
    return Fil
