"""Addresses of video meetings: made from the deployment's templates, or given by who plans."""

import secrets
import string

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from realtime.reunions.models.commun import Visio

_check_https = URLValidator(schemes=["https"])


def offered() -> list[Visio]:
    """The kinds that this deployment offers: a template left empty takes its kind away."""
    return [
        Visio.AUCUNE,
        *(kind for kind in (Visio.WEBCONF, Visio.VISIO) if settings.VISIO_MODELES.get(kind)),
        Visio.AUTRE,
    ]


def new_address(kind: Visio) -> str:
    """The address of a room of that kind that nobody has: its name is drawn at random.

    In the template, `{lettres}` becomes `abc-defg-hij` (Visio's names), `{nom}` twelve letters and four digits
    (Webconf asks for ten characters, of which three digits).
    """
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
    digits = "".join(secrets.choice(string.digits) for _ in range(4))
    return (
        settings.VISIO_MODELES[kind]
        .replace("{lettres}", f"{letters[:3]}-{letters[3:7]}-{letters[7:10]}")
        .replace("{nom}", letters + digits)
    )


def is_safe(address: str) -> bool:
    """Whether people may be sent to `address`: a whole https one, without what a calendar or a mail would trip on."""
    try:
        _check_https(address)
    except ValidationError:
        return False
    return len(address) <= 200 and address.isprintable() and address.startswith("https://")
