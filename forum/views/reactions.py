"""Reacting to a message; having the same need as a question; who did."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from communautes.presentation import community_context
from forum import actions
from forum.access import get_awaited, get_message, get_sujet
from forum.models import MemeBesoin, Message, Reaction
from forum.pages import message_address
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.pagination import paginate


@require_http_methods(["GET", "HEAD", "POST"])
def reactions(request: HttpRequest, pk: int) -> HttpResponse:
    """Who reacted to a message, the latest first; or one's own reaction, sent there."""
    message = get_message(request.user, pk)
    if request.method == "POST":
        return _react(request, message)
    page = paginate(
        Reaction.objects.filter(message=message).select_related("agent__service", "agent__territoire"),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
        size=50,
    )
    context: dict[str, Any] = community_context(request.user, message.sujet.communaute, "forum")
    context |= {"sujet": message.sujet, "message": message, "page": page, "retour": message_address(message)}
    return render(request, "forum/reactions.html", context)


def _react(request: HttpRequest, message: Message) -> HttpResponse:
    """`reaction`: a kind, with `-` before it to take it back. Goes back to the message; to a script, the counts."""
    wanted = request.POST.get("reaction", "")
    try:
        counts = actions.set_reaction(
            request.user, message, wanted.removeprefix("-"), not wanted.startswith("-")
        )
    except ActionRefusee as error:
        return _refused(request, error, message_address(message))
    if _scripted(request):
        return JsonResponse(counts)
    return redirect(message_address(message))


@require_POST
def meme_besoin(request: HttpRequest, pk: int) -> HttpResponse:
    """`besoin`: `oui` or `non`."""
    found = get_sujet(request.user, pk)
    try:
        count = actions.set_meme_besoin(request.user, found, request.POST.get("besoin") != "non")
    except ActionRefusee as error:
        return _refused(request, error, found.get_absolute_url())
    if _scripted(request):
        return JsonResponse({"nombre": count})
    return redirect(found)


def memes_besoins(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has the same need: for who asked, and for the animation."""
    found = get_awaited(request.user, pk)
    page = paginate(
        MemeBesoin.objects.filter(sujet=found).select_related("agent__service", "agent__territoire"),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
        size=50,
    )
    context: dict[str, Any] = community_context(request.user, found.communaute, "forum")
    context |= {"sujet": found, "page": page}
    return render(request, "forum/memes_besoins.html", context)


def _scripted(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _refused(request: HttpRequest, error: ActionRefusee, address: str) -> HttpResponse:
    if _scripted(request):
        return JsonResponse(
            {"erreur": error.message}, status=429 if isinstance(error, TropDeDemandes) else 422
        )
    messages.error(request, error.message)
    return redirect(address)
