"""Taking answers from the mail server itself, by LMTP."""

import asyncio
import unicodedata
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections

from forum.actions.courriels import Reception, receive_email
from forum.courriels_entrants.portes import door_of
from forum.models import CourrielRecu
from forum.reponses_courriel import read_address

logger = structlog.get_logger(__name__)

MAX_RECIPIENTS = 10
AT_ONCE = 4  # e-mails read at the same time


class _Lmtp(LMTP):
    # Mail servers are asked for 998 bytes a line; what they pass on is not always so tidy.
    line_length_limit = 64 * 1024


class Reponses:
    """What the server does with each command. Each recipient gets an answer of its own, as LMTP wants."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def handle_MAIL(  # named by aiosmtpd
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # aiosmtpd takes an empty sender for no sender at all, and would refuse the recipients that follow.
        envelope.mail_from = address or "<>"
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse at once what is no reply address of ours: the mail server may ask before it takes an e-mail."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Trop de destinataires"
        if read_address(address) is None and door_of([address]) is None:
            return "550 5.1.1 Adresse de reponse inconnue"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        answers = []
        for address in envelope.rcpt_tos:
            async with self._slots:
                answers.append(await asyncio.to_thread(_deliver, raw, address, envelope.mail_from or ""))
        return "\r\n".join(answers)


def _deliver(raw: bytes, address: str, sender: str) -> str:
    try:
        return _status(receive_email(raw, [address], enveloppe=sender))
    except DatabaseError:
        logger.exception("email_database_error")
        return "451 4.3.0 Base de donnees indisponible, reessayez plus tard"
    except Exception:
        logger.exception("email_not_read")
        return "451 4.3.0 Erreur passagere, reessayez plus tard"
    finally:
        # The thread may never be used again: its connection goes back.
        connections.close_all()


def _status(reception: Reception) -> str:
    """The LMTP answer. What a machine wrote is taken without a word: a refusal would be mailed back to it."""
    if reception.plus_tard:
        return f"451 4.7.0 {_ascii(reception.phrase)}"
    if reception.issue == CourrielRecu.Issue.REFUSE and not reception.dit:
        return f"550 5.7.1 {_ascii(reception.phrase) or 'Refuse'}"
    return "250 2.0.0 OK"


def _ascii(text: str) -> str:
    """A sentence as mail servers bear it: one short line without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("«", '"').replace("»", '"'))
    return " ".join(plain.encode("ascii", "ignore").decode().split())[:300]


def server(host: str, port: int) -> Controller:
    """The LMTP server, to start and stop."""

    class _Controller(Controller):
        def factory(self) -> LMTP:
            return _Lmtp(
                self.handler,
                data_size_limit=settings.COURRIEL_TAILLE_MAX,
                enable_SMTPUTF8=True,
                hostname=settings.SITE_URL.split("://", 1)[1].partition("/")[0],
                ident="LMTP",
                timeout=120,
            )

    return _Controller(Reponses(), hostname=host, port=port)
