"""Browser notifications: whom we may write to, with what key, and one sending.

Push services are the only machines outside that the platform ever calls, for people who asked for it on their
device. Without a VAPID key nothing is offered nor sent. What is sent is encrypted for the browser alone, and
holds a title and an address of ours: never a message's text.
"""

import base64
import ipaddress
import json
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

TIMEOUT = 10  # seconds, to connect and to read
# How long a push service keeps it for a browser that is closed: a day later it is no news.
KEPT_FOR = 12 * 3600  # seconds


def generate_key() -> str:
    """A new private key, as `VAPID_CLE_PRIVEE` takes it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def public_key() -> str:
    """What browsers are given to recognise us by; empty when browser notifications are switched off."""
    return _public(settings.VAPID_CLE_PRIVEE) if settings.VAPID_CLE_PRIVEE else ""


@lru_cache(maxsize=4)
def _public(private: str) -> str:
    point = Vapid02.from_raw(private.encode()).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def known_service(address: str) -> bool:
    """Whether `address` is one of a browser's push service: https, a known host, no port nor user of its own."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if settings.PUSH_LOCAL and parts.scheme == "http" and _loopback(host):
        return True
    if parts.scheme != "https" or port not in (None, 443) or parts.username or parts.password:
        return False
    return any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def send(adresse: str, p256dh: str, auth: str, payload: dict[str, str]) -> int:
    """Send one notification; returns the status that the push service answered. Raises `OSError` if none came."""
    # Only the worker sends: the others need not load what speaks to other machines, a tenth of the time of a start.
    from pywebpush import WebPusher

    from annuaire.notifications.envoi import Session

    parts = urlsplit(adresse)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{settings.CONTACT_EMAIL}"}
    headers = Vapid02.from_raw(settings.VAPID_CLE_PRIVEE.encode()).sign(claims)
    with Session() as session:
        answer = WebPusher(
            {"endpoint": adresse, "keys": {"p256dh": p256dh, "auth": auth}}, requests_session=session
        ).send(
            json.dumps(payload, ensure_ascii=False).encode(),
            {**headers, "urgency": "normal"},
            ttl=KEPT_FOR,
            timeout=TIMEOUT,
        )
    return int(answer.status_code)
