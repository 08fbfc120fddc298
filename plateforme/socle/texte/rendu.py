"""From Markdown to safe HTML: python-markdown with bounded passes, then bleach."""

import hashlib
import logging
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from plateforme.socle.texte.arbre import InlineTreeprocessor
from plateforme.socle.texte.assainissement import sanitize, stand_in
from plateforme.socle.texte.blocs import LineBlockParser
from plateforme.socle.texte.bornes import MAX_SOURCE, clean_source, measure_source
from plateforme.socle.texte.document import Document
from plateforme.socle.texte.mentions import MAX_MENTIONS, NO_MENTIONS, Mention
from plateforme.socle.texte.renvois import NO_LINKS, NO_SIZES, Lien, Renvois, Taille

logger = logging.getLogger(__name__)

_PREFIX = re.compile(r"[a-zA-Z0-9_-]{1,50}")


def render_markdown(
    source: str,
    *,
    mentions: Mapping[str, Mention] = NO_MENTIONS,
    liens: Mapping[str, Lien] = NO_LINKS,
    tailles: Mapping[str, Taille] = NO_SIZES,
    prefixe: str = "",
) -> SafeString:
    """Return the HTML of a text. Never raises; linear in time (50 kB of anything: well under a second).

    `mentions` gives the agents that may be mentioned, by handle without "@" and in lower case, as returned
    by `extract_references`; other handles stay text. `liens` gives what bare addresses lead to, by address
    as returned there, and `tailles` the sizes of images; other addresses stay as typed. The HTML is stored
    once for all readers: give only what each of them may know. `prefixe` (letters, digits, "-", "_") starts the ids of
    footnotes, to keep those of two texts apart on a page; without one, it is drawn from the text itself.
    A source longer than `MAX_SOURCE` is shown as plain text: refuse it first with `validate_source`.
    """
    try:
        if measure_source(source) <= MAX_SOURCE:
            prefix = prefixe if _PREFIX.fullmatch(prefixe) else _digest(source)
            document = Document(prefix=prefix, mentions=mentions, links=liens, sizes=tailles)
            return SafeString(sanitize(convert(source, document)))
    except Exception:
        # Someone's words must appear whatever happens; the log has the cause, not the words.
        logger.exception("texte.rendu_impossible", extra={"length": len(source)})
    return _as_plain_text(source)


def extract_mentions(source: str) -> list[str]:
    """Return the handles mentioned in a text: without "@", in lower case, each once, in order.

    Those in code, in the text of a link or in a quote are left out: quoting somebody's words does not call
    whom they called. At most `MAX_MENTIONS` + 1 are returned; a caller refuses a text that has more than
    `MAX_MENTIONS`. Whether a handle is somebody's is for the caller to find out.
    """
    return extract_references(source).mentions if "@" in source else []


def extract_references(source: str) -> Renvois:
    """Return the people, bare web addresses and images that a text refers to. Never raises; linear.

    At most `MAX_MENTIONS` + 1 handles, `MAX_LINKS` addresses and as many images.
    """
    document = Document()
    if measure_source(source) <= MAX_SOURCE and ("@" in source or "/" in source):
        try:
            convert(source, document)
        except Exception:
            logger.exception("texte.renvois_illisibles", extra={"length": len(source)})
    return Renvois(
        mentions=list(document.handles)[: MAX_MENTIONS + 1],
        liens=list(document.links_met),
        images=list(document.images_met),
    )


def convert(source: str, document: Document) -> str:
    """Return the HTML of a text before `sanitize`, with its stand-ins; what was met is left in `document`."""
    return Markdown(extensions=[_Bounded(document)], output_format="html").convert(clean_source(source))


class _Bounded(Extension):
    """python-markdown's skeleton and serializer, with the passes of this package in place of its own."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document

    def extendMarkdown(self, md: Markdown) -> None:
        # No raw HTML at all: what looks like a tag is text.
        md.preprocessors.deregister("html_block")
        md.postprocessors.deregister("raw_html")
        md.postprocessors.deregister("amp_substitute")
        md.parser = LineBlockParser(md, self.document)
        md.treeprocessors.register(InlineTreeprocessor(md, self.document), "inline", 20)
        md.treeprocessors.register(_StandIn(md), "stand_in", 0)
        # Both rework the output of the passes replaced above; the first recurses.
        md.treeprocessors.deregister("prettify")
        md.treeprocessors.deregister("unescape")


class _StandIn(Treeprocessor):
    """Last of the tree passes: see `stand_in`."""

    def run(self, root: Element) -> None:
        stand_in(root)


def _digest(source: str) -> str:
    """A prefix that two different texts do not share."""
    digest = hashlib.blake2s(source.encode(errors="replace"), digest_size=4).hexdigest()
    return f"t{digest}-"


def _as_plain_text(source: str) -> SafeString:
    lines = escape(clean_source(source).strip("\n")).replace("\n", "<br>")
    return SafeString(f"<p>{lines}</p>")
