"""French typography of the short texts that people type: titles, names."""

import re
import unicodedata

_BEFORE = re.compile(r" (?=[?!;:»%€])")
_AFTER = re.compile(r"(?<=«) ")


def tidy_title(text: str) -> str:
    """`text` on one line, its spaces single, and no-break where French wants a sign to stay with its word."""
    text = " ".join(text.split())
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))


def of(name: str) -> str:
    """« d’Aminata Sarr », « de Nadia Ferhat »: what follows « le profil », « la réponse ». An h is mute in most first names,
    a y before a consonant is a vowel."""
    bare = without_marks(name[:2]).lower()
    vowel = bare[:1] in set("aeiouh") or (bare[:1] == "y" and bare[1:2] not in set("aeiouy"))
    return f"d’{name}" if vowel else f"de {name}"


def without_marks(text: str) -> str:
    """`text` without its accents."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
