"""What the logs must not say."""

import logging
import re

# A feed's personal key, in its address.
_SECRET = re.compile(r"(/flux/)[A-Za-z0-9_-]{16,}")


def mask_secrets(text: str) -> str:
    """`text` without the secrets that an address of ours can hold."""
    return _SECRET.sub(r"\1***", text)


class MasqueSecrets(logging.Filter):
    """Masks them in whatever is logged: Django writes the path of each page not found."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):
            for key, value in record.msg.items():
                if isinstance(value, str) and "/flux/" in value:
                    record.msg[key] = mask_secrets(value)
        elif "/flux/" in str(record.msg) or "/flux/" in str(record.args):
            record.msg, record.args = mask_secrets(record.getMessage()), ()
        return True
