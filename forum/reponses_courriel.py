"""The address by which one answers a message by e-mail.

`reponse+<jeton>@…`: the token says who may answer, which message and since when, and is signed. It is no
password: it lets that person, writing from one of their verified addresses, answer in that sujet, with the
rights they have when the answer arrives. Nothing else.
"""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from annuaire.models import Agent
from forum.access import can_answer
from forum.models import Message

# Said above what is quoted in the e-mails that we send: nothing below it is part of an answer.
SEPARATEUR = "Répondez au-dessus de cette ligne"
VALIDITY = timedelta(days=365)
TOKEN_LENGTH = 45  # 28 bytes in base32, without padding: an address keeps only 64 characters before its @
_EPOCH = date(2024, 1, 1)
_MESSAGE_KEY = re.compile(r"message\.([0-9]{1,18})(?:\.|$)")
_SALT = "forum.reponses_courriel"


@dataclass(frozen=True, slots=True)
class Jeton:
    """What a genuine reply address says. `message_id` is where to answer: in the sujet where it is now."""

    agent_id: int
    message_id: int
    jour: date

    @property
    def expired(self) -> bool:
        return timezone.localdate() > self.jour + VALIDITY


def reply_address(agent: Agent, message: Message) -> str:
    """The address by which `agent` answers `message`; empty when the site takes no answers by e-mail."""
    if not settings.REPONSE_COURRIEL:
        return ""
    days = (timezone.localdate() - _EPOCH).days
    payload = days.to_bytes(2, "big") + agent.pk.to_bytes(5, "big") + message.pk.to_bytes(5, "big")
    return sign_address(payload, _SALT)


def sign_address(payload: bytes, salt: str) -> str:
    """Our address with a signed token that says `payload`, 12 bytes; `salt` names what it opens.

    Empty when the site takes no answers by e-mail.
    """
    if not settings.REPONSE_COURRIEL:
        return ""
    local, _, domain = settings.REPONSE_COURRIEL.partition("@")
    signature = _sign(payload, settings.SECRET_KEY, salt)
    return f"{local}+{_token(payload + signature)}@{domain}"


def answer_address(agent: Agent, cle: str) -> str:
    """Where `agent` answers, by e-mail, what they were told under the key `cle` (`message.12`, and what follows).

    For the builder of notifications' e-mails; empty for what is no message, or where they may not write now.
    """
    match = _MESSAGE_KEY.match(cle)
    if match is None or not settings.REPONSE_COURRIEL:
        return ""
    message = Message.objects.select_related("sujet__communaute").filter(pk=int(match[1])).first()
    return reply_address(agent, message) if message is not None and can_answer(agent, message.sujet) else ""


def is_reply_address(address: str) -> bool:
    """Whether an e-mail to `address` is meant for this door, whatever its token."""
    base = settings.REPONSE_COURRIEL
    if not base:
        return False
    local, _, domain = address.strip().lower().rpartition("@")
    expected, _, expected_domain = base.partition("@")
    return domain == expected_domain and local.partition("+")[0] == expected


def read_address(address: str) -> Jeton | None:
    """What a reply address of ours says, or None when it is not one or was tampered with.

    Mail servers change the case of addresses at will, so it says nothing here. Whether it is too old is for
    the caller to ask (`expired`): the person can be told.
    """
    payload = read_signed(address, _SALT)
    if payload is None:
        return None
    return Jeton(
        jour=_EPOCH + timedelta(days=int.from_bytes(payload[:2], "big")),
        agent_id=int.from_bytes(payload[2:7], "big"),
        message_id=int.from_bytes(payload[7:], "big"),
    )


def read_signed(address: str, salt: str) -> bytes | None:
    """The 12 bytes that an address of ours says, or None when it is none or opens something else than `salt`."""
    if not is_reply_address(address):
        return None
    token = address.strip().rpartition("@")[0].partition("+")[2]
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b32decode(token.upper() + "===")
    except (binascii.Error, ValueError):
        return None
    if _token(raw) != token.lower():
        # The last letter has a bit to spare: one address, one spelling.
        return None
    payload, signature = raw[:12], raw[12:]
    genuine = False
    # Each key is tried whatever the others said: the time taken says nothing.
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        genuine |= hmac.compare_digest(signature, _sign(payload, key, salt))
    return payload if genuine else None


def _token(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _sign(payload: bytes, key: str, salt: str) -> bytes:
    return salted_hmac(salt, payload, secret=key, algorithm="sha256").digest()[:16]
