"""Voting in a poll. With htmx the answer is the poll alone; without, the page of its sujet."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from communautes.access import can_write
from forum import actions
from forum.access import get_sondage
from forum.models import Sondage
from forum.sondages import poll_view
from plateforme.socle.erreurs import ActionRefusee


def sondage(request: HttpRequest, pk: int) -> HttpResponse:
    """The poll as it is now, for a page already open."""
    return _poll(request, get_sondage(request.user, pk))


@require_POST
def voter(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = [int(value) for value in request.POST.getlist("choix") if value.isdecimal() and len(value) < 19]
    return _attempt(
        request, pk, lambda poll: actions.vote(request.user, poll, chosen), "Votre vote est compté."
    )


@require_POST
def retirer_vote(request: HttpRequest, pk: int) -> HttpResponse:
    return _attempt(
        request, pk, lambda poll: actions.withdraw_vote(request.user, poll), "Votre vote est retiré."
    )


@require_POST
def clore_sondage(request: HttpRequest, pk: int) -> HttpResponse:
    return _attempt(
        request, pk, lambda poll: actions.close_sondage(request.user, poll), "Le sondage est clos."
    )


def _attempt(request: HttpRequest, pk: int, action: Callable[[Sondage], object], done: str) -> HttpResponse:
    poll = get_sondage(request.user, pk)
    try:
        action(poll)
    except ActionRefusee as error:
        if request.htmx:
            return _poll(request, poll, refus=error.message)
        messages.error(request, error.message)
    else:
        if request.htmx:
            return _poll(request, get_sondage(request.user, pk), fait=done)
        messages.success(request, done)
    return redirect(poll.sujet)


def _poll(request: HttpRequest, poll: Sondage, **said: str) -> HttpResponse:
    view = poll_view(request.user, poll, write=can_write(request.user, poll.sujet.communaute))
    context: dict[str, Any] = {"sondage": view, "sujet": poll.sujet, **said}
    return render(request, "forum/sondage/sondage.html", context)
