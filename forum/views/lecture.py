"""Reading: lists, the page of a sujet, what arrives while it is open."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.notifications.actions import mark_all_read
from communautes.access import can_animate, can_write, get_readable
from communautes.presentation import community_context
from forum import actions
from forum.access import get_message, get_sujet, visible_sujets
from forum.forms import ReponseForm
from forum.models import Sujet
from forum.presentation import (
    lines,
    message_address,
    messages_after,
    pinned_sujets,
    rights,
    thread_page,
)
from forum.views.redaction import answer_context
from plateforme.socle.pagination import paginate


def liste(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    rows = (
        visible_sujets(request.user)
        .filter(communaute=communaute)
        .with_read_mark(request.user)
        .select_related("auteur__service", "auteur__territoire")
    )
    genre = request.GET.get("genre", "")
    epingles: list[Sujet] = []
    if genre in Sujet.Genre.values:
        rows = rows.filter(genre=genre)
    else:
        # They stand at the head of the first page, and nowhere else in the list.
        epingles = pinned_sujets(request.user, communaute)
        rows = rows.exclude(pk__in=[row.pk for row in epingles])
    page = paginate(
        rows,
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = community_context(request.user, communaute, "forum")
    context |= {"page": page, "genre": genre, "genres": Sujet.Genre.choices}
    context["epingles"] = epingles if page.precedente is None else []
    return render(request, "forum/liste.html", context)


def sujet(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    return sujet_page(request, found, None)


def sujet_page(
    request: HttpRequest, found: Sujet, form: ReponseForm | None, status: int = 200
) -> HttpResponse:
    """One page of a sujet; reading it is noted, and what was told of it is read too."""
    apres = _number(request.GET.get("apres"))
    context: dict[str, Any] = community_context(request.user, found.communaute, "forum")
    context |= thread_page(request.user, found, apres, write=context["peut_ecrire"])
    context["droits"] = rights(
        request.user, found, write=context["peut_ecrire"], animate=context["peut_animer"]
    )
    actions.mark_read(request.user, found, context["dernier_montre"])
    mark_all_read(request.user, fil=f"sujet.{found.pk}")
    if context["droits"].ecrire:
        context |= answer_context(request, found, form)
    context["brouillon_envoye"] = request.session.pop("brouillon_envoye", "")
    return render(request, "forum/sujet.html", context, status=status)


def nouveaux(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages after `?apres=`, for a page already open."""
    found = get_sujet(request.user, pk)
    rows = messages_after(found, _number(request.GET.get("apres")))
    if rows:
        actions.mark_read(request.user, found, rows[-1].numero)
    droits = rights(
        request.user,
        found,
        write=can_write(request.user, found.communaute),
        animate=can_animate(request.user, found.communaute),
    )
    context = {"lignes": lines(request.user, found, rows), "droits": droits, "sujet": found}
    return render(request, "forum/_messages.html", context)


@require_POST
def suivre(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    following = request.POST.get("suivre") == "oui"
    actions.set_following(request.user, found, following)
    messages.success(request, "Vous suivez ce sujet." if following else "Vous ne suivez plus ce sujet.")
    return redirect(found)


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """A message's lasting address leads to the page where it is now."""
    return redirect(message_address(get_message(request.user, pk)))


def non_lus(request: HttpRequest) -> HttpResponse:
    """What one has not read in one's communities."""
    page = paginate(
        visible_sujets(request.user)
        .filter(communaute__adhesions__agent=request.user)
        .unread_by(request.user)
        .with_author(),
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(request, "forum/non_lus.html", {"page": page})


def _number(text: str | None) -> int:
    """A message number from an address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
