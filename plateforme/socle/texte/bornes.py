"""Bounds on what is parsed, and the cleaning that every source goes through first.

The bounds hold the cost of a text, not its meaning: each is far above what a real message needs, and what
lies beyond a bound is shown as it was typed, never lost.
"""

import re

from django.core.exceptions import ValidationError

RENDERER_VERSION = 3
"""Raise it with any change that alters the output for an unchanged source."""

MAX_SOURCE = 60_000
"""Longest accepted source, in characters, line endings counted as one."""

MAX_BLOCKS = 6_000
"""Block elements (paragraphs, items, cells…) made of one text; the lines left over become one `<pre>`."""

MAX_INLINE = 6_000
"""Inline elements (links, emphasis, line breaks…) made of one text; beyond, marks stay as typed."""

MAX_DEPTH = 10
"""Quotes, list items and notes inside one another. html5lib and any reader give up long after that."""

MAX_INLINE_DEPTH = 8
"""Emphasis and links inside one another."""

MAX_BRACKETS = 32
"""Brackets still open at one point of a paragraph; older ones stay plain text."""

MAX_COLUMNS = 40
"""Columns of a table; a wider one stays text (each missing cell of a row costs an element)."""

MAX_ADDRESS = 2_000
"""Characters of an address."""

MAX_LABEL = 200
"""Characters of a reference or note label."""

MAX_EXPANSION = 100_000
"""Characters written by link references in all: `[a]` may stand for an address 700 times longer."""

# Characters that would let a text lie about itself or disturb the parsers:
# - controls, among them STX and ETX with which python-markdown marks its placeholders;
# - lone surrogates, which cannot be encoded to UTF-8 and would fail at the database;
# - embedding, override and isolate marks, which reorder what the reader sees (a false address, for instance);
# - zero-width space, word joiner, byte order mark, non-characters;
# - the plane-15 private characters used as stand-ins by `assainissement`.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u200b\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\U000f0000-\U0010ffff]"
)
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean_source(source: str) -> str:
    """Return the source with `\\n` line endings only and without the characters no text needs."""
    return _UNWANTED.sub("", _NEWLINES.sub("\n", source))


def measure_source(source: str) -> int:
    """Length compared to `MAX_SOURCE`: a browser sends each line ending as two characters."""
    return len(source) - source.count("\r\n")


def validate_source(source: str) -> None:
    """Refuse a text that is empty or longer than `MAX_SOURCE`; raises `ValidationError`, in French."""
    if not clean_source(source).strip():
        raise ValidationError("Écrivez un texte avant d’envoyer.", code="vide")
    length = measure_source(source)
    if length > MAX_SOURCE:
        raise ValidationError(
            f"Ce texte est trop long\u00a0: {_group(length)} caractères, alors que la limite est de "
            f"{_group(MAX_SOURCE)}. Raccourcissez-le ou joignez un fichier.",
            code="trop_long",
        )


def _group(number: int) -> str:
    """Write a number the French way: thousands apart, with a narrow no-break space."""
    return f"{number:,}".replace(",", "\u202f")
