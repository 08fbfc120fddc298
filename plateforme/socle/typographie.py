"""French typography of the short texts that people type: titles, names."""

import re

_BEFORE = re.compile(r" (?=[?!;:»%€])")
_AFTER = re.compile(r"(?<=«) ")


def tidy_title(text: str) -> str:
    """`text` on one line, its spaces single, and no-break where French wants a sign to stay with its word."""
    text = " ".join(text.split())
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))
