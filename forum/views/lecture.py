"""Reading: lists, the page of a sujet, what arrives while it is open."""

from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from annuaire.notifications.access import back_to
from communautes.access import get_community_to_read
from communautes.models import Communaute
from communautes.presentation import community_context
from forum import actions
from forum.access import ALire, current_sujet, get_message, get_sujet, get_sujet_to_read, visible_sujets
from forum.filtres import Filtres, read_filters
from forum.forms import ReponseForm
from forum.listes import marking_to_undo, with_unread_counts
from forum.models import Sujet
from forum.page_sujet import messages_after, thread_context
from forum.pages import PAGE, message_address, number_address
from forum.presentation import first_since, pinned_sujets
from forum.rangs import compose_rows, forum_rows, reader_state
from forum.views.redaction import answer_context, empty_answer_context
from plateforme.socle.morceaux import page as assembled
from plateforme.socle.pagination import paginate

NIVEAUX_DITS = {
    "suivre": "Vous serez prévenu(e) de chaque message de ce sujet.",
    "normal": "Vous serez prévenu(e) quand on vous cite ou vous répond.",
    "sourdine": "Ce sujet est en sourdine : il ne vous enverra plus rien.",
}


def liste(request: HttpRequest, slug: str) -> HttpResponse:
    communaute, situation = get_community_to_read(request.user, slug)
    context = community_context(request.user, communaute, "forum", situation)
    context |= {"filtres": Filtres(), "genres": Sujet.Genre.choices, "ecoute": [communaute.pk]}
    if request.META["QUERY_STRING"]:
        context |= _narrowed(request, communaute)
    else:
        # What nearly everybody opens: the first page of all there is.
        rows, page = forum_rows(request.user, communaute)
        unread, undoable, _ = reader_state(request.user)
        context |= {
            "page": page,
            "rangs": compose_rows(request, rows),
            "marquage": marking_to_undo(request.user) if undoable else None,
            "notifications_non_lues": unread,
            "cle_page": ("forum", context["cle_banniere"], situation.peut_ecrire, bool(rows)),
        }
    return assembled(request, "forum/liste.html", context)


def _narrowed(request: HttpRequest, communaute: Communaute) -> dict[str, Any]:
    """The list of a forum as its address narrows it, or further pages of it."""
    rows = (
        visible_sujets(request.user)
        .filter(communaute=communaute)
        .with_read_mark(request.user)
        .select_related("auteur__service", "auteur__territoire")
    )
    filtres = read_filters(request.GET, communaute)
    rows = filtres.apply(rows)
    epingles: list[Sujet] = []
    if not filtres.actifs:
        # They stand at the head of the first page, and nowhere else in the list.
        epingles = pinned_sujets(request.user, communaute)
        rows = rows.exclude(pk__in=[row.pk for row in epingles])
    page = paginate(
        rows,
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return {
        "page": page,
        "sujets": with_unread_counts([*(epingles if page.precedente is None else []), *page.items]),
        "filtres": filtres,
        "marquage": marking_to_undo(request.user),
    }


def sujet(request: HttpRequest, pk: int) -> HttpResponse:
    read = get_sujet_to_read(request.user, pk)
    found = read.sujet
    if found.fusionne_dans_id is not None:
        return redirect(current_sujet(request.user, found))
    if "date" in request.GET:
        return _go_to_date(request, found)
    return _sujet_page(request, read, None)


def sujet_page(
    request: HttpRequest, found: Sujet, form: ReponseForm | None, status: int = 200
) -> HttpResponse:
    """The page of a sujet with a form that was refused."""
    return _sujet_page(request, get_sujet_to_read(request.user, found.pk), form, status)


def _sujet_page(
    request: HttpRequest, read: ALire, form: ReponseForm | None, status: int = 200
) -> HttpResponse:
    """One page of a sujet; reading it is noted, and what was told of it is read too."""
    found, page = read.sujet, _page(request)
    context = thread_context(request, request.user, read, page)
    # Most pages are read again: what is known already is not written again.
    if context["dernier_montre"] > context["lu"] or context["prevenu"]:
        actions.mark_read(request.user, found, context["dernier_montre"])
        if context["prevenu"]:
            # Counted before: the header counts again.
            del context["notifications_non_lues"]
    plain = form is None and request.META["QUERY_STRING"] in ("", f"page={page}")
    if context["droits"].ecrire and plain and not context["reponse_commencee"]:
        context |= empty_answer_context(found)
    elif context["droits"].ecrire:
        plain = False
        context |= answer_context(request, found, form)
    elif form is not None:
        # Refused: what was typed is shown to be copied.
        context["form"] = form
    if not plain:
        context["cle_page"] = None
    return assembled(request, "forum/sujet.html", context, status)


def nouveaux(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages after `?apres=`, for a page already open, which says by itself when they have been seen."""
    after = _number(request.GET.get("apres"))
    return HttpResponse(
        "".join(messages_after(request, request.user, get_sujet_to_read(request.user, pk), after))
    )


@require_POST
def niveau(request: HttpRequest, pk: int) -> HttpResponse:
    """How much of the sujet one wants to hear."""
    found = get_sujet(request.user, pk)
    wanted = request.POST.get("niveau", "")
    if wanted in NIVEAUX_DITS:
        actions.set_level(request.user, found, wanted)
        messages.success(request, NIVEAUX_DITS[wanted])
    return redirect(back_to(request, found.get_absolute_url()))


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """A message's lasting address leads to the page where it is now."""
    return redirect(message_address(get_message(request.user, pk)))


def _go_to_date(request: HttpRequest, found: Sujet) -> HttpResponse:
    """To the first message of a day or after it; to the last one when nobody wrote since."""
    try:
        day = date.fromisoformat(request.GET["date"])
        start = timezone.make_aware(datetime.combine(day, time.min))
    except (ValueError, OverflowError):
        messages.error(request, "Cette date ne se lit pas : écrivez-la ainsi, 2026-03-31.")
        return redirect(found)
    return redirect(number_address(found, first_since(found, start)))


def _page(request: HttpRequest) -> int | None:
    """The page asked for, None when none is. `?apres=20` is how pages were once called."""
    if "page" in request.GET:
        return max(_number(request.GET["page"]), 1)
    return _number(request.GET["apres"]) // PAGE + 1 if "apres" in request.GET else None


def _number(text: str | None) -> int:
    """A message number from an address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
