"""Text written by agents: Markdown in, safe HTML out.

This package is the only door to formatted text: nothing else in the platform turns what somebody wrote
into HTML. It promises three things for any input, well-meant or not:

* it never raises (the last resort is the text itself, escaped);
* its time is linear in the input, and the number of elements it makes is bounded (see `bornes`);
* its output holds only the tags, attributes and addresses listed in `assainissement` and `liens`.

The HTML is meant to be stored beside its source together with `RENDERER_VERSION`: raise that number with
any change that alters the output, so that stored texts can be found and rendered again.
"""

from plateforme.socle.texte.bornes import MAX_SOURCE, RENDERER_VERSION, validate_source
from plateforme.socle.texte.emojis import EMOJIS, PALETTE
from plateforme.socle.texte.extrait import plain_text
from plateforme.socle.texte.liens import safe_link
from plateforme.socle.texte.mentions import MAX_MENTIONS, Mention
from plateforme.socle.texte.rendu import extract_mentions, extract_references, render_markdown
from plateforme.socle.texte.renvois import MAX_LINKS, TITLED, Lien, Renvois, Taille, has_titles, hide_titles

__all__ = [
    "EMOJIS",
    "MAX_LINKS",
    "MAX_MENTIONS",
    "MAX_SOURCE",
    "PALETTE",
    "RENDERER_VERSION",
    "TITLED",
    "Lien",
    "Mention",
    "Renvois",
    "Taille",
    "extract_mentions",
    "extract_references",
    "has_titles",
    "hide_titles",
    "plain_text",
    "render_markdown",
    "safe_link",
    "validate_source",
]
