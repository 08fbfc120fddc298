"""The page of a sujet, for one reader: gathered in a few planned queries, put together from pieces."""

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from annuaire.models import Agent
from communautes.access import Situation
from communautes.presentation import COSMETIC, community_context
from forum.access import RESOLVABLE, ALire, get_sujet_to_read
from forum.composition import Rangee, compose, rows_after, rows_between, these_rows
from forum.lignes import Droits
from forum.models import Sujet
from forum.origines import origin_of_sujet
from forum.pages import Pages, bounds, last_page, number_address, page_of, pages_around
from forum.sondages import poll_view
from plateforme.socle.templatetags.socle import il_y_a

PARTICIPANTS = 8


def rights_of(agent: Agent, sujet: Sujet, situation: Situation, *, meme_besoin: bool) -> Droits:
    """What `agent` may do on the page of `sujet`. No query."""
    own = sujet.auteur_id == agent.pk
    write, animate = situation.peut_ecrire, situation.peut_animer and agent.is_active
    question = sujet.genre == Sujet.Genre.QUESTION
    return Droits(
        agent,
        ecrire=write and sujet.ouvert,
        animer=animate,
        accepter=question and (write if own else animate),
        resoudre=sujet.genre in RESOLVABLE and (animate or (write and own)),
        classer=animate or (write and own),
        noter=animate or (write and own),
        reagir=write,
        meme_besoin=meme_besoin if question and not own else None,
    )


def messages_after(request: HttpRequest, agent: Agent, read: ALire, numero: int) -> list[SafeString]:
    """The HTML of the messages after number `numero`, for a page already open. One query, and that of texts."""
    sujet, situation, lecture = read
    droits = rights_of(agent, sujet, situation, meme_besoin=lecture.meme_besoin)
    return compose(request, sujet, droits, rows_after(agent, sujet, numero))


def one_message(request: HttpRequest, agent: Agent, sujet: Sujet, pk: int, *, ancre: str) -> SafeString:
    """The HTML of one message of `sujet` as it is now. Two queries, and that of its text."""
    sujet, situation, lecture = get_sujet_to_read(agent, sujet.pk)
    droits = rights_of(agent, sujet, situation, meme_besoin=lecture.meme_besoin)
    return compose(request, sujet, droits, these_rows(agent, sujet, [pk]), ancre=ancre)[0]


