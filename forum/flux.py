"""Atom feeds of the forum: the sujets last written in, with their opening."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any
from xml.sax.handler import ContentHandler

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from forum.models import Message, Sujet, SujetQuerySet, show_titles
from plateforme.socle.texte import plain_text

ENTRIES = 30
MAX_CONTENT = 20_000  # characters of HTML of one entry; a longer opening is summed up
_YEAR = "2026"  # of the tag: URIs (RFC 4151): when the site had its name; never changes
# What XML 1.0 cannot hold, even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOCAL = re.compile(r' (href|src)="/(?!/)')


class _Atom(Atom1Feed):
    """Django's feed, with the text of each entry as its content."""

    def add_item_elements(self, handler: ContentHandler, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})  # type: ignore[attr-defined]


class Flux:
    """A feed ready to be written. Three queries at most; the HTML is put together only when it is asked for."""

    def __init__(self, titre: str, adresse: str, identifiant: str, sujets: SujetQuerySet) -> None:
        self.titre, self.adresse, self.identifiant = titre, adresse, identifiant
        # In the order of the index that lists have.
        self.sujets = list(sujets.with_author().order_by("-dernier_message_le", "-pk")[:ENTRIES])
        openings = Message.objects.filter(sujet__in=self.sujets, numero=1).select_related("auteur")
        self.openings = {message.sujet_id: message for message in openings}
        show_titles(self.openings.values())

    @property
    def updated(self) -> datetime:
        return max(
            (sujet.dernier_message_le for sujet in self.sujets), default=datetime(2026, 1, 1, tzinfo=UTC)
        )

    @property
    def etag(self) -> str:
        """Changes with whatever the feed shows."""
        seen: list[object] = [self.titre, settings.SITE_URL]
        for sujet in self.sujets:
            message = self.openings.get(sujet.pk)
            seen += [
                sujet.pk,
                sujet.titre,
                sujet.dernier_message_le,
                sujet.nb_messages,
                sujet.auteur.nom_complet,
            ]
            seen += [
                message
                and (message.version, message.version_rendu, message.visible, sorted(message.titres or ()))
            ]
        return f'"{hashlib.sha256(repr(seen).encode("utf-8", "replace")).hexdigest()[:32]}"'

    def write(self) -> str:
        feed = _Atom(
            title=_xml(self.titre),
            link=settings.SITE_URL + self.adresse,
            description="",
            language="fr",
            feed_guid=_tag(self.identifiant),
            author_name=_xml(settings.SITE_NOM),
        )
        for sujet in self.sujets:
            feed.add_item(
                title=_xml(sujet.titre),
                link=settings.SITE_URL + sujet.get_absolute_url(),
                description=_xml(self._content(sujet)),
                author_name=_xml(f"{sujet.auteur.nom_complet}, {sujet.auteur.rattachement}".rstrip(", ")),
                pubdate=sujet.cree_le,
                updateddate=sujet.dernier_message_le,
                unique_id=_tag(f"sujet/{sujet.pk}"),
                categories=[_xml(sujet.get_genre_display())],
            )
        # A feed without entry has no date of its own, and Django would say « now » each time.
        feed.latest_post_date = lambda: self.updated  # type: ignore[method-assign]
        return feed.writeString("utf-8")

    def _content(self, sujet: Sujet) -> str:
        message = self.openings.get(sujet.pk)
        if message is None or not message.visible:
            html = "<p>Ce message a été retiré.</p>"
        elif len(message.html) > MAX_CONTENT:
            html = f"<p>{escape(plain_text(message.texte, 2_000))}</p>"
        else:
            # Clean already, as in the page; its addresses are the site's.
            html = _LOCAL.sub(rf' \1="{settings.SITE_URL}/', message.html)
        count = sujet.nb_reponses
        answers = "Pas encore de réponse." if not count else f"{count} réponse{'s' if count > 1 else ''}."
        return f"{html}<p>{answers}</p>"


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)


def _tag(name: str) -> str:
    """An identifier that lasts as long as the site's name, whatever its addresses become."""
    host = settings.SITE_URL.split("://", 1)[1].partition("/")[0].partition(":")[0]
    return f"tag:{host},{_YEAR}:{name}"
