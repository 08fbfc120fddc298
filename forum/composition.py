"""The messages of a page, put together from pieces rendered once for each state of a message.

A loop of templates over twenty messages takes longer than all the rest of a page. Here one planned query gives, for each
message, all that its HTML depends on but the text itself: the row's columns, its author's, and the reader's own state.
That tuple is the key of the piece (`plateforme.socle.morceaux`), so that a message changed, thanked or hidden, or whose
author moved, is another piece. The text, which the column `version` stands for, is read for missing pieces only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from annuaire.models import Agent, Service, Territoire
from forum.access import UNDO
from forum.lignes import Droits, Ligne, is_listed
from forum.models import Message, PieceJointe, Sujet
from forum.models.renvois import TITLES, addresses
from plateforme.socle.morceaux import piece
from plateforme.socle.requetes import fetch
from plateforme.socle.templatetags.socle import said_at

# What the columns do not tell of a message, the reader's own state first, as SQL on `m` and `%(agent)s`: name of a field of `Ligne` → expression.
ETAT = {
    "reactions": "ARRAY(SELECT r.genre FROM forum_reaction r"
    " WHERE r.message_id = m.id AND r.agent_id = %(agent)s ORDER BY r.genre)::text[]",
    "favori": "EXISTS(SELECT 1 FROM forum_favori f"
    " WHERE f.agent_id = %(agent)s AND f.message_id = m.id AND f.retire_le IS NULL)",
    # Its files: the same for all readers, but no column of the message tells of them.
    "pieces": "ARRAY(SELECT p.id::text FROM forum_piecejointe p"
    " WHERE p.message_id = m.id ORDER BY p.cree_le, p.id)",
    # Titles of what it cites that may be shown today; they too come from elsewhere than its own row.
    "titres": TITLES.format(message="m.id", lieu="%(communaute)s", labo="%(labo)s"),
}
# How many times a page is read again when a message changes while it is being read.
PATIENCE = 5
# Messages brought at once to a page already open.
BRANCH = 50
# No message has a greater number: the column's bound.
GREATEST = 2**31 - 1
_TEXTS = {"texte", "html_stocke", "recherche"}
_MESSAGE = [field.attname for field in Message._meta.concrete_fields if field.attname not in _TEXTS]
# What is shown of an author, and nothing else: a person who signs in must not change all their messages.
_SHOWN = {
    "id",
    "identifiant",
    "prenom",
    "nom",
    "fonction",
    "organisme",
    "partenaire",
    "is_active",
    "email",
    "photo",
}
# `from_db` takes values in the order of the model's fields.
AUTEUR = [field.attname for field in Agent._meta.concrete_fields if field.attname in _SHOWN]
_WHOLE = [field.attname for field in Message._meta.concrete_fields if field.attname != "recherche"]
_SQL = (
    f"SELECT {', '.join(f'm.{name}' for name in _MESSAGE)}, {', '.join(f'a.{name}' for name in AUTEUR)},"  # noqa: S608  (names of our own columns)
    f" s.nom, t.nom, {', '.join(ETAT.values())}"
    " FROM forum_message m JOIN annuaire_agent a ON a.id = m.auteur_id"
    " LEFT JOIN annuaire_service s ON s.id = a.service_id"
    " LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id WHERE "
)
_BETWEEN = (
    _SQL
    + "m.sujet_id = %(sujet)s AND m.numero BETWEEN %(premier)s AND %(dernier)s ORDER BY m.numero LIMIT %(limite)s"
)
_THESE = _SQL + "m.sujet_id = %(sujet)s AND m.id = ANY(%(messages)s) ORDER BY m.numero"
_AUTHOR_AT = len(_MESSAGE)
_STATE_AT = _AUTHOR_AT + len(AUTEUR) + 2
_DATES = [index for index, name in enumerate(_MESSAGE) if name.endswith("_le")]
_AT = {name: index for index, name in enumerate(_MESSAGE)}


@dataclass(slots=True)
class Rangee:
    """One message of a page, not rendered yet: the query's row, read through the few names that pages ask for."""

    row: tuple[Any, ...]

    @property
    def pk(self) -> int:
        return int(self.row[_AT["id"]])

    @property
    def numero(self) -> int:
        return int(self.row[_AT["numero"]])

    @property
    def motif(self) -> str:
        """Why the animation hid it."""
        return str(self.row[_AT["motif_moderation"]])

    @property
    def visible(self) -> bool:
        return self.row[_AT["supprime_le"]] is None and self.row[_AT["masque_le"]] is None


def rows_between(agent: Agent, sujet: Sujet, first: int, last: int) -> list[Rangee]:
    """The messages of `sujet` numbered `first` to `last`, in order, as `agent` sees them. One query."""
    return _rows(agent, sujet, first, last, last - first + 1)


def rows_after(agent: Agent, sujet: Sujet, numero: int, limit: int = BRANCH) -> list[Rangee]:
    """The messages of `sujet` that follow number `numero`, in order. One query."""
    return _rows(agent, sujet, numero + 1, GREATEST, limit)


def _rows(agent: Agent, sujet: Sujet, first: int, last: int, limit: int) -> list[Rangee]:
    values = {**_who_and_where(agent, sujet), "premier": first, "dernier": last, "limite": limit}
    return [Rangee(row) for row in fetch(_BETWEEN, values)]


def these_rows(agent: Agent, sujet: Sujet, messages: Sequence[int]) -> list[Rangee]:
    """The messages of `sujet` with these numbers in the database, in order. One query."""
    values = {**_who_and_where(agent, sujet), "messages": list(messages)}
    return [Rangee(row) for row in fetch(_THESE, values)]


