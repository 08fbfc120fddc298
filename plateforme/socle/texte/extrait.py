"""Plain-text excerpts, for e-mails, notifications and lists."""

import html
import re

from django.utils.safestring import SafeData

from plateforme.socle.texte.assainissement import restore_text
from plateforme.socle.texte.bornes import clean_source
from plateforme.socle.texte.document import Document
from plateforme.socle.texte.rendu import convert

_IMAGE = re.compile(r'<img [^<>]*?\balt="([^"<>]*+)"[^<>]*+>')
_NOTE_CALL = re.compile(r"<sup [^<>]*+><a [^<>]*+>[0-9]*+</a></sup>")
_INLINE_TAG = re.compile(r"</?(?:a|b|code|del|em|i|span|strong|sup|u)(?: [^<>]*+)?>")
_TAG = re.compile(r"</?[a-z][^<>]*+>")
_HEAD_ROOM = 4_000


def plain_text(source: str, limit: int) -> str:
    """Return the beginning of a text on one line, without marks, of at most `limit` characters.

    Takes a Markdown source, or the `SafeString` of a text already rendered. A longer text is cut at a word
    and ends with "…". Not safe to be put in HTML unescaped, as it is no HTML. Never raises; linear.
    """
    # Enough to fill the excerpt even with long addresses: reading all of a long text would be wasted.
    head = source[: limit * 4 + _HEAD_ROOM]
    if isinstance(source, SafeData):
        if head.rfind("<") > head.rfind(">"):
            head = head[: head.rfind("<")]
        text = html.unescape(_strip_tags(head))
    else:
        try:
            text = restore_text(_strip_tags(convert(head, Document())))
        except Exception:
            text = clean_source(head)
    return _cut(" ".join(text.split()), limit)


def _strip_tags(markup: str) -> str:
    markup = _NOTE_CALL.sub("", markup.partition("<section")[0])
    markup = _IMAGE.sub(r"\1", markup)
    return _TAG.sub(" ", _INLINE_TAG.sub("", markup))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    # The last word is whole if a space follows; otherwise it goes, unless it is most of the excerpt.
    if not text[len(cut)].isspace():
        space = cut.rfind(" ")
        if space > len(cut) // 2:
            cut = cut[:space]
    return cut.rstrip(" ,;:.–—-") + "…" if limit > 0 else ""
