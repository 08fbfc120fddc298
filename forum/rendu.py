"""From what a person wrote in a community's forum to what all its readers will see."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from annuaire.identifiants import ANIMATEURS
from annuaire.mentions import resolve_mentions
from annuaire.models import Agent
from communautes.access import readers_of
from communautes.models import Adhesion, Communaute
from forum.liens import Resolution, resolve_links
from forum.models import PieceJointe
from plateforme.socle.texte import (
    MAX_MENTIONS,
    Mention,
    Taille,
    extract_mentions,
    extract_references,
    render_markdown,
)

_PIECE = re.compile(r"/pieces/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?!retirer)")
MAX_PIECES_CITED = 100


@dataclass(frozen=True, slots=True)
class Rendu:
    """A text ready to be shown, and stored with its `renvois` (`actions.rendus.keep_titles`).

    `absents` are the handles it calls that stay text.
    """

    html: SafeString
    absents: list[str]
    renvois: Resolution


def render_text(texte: str, communaute: Communaute, *, prefixe: str = "") -> Rendu:
    """Render a text written in the forum of `communaute`: the one way, for messages and their preview.

    Mentioned people are linked when they may read the community, addresses of ours are shown by their titles
    (`forum.liens`), images keep their place. At most eight queries, none for a plain text.
    """
    references = extract_references(texte)
    handles = references.mentions[:MAX_MENTIONS]
    mentions = forum_mentions(handles, communaute)
    found = resolve_links(references.liens, communaute)
    html = render_markdown(
        texte,
        mentions=mentions,
        liens=found.liens,
        tailles=_image_sizes(references.images, communaute) if references.images else {},
        prefixe=prefixe,
    )
    return Rendu(html, [handle for handle in handles if handle not in mentions], found)


def forum_mentions(handles: Collection[str], communaute: Communaute) -> dict[str, Mention]:
    """Those of `handles` that call somebody here: readers of `communaute`, or « animateurs », who animate it."""
    if not handles:
        return {}
    mentions = resolve_mentions(handles, readers_of(communaute))
    if ANIMATEURS in handles:
        page = reverse("communautes:membres", args=[communaute.slug])
        mentions[ANIMATEURS] = Mention(url=page, nom=ANIMATEURS)
    return mentions


def mentioned_agents(texte: str, communaute: Communaute) -> list[Agent]:
    """The people whom a text calls and who may read `communaute` at this moment, `@animateurs` included."""
    handles = extract_mentions(texte)[:MAX_MENTIONS]
    if not handles:
        return []
    people = {agent.pk: agent for agent in readers_of(communaute).filter(identifiant__in=handles)}
    if ANIMATEURS in handles:
        leaders = Agent.objects.active().filter(
            adhesions__communaute=communaute, adhesions__role=Adhesion.Role.ANIMATEUR
        )
        people |= {agent.pk: agent for agent in leaders}
    return list(people.values())


def cited_pieces(texte: str) -> list[UUID]:
    """The attachments whose addresses a text holds, each once, in order; at most `MAX_PIECES_CITED`."""
    found = dict.fromkeys(_PIECE.findall(texte))
    return [UUID(text) for text in list(found)[:MAX_PIECES_CITED]]


def _image_sizes(addresses: Collection[str], communaute: Communaute) -> dict[str, Taille]:
    """The sizes of the attached images among `addresses`, so that the page does not move when they load."""
    by_piece = {match[1]: address for address in addresses if (match := _PIECE.search(address))}
    rows = PieceJointe.objects.filter(pk__in=by_piece, communaute=communaute, largeur__isnull=False)
    return {by_piece[str(row.pk)]: Taille(row.largeur or 1, row.hauteur or 1) for row in rows}