def thread_context(request: HttpRequest, agent: Agent, read: ALire, page: int | None) -> dict[str, Any]:
    """One page of a sujet for `agent`; without `page`, the one where they go on reading.

    What templates draw beside the messages is in functions, called when the piece that shows it is not kept:
    `cle_sujet` is all that those pieces depend on, and `cle_page` all that the page depends on but its gaps.
    """
    sujet, situation, lecture = read
    pages = pages_around(sujet, min(page or _page_to_go_on(sujet, lecture.lu), last_page(sujet)))
    rows = rows_between(agent, sujet, *bounds(pages.page))
    droits = rights_of(agent, sujet, situation, meme_besoin=lecture.meme_besoin)
    accepted = these_rows(agent, sujet, [sujet.message_accepte_id]) if sujet.message_accepte_id else []
    opening = rows[:1] if rows and rows[0].numero == 1 else []
    messages = compose(request, sujet, droits, rows)
    repeated = bool(accepted and opening)
    where = progress(sujet, pages, rows, lecture.lu)
    community = community_context(agent, sujet.communaute, "forum", situation)
    head = (
        *sujet.cles, il_y_a(sujet.cree_le), il_y_a(sujet.dernier_message_le), droits.animer, droits.resoudre,
        droits.classer,
        # Names and places of participants are no columns of the sujet: new ones show within a minute.
        int(time.time() // COSMETIC),
    )  # fmt: skip
    return {
        **community,
        "sujet": sujet,
        "droits": droits,
        "fil": _thread(rows, messages, where["premier_non_lu"], skip=1 if repeated else None),
        "question_et_retenue": SafeString(
            "".join([messages[0], *compose(request, sujet, droits, accepted, ancre="retenue")])
        )
        if repeated
        else "",
        "origine": origin_of_sujet(agent, sujet),
        "motif_masque": opening[0].motif if opening and sujet.masque_le is not None else "",
        "pages": pages,
        "reprise": page is None,
        **where,
        "niveau": lecture.niveau,
        "prevenu": lecture.prevenu,
        "notifications_non_lues": lecture.non_lues,
        "reponse_commencee": lecture.brouillon,
        "cle_scripts": (droits.ecrire, sujet.genre),
        "participants": cache(lambda: _participants(sujet)),
        "sondage": _poll(agent, sujet, situation),
        "etiquettes": cache(lambda: list(sujet.etiquettes.all())),
        "expertises": cache(lambda: list(sujet.expertises.all()[:8])),
        "cle_sujet": head,
        "cle_page": (
            head, community["cle_banniere"], droits.ecrire, bool(situation.rappels_charte), pages.page, page is None,
            repeated,
            where["premier_montre"], where["dernier_montre"], where["complet"],
        )
        if _is_plain(sujet, situation)
        else None,
    }  # fmt: skip


def _is_plain(sujet: Sujet, situation: Situation) -> bool:
    """Whether the page has nothing of what few pages have, which its key does not tell."""
    return (
        sujet.genre != Sujet.Genre.SONDAGE
        and sujet.masque_le is None
        and not sujet.origine
        and situation.suspension is None
    )


def _thread(
    rows: Sequence[Rangee], messages: Sequence[SafeString], first_unread: int | None, *, skip: int | None
) -> SafeString:
    """The messages one after the other, a line before the one numbered `first_unread`; `skip`: shown already."""
    html: list[str] = []
    for row, message in zip(rows, messages, strict=True):
        if row.numero == first_unread:
            html.append(_unread_line())
        if row.numero != skip:
            html.append(message)
    return SafeString("".join(html))


@cache
def _unread_line() -> str:
    return str(render_to_string("forum/sujet/ligne_non_lus.html"))


def progress(sujet: Sujet, pages: Pages, messages: Sequence[Rangee], read: int) -> dict[str, Any]:
    """Where the reader is in the sujet, and what they have not read. `read`: their mark before this page.

    `dernier_montre` is what may be noted as read: numbers without a row any more (moved elsewhere) included.
    `premier_non_lu`: number of the message of this page under the line « Nouveaux messages », which is drawn
    for those who come back only. No query.
    """
    first, last = bounds(pages.page)
    shown = max(min(last, sujet.dernier_numero), messages[-1].numero if messages else 0)
    unread = next((message.numero for message in messages if message.visible and message.numero > read), None)
    back = read > 0 and read < sujet.dernier_visible
    if not back:
        go_on = ""
    elif unread is not None and first <= read + 1:
        go_on = "#premier-non-lu"
    else:
        go_on = number_address(sujet, read + 1)
    return {
        "lu": read,
        "premier_montre": messages[0].numero if messages else first,
        "dernier_montre": shown,
        "premier_non_lu": unread if back and first <= read + 1 else None,
        "adresse_non_lu": go_on,
        "adresse_debut": number_address(sujet, 1),
        "adresse_fin": number_address(sujet, max(sujet.dernier_visible, 1)),
        "complet": shown >= sujet.dernier_numero,
    }


def _page_to_go_on(sujet: Sujet, read: int) -> int:
    """The page of the first message not read, or of the last one read; the beginning for who comes first."""
    if not 0 < read < sujet.dernier_visible:
        return page_of(min(read, sujet.dernier_numero))
    following = sujet.messages.visible().filter(numero__gt=read).order_by("numero")
    return page_of(following.values_list("numero", flat=True).first() or read)


def _poll(agent: Agent, sujet: Sujet, situation: Situation) -> Any:
    if sujet.genre != Sujet.Genre.SONDAGE or not hasattr(sujet, "sondage"):
        return None
    return poll_view(agent, sujet.sondage, write=situation.peut_ecrire)


def _participants(sujet: Sujet) -> list[Agent]:
    people = Agent.objects.filter(messages__sujet=sujet).with_place().distinct()
    return list(people.order_by("pk")[:PARTICIPANTS])
