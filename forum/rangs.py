"""The rows of the lists that are read most, put together from pieces as messages are (`forum.composition`).

One planned query gives, for each sujet, all that its row shows, the reader's own mark included: that tuple is the key of
the piece. Models are built for the pieces that are missing only.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from annuaire.models import Agent
from annuaire.notifications.access import UNREAD
from communautes.models import Communaute
from forum.actions.etats import MAX_EPINGLES
from forum.composition import AUTEUR, author_of
from forum.listes import MOST_COUNTED, UNDO_OFFERED
from forum.models import Sujet
from plateforme.socle.morceaux import piece
from plateforme.socle.pagination import Page, mark_after
from plateforme.socle.requetes import fetch
from plateforme.socle.templatetags.socle import said_at

PAGE = 20
_SUJET = [
    field.attname
    for field in Sujet._meta.concrete_fields
    if field.attname not in {"recherche", "cree_le", "masque_le", "fusionne_dans_id"}
]
_COMMUNAUTE = [
    field.attname for field in Communaute._meta.concrete_fields if field.attname in {"id", "nom", "slug"}
]
_AT = {name: index for index, name in enumerate(_SUJET)}
_AUTHOR_AT = len(_SUJET)
_COMMUNITY_AT = _AUTHOR_AT + len(AUTEUR) + 2
_STATE_AT = _COMMUNITY_AT + len(_COMMUNAUTE)
# Messages beyond the reader's mark: the numbers tell while none was ever taken away, as in `with_unread_counts`.
_UNREAD_COUNT = (
    "CASE WHEN s.dernier_visible <= coalesce(l.dernier_numero, 0) THEN 0"  # noqa: S608  (constants)
    f" WHEN s.nb_messages = s.dernier_numero THEN least(s.dernier_numero - coalesce(l.dernier_numero, 0), {MOST_COUNTED})"
    " ELSE (SELECT count(*) FROM (SELECT 1 FROM forum_message m WHERE m.sujet_id = s.id"
    " AND m.numero > coalesce(l.dernier_numero, 0) AND m.supprime_le IS NULL AND m.masque_le IS NULL"
    f" LIMIT {MOST_COUNTED}) vus) END"
)
_SELECT = (
    f"SELECT {', '.join(f's.{name}' for name in _SUJET)}, {', '.join(f'a.{name}' for name in AUTEUR)},"
    f" sv.nom, t.nom, {', '.join(f'c.{name}' for name in _COMMUNAUTE)},"
    f" coalesce(l.dernier_numero, 0) > 0, {_UNREAD_COUNT}"
)
_JOINS = (
    " JOIN communautes_communaute c ON c.id = s.communaute_id"
    " JOIN annuaire_agent a ON a.id = s.auteur_id"
    " LEFT JOIN annuaire_service sv ON sv.id = a.service_id"
    " LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id"
    " LEFT JOIN forum_lecturesujet l ON l.sujet_id = s.id AND l.agent_id = %(agent)s"
)
_LISTED = "masque_le IS NULL AND fusionne_dans_id IS NULL"
_PINNED = (
    f"{_SELECT} FROM (SELECT * FROM forum_sujet WHERE communaute_id = %(communaute)s AND epingle_le IS NOT NULL"  # noqa: S608
    f" AND {_LISTED} ORDER BY epingle_le DESC, id DESC LIMIT {MAX_EPINGLES}) s{_JOINS}"
    " ORDER BY s.epingle_le DESC, s.id DESC"
)
_FIRST = (
    f"{_SELECT} FROM (SELECT * FROM forum_sujet WHERE communaute_id = %(communaute)s AND {_LISTED}"  # noqa: S608
    " AND id <> ALL(%(epingles)s)"
    f" ORDER BY dernier_message_le DESC, id DESC LIMIT {PAGE + 1}) s{_JOINS}"
    " ORDER BY s.dernier_message_le DESC, s.id DESC"
)
# By community first: each is read along its index as far as the page needs, however much there is to read.
_TO_READ = (
    f"{_SELECT} FROM communautes_adhesion ad"  # noqa: S608
    " CROSS JOIN LATERAL (SELECT su.* FROM forum_sujet su LEFT JOIN forum_lecturesujet lu ON lu.sujet_id = su.id"
    " AND lu.agent_id = %(agent)s WHERE su.communaute_id = ad.communaute_id"
    " AND su.masque_le IS NULL AND su.fusionne_dans_id IS NULL"
    " AND su.dernier_visible > coalesce(lu.dernier_numero, 0)"
    f" ORDER BY su.dernier_message_le DESC, su.id DESC LIMIT {PAGE + 1}) s{_JOINS}"
    f" WHERE ad.agent_id = %(agent)s ORDER BY s.dernier_message_le DESC, s.id DESC LIMIT {PAGE + 1}"
)
_READER = (
    f"SELECT (SELECT count(*) FROM ({UNREAD}) non_lues),"  # noqa: S608  (constants)
    " EXISTS (SELECT 1 FROM forum_marquagelu WHERE agent_id = %(agent)s AND fait_le > %(depuis)s),"
    " ARRAY(SELECT communaute_id FROM communautes_adhesion WHERE agent_id = %(agent)s LIMIT %(suivies)s)"
)

Rang = tuple[Any, ...]


def forum_rows(agent: Agent, communaute: Communaute) -> tuple[list[Rang], Page[Sujet]]:
    """The first page of the list of a forum that `agent` may read, its pinned sujets first. Two queries.

    The page that comes with the rows has marks only, no items.
    """
    values = {"agent": agent.pk, "communaute": communaute.pk}
    pinned = fetch(_PINNED, values)
    rows = fetch(_FIRST, {**values, "epingles": [row[_AT["id"]] for row in pinned]})
    return [*pinned, *rows[:PAGE]], _page(rows)


def unread_rows(agent: Agent) -> tuple[list[Rang], Page[Sujet]]:
    """The first page of what `agent` has not read in their communities. One query."""
    rows = fetch(_TO_READ, {"agent": agent.pk})
    return rows[:PAGE], _page(rows)


def reader_state(agent: Agent, *, heard: int = 0) -> tuple[int, bool, list[int]]:
    """Unread notifications, whether a marking may still be undone, and up to `heard` communities. One query."""
    values = {"agent": agent.pk, "depuis": timezone.now() - UNDO_OFFERED, "suivies": heard}
    return fetch(_READER, values)[0]  # type: ignore[return-value]


def compose_rows(
    request: HttpRequest, rows: Sequence[Rang], *, avec_communaute: bool = False, marquer: bool = False
) -> SafeString:
    """The HTML of `rows`. `avec_communaute` names each one's community; `marquer`: with « Marquer comme lu »."""
    now = timezone.localtime()
    return SafeString(
        "".join(
            piece(
                request,
                ("rang", row, said_at(row[_AT["dernier_message_le"]], now), avec_communaute, marquer),
                partial(_render, request, row, avec_communaute, marquer),
            )
            for row in rows
        )
    )


def _page(rows: Sequence[Rang]) -> Page[Sujet]:
    if len(rows) <= PAGE:
        return Page([], None, None)
    last = rows[PAGE - 1]
    moment: datetime = last[_AT["dernier_message_le"]]
    return Page([], mark_after([moment, last[_AT["id"]]]), None)


def _render(request: HttpRequest, row: Rang, avec_communaute: bool, marquer: bool) -> str:
    alias = connection.alias
    sujet: Sujet = Sujet.from_db(alias, _SUJET, row[:_AUTHOR_AT])
    sujet.auteur = author_of(row[_AUTHOR_AT:_COMMUNITY_AT])
    sujet.communaute = Communaute.from_db(alias, _COMMUNAUTE, row[_COMMUNITY_AT:_STATE_AT])
    sujet.lu, sujet.non_lus = row[_STATE_AT:]
    context = {
        "sujet": sujet,
        "non_lu": sujet.non_lus,
        "avec_communaute": avec_communaute,
        "marquer": marquer,
    }
    return str(_template().render(context, request))


@cache
def _template() -> Any:
    return get_template("forum/_rang.html")
