"""Where an invitation is answered: the signed address that calendars write to, the signed link of a guest.

Neither is a password: the first lets the person it was made for, writing from an address of theirs, say yes or no; the
second shows what the invitation said, to whoever holds it, until a week after the meeting.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from forum.reponses_courriel import read_signed, sign_address
from realtime.reunions.models import Convive, Habitue, Participant, Sonde

_SALT = "reunions.agenda"
_LINK = "reunions.invitation"
_DATES = "reunions.dates"
_KINDS: dict[bytes, type[Convive]] = {b"P": Participant, b"H": Habitue}
_EPOCH = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose invitation a genuine address speaks of."""

    modele: type[Convive]
    pk: int


def answer_address(convive: Convive) -> str:
    """The address that takes this person's answers; empty when the site takes none by e-mail."""
    kind = b"H" if isinstance(convive, Habitue) else b"P"
    days = (timezone.localdate() - _EPOCH).days
    return sign_address(days.to_bytes(2, "big") + kind + convive.pk.to_bytes(5, "big") + b"\0" * 4, _SALT)


def read_answer_address(address: str) -> Invitation | None:
    """What an address made by `answer_address` says, or None."""
    payload = read_signed(address, _SALT)
    if payload is None or payload[2:3] not in _KINDS:
        return None
    return Invitation(_KINDS[payload[2:3]], int.from_bytes(payload[3:8], "big"))


def guest_link(participant: Participant) -> str:
    """The page where somebody without account sees their invitation and answers it."""
    token = signing.dumps(participant.pk, salt=_LINK)
    return settings.SITE_URL + reverse("reunions:exterieur", args=[token])


def dates_link(sonde: Sonde) -> str:
    """The page where somebody without account says when they can."""
    token = signing.dumps(sonde.pk, salt=_DATES)
    return settings.SITE_URL + reverse("reunions:sondage-exterieur", args=[token])


def read_guest_token(token: str) -> int | None:
    """The participant that a guest's token was made for, or None. Whether it still holds is for `access` to say."""
    return _read(token, _LINK)


def read_dates_token(token: str) -> int | None:
    """The person asked that a token of `dates_link` was made for, or None; as `read_guest_token`."""
    return _read(token, _DATES)


def _read(token: str, salt: str) -> int | None:
    try:
        pk = signing.loads(token, salt=salt, max_age=timedelta(days=4 * 365))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return pk if isinstance(pk, int) else None
