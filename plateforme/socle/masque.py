"""What the logs must not say."""

import logging
import re

# A feed's or a calendar's personal key, an outside guest's token, in an address.
_PLACES = ("/flux/", "/agenda/", "/invitation-reunion/", "/creneaux/invitation/")
_SECRET = re.compile(rf"({'|'.join(_PLACES)})[A-Za-z0-9_:-]{{16,}}")


def mask_secrets(text: str) -> str:
    """`text` without the secrets that an address of ours can hold."""
    return _SECRET.sub(r"\1***", text)


def _holds(text: str) -> bool:
    return any(place in text for place in _PLACES)


class MasqueSecrets(logging.Filter):
    """Masks them in whatever is logged: Django writes the path of each page not found."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):
            for key, value in record.msg.items():
                if isinstance(value, str) and _holds(value):
                    record.msg[key] = mask_secrets(value)
        elif _holds(str(record.msg)) or _holds(str(record.args)):
            record.msg, record.args = mask_secrets(record.getMessage()), ()
        return True