def _who_and_where(agent: Agent, sujet: Sujet) -> dict[str, Any]:
    return {
        "agent": agent.pk,
        "sujet": sujet.pk,
        "communaute": sujet.communaute_id,
        "labo": sujet.communaute.est_laboratoire,
    }


def compose(
    request: HttpRequest, sujet: Sujet, droits: Droits, rows: Sequence[Rangee], *, ancre: str = "message"
) -> list[SafeString]:
    """The HTML of each of `rows`. `ancre` starts the anchor of each: « message » or « retenue ».

    One query for the texts of the pieces that are missing, none when there is none.
    """
    common, now, reader = _common_key(sujet, droits), timezone.localtime(), droits.lecteur.pk
    opening = (droits.meme_besoin, sujet.nb_memes_besoins)
    for _ in range(PATIENCE):
        # Read together, and at the first message whose piece is missing.
        known = cache(partial(_lines_by_pk, droits.lecteur, sujet, rows))
        try:
            return [
                piece(
                    request,
                    ("message", ancre, _key(row.row, common, sujet.message_accepte_id, reader, now, opening)),
                    partial(_render, request, sujet, droits, known, row.pk, ancre),
                )
                for row in rows
            ]
        except _Changed:
            rows = these_rows(droits.lecteur, sujet, [row.pk for row in rows])
    raise RuntimeError("messages change faster than they can be read")


def lines(agent: Agent, sujet: Sujet, rows: Sequence[Rangee]) -> list[Ligne]:
    """The same messages as the template `forum/message/message.html` takes them. One query, for the texts.

    Those edited since `rows` were read are left out: a text must not be taken for another version of itself.
    """
    texts = _texts([row.pk for row in rows])
    return [
        _line(sujet, agent.pk, row, text)
        for row in rows
        if (text := texts.get(row.pk)) is not None
        and text[:2] == (row.row[_AT["version"]], row.row[_AT["version_rendu"]])
    ]


def _lines_by_pk(agent: Agent, sujet: Sujet, rows: Sequence[Rangee]) -> dict[int, Ligne]:
    return {line.message.pk: line for line in lines(agent, sujet, rows)}


def _common_key(sujet: Sujet, droits: Droits) -> tuple[Any, ...]:
    """What the HTML of all messages of a page depends on."""
    rights = [
        getattr(droits, field.name)
        for field in fields(droits)
        if field.name not in {"lecteur", "meme_besoin"}
    ]
    return (*rights, sujet.genre, sujet.ouvert, sujet.communaute_id)


def _key(
    values: tuple[Any, ...],
    common: tuple[Any, ...],
    accepted: int | None,
    reader: int,
    now: datetime,
    opening: Any,
) -> tuple[Any, ...]:
    """All that the HTML of a message depends on. Dates also as they are said today.

    `opening`: what the first message of a sujet says beside, whatever it is.
    """
    said = [said_at(values[index], now) for index in _DATES if values[index] is not None]
    withdrawn = values[_AT["supprime_le"]]
    if withdrawn is not None:
        # The author's change of mind is offered for a time.
        said.append(str(now - withdrawn < UNDO))
    state = [tuple(value) if isinstance(value, list) else value for value in values[_STATE_AT:]]
    return (
        values[:_STATE_AT], *state, *said, common, opening if values[_AT["numero"]] == 1 else None,
        reader == values[_AT["auteur_id"]], accepted == values[_AT["id"]],
    )  # fmt: skip


class _Changed(Exception):
    """A message was edited between the reading of its state and that of its text."""


def _render(
    request: HttpRequest,
    sujet: Sujet,
    droits: Droits,
    known: Callable[[], dict[int, Ligne]],
    pk: int,
    ancre: str,
) -> str:
    line = known().get(pk)
    if line is None:
        raise _Changed
    context = {"ligne": line, "droits": droits, "sujet": sujet, "ancre": ancre}
    html: str = _template().render(context, request)
    return html


@cache
def _template() -> Any:
    return get_template("forum/message/message.html")


# Version, version of the renderer, source, HTML.
Texte = tuple[int, int, str, str]


def _texts(messages: list[int]) -> dict[int, Texte]:
    rows = fetch(
        "SELECT id, version, version_rendu, texte, html FROM forum_message WHERE id = ANY(%s)", [messages]
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def author_of(values: Sequence[Any]) -> Agent:
    """Who wrote something: the columns of `AUTEUR`, then the names of their service and of their territory."""
    *own, service, territoire = values
    auteur: Agent = Agent.from_db(connection.alias, AUTEUR, own)
    auteur.service = Service(nom=service) if service is not None else None
    auteur.territoire = Territoire(nom=territoire) if territoire is not None else None
    return auteur


def _line(sujet: Sujet, reader: int, row: Rangee, text: Texte) -> Ligne:
    values = row.row
    auteur = author_of(values[_AUTHOR_AT:_STATE_AT])
    whole = {**dict(zip(_MESSAGE, values, strict=False)), "texte": text[2], "html_stocke": text[3]}
    message = Message.from_db(connection.alias, _WHOLE, [whole[name] for name in _WHOLE])
    message.auteur, message.sujet = auteur, sujet
    state = dict(zip(ETAT, values[_STATE_AT:], strict=True))
    message.titres = addresses(state.pop("titres"))
    pieces = state.pop("pieces")
    if pieces:
        files = PieceJointe.objects.filter(pk__in=pieces).order_by("cree_le", "pk")
        pieces = [piece for piece in files if is_listed(piece, message.texte)]
    state = {name: frozenset(value) if isinstance(value, list) else value for name, value in state.items()}
    return Ligne(
        message=message,
        accepte=message.pk == sujet.message_accepte_id,
        mien=message.auteur_id == reader,
        pieces=pieces,
        **state,
    )
