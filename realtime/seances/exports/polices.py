"""The fonts of the files: embedded, so that a signed page looks the same everywhere.

DejaVu Sans Condensed and DejaVu Sans Mono, reduced to the letters that French and the languages of the territories
write (`polices/LICENCE.txt`). reportlab's own fonts lack the macrons of Polynesian names and the narrow no-break space.
"""

import unicodedata
from functools import cache
from pathlib import Path

import emoji
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

TEXTE, CODE = "DocumentTexte", "DocumentCode"
_FOLDER = Path(__file__).resolve().parent.parent / "polices"
_FACES = {
    TEXTE: "DejaVuSansCondensed",
    f"{TEXTE}-Gras": "DejaVuSansCondensed-Bold",
    f"{TEXTE}-Italique": "DejaVuSansCondensed-Oblique",
    f"{TEXTE}-GrasItalique": "DejaVuSansCondensed-BoldOblique",
    CODE: "DejaVuSansMono",
}
# What no font of ours draws is seen to be missing.
INCONNU = "\u25a1"


@cache
def known_characters() -> frozenset[int]:
    """Load the fonts, once for the process: the characters that all of them draw."""
    drawn: set[int] | None = None
    for name, file in _FACES.items():
        font = TTFont(name, _FOLDER / f"{file}.ttf")
        pdfmetrics.registerFont(font)
        faces = set(font.face.charToGlyph)
        drawn = faces if drawn is None else drawn & faces
    pdfmetrics.registerFontFamily(
        TEXTE,
        normal=TEXTE,
        bold=f"{TEXTE}-Gras",
        italic=f"{TEXTE}-Italique",
        boldItalic=f"{TEXTE}-GrasItalique",
    )
    pdfmetrics.registerFontFamily(CODE, normal=CODE, bold=CODE, italic=CODE, boldItalic=CODE)
    return frozenset(drawn or ())


def printable(text: str) -> str:
    """`text` as the fonts can draw it: an emoji that they lack is its name in words, « [feu] », another character a
    square; never a hole."""
    known = known_characters()
    text = unicodedata.normalize("NFC", text).replace("\t", "    ")
    if all(ord(char) in known or char == "\n" for char in text):
        return text
    text = emoji.replace_emoji(text, replace=_in_words)
    return "".join(
        char if ord(char) in known or char == "\n" else "" if _silent(char) else INCONNU for char in text
    )


def _in_words(signs: str, data: dict[str, str]) -> str:
    """The French name of one emoji, unless our fonts draw it."""
    if all(ord(char) in known_characters() or _silent(char) for char in signs):
        return signs
    emoji.config.load_language("fr")
    name = emoji.EMOJI_DATA[signs].get("fr", "")
    return f"[{name.strip(':').replace('_', ' ')}]" if name else INCONNU


def _silent(char: str) -> bool:
    """Marks that only join or colour what stands before them."""
    return unicodedata.category(char) in ("Cf", "Cc") or "\ufe00" <= char <= "\ufe0f"
