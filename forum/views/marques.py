"""Marking read and unread, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from communautes.access import get_readable
from forum import actions
from forum.access import get_message, get_sujet
from plateforme.socle.erreurs import ActionRefusee

NOTHING = "Il n’y avait rien de nouveau à marquer."


@require_POST
def lu(request: HttpRequest, pk: int) -> HttpResponse:
    """With a `numero`: what an open page has shown. Without: the whole sujet, from a list."""
    found = get_sujet(request.user, pk)
    numero = request.POST.get("numero", "")
    if numero:
        if numero.isascii() and numero.isdigit() and len(numero) < 9:
            actions.mark_read(request.user, found, int(numero))
        return HttpResponse(status=204)
    if not actions.mark_sujet_read(request.user, found):
        messages.info(request, NOTHING)
    return _back(request)


@require_POST
def communaute_lue(request: HttpRequest, slug: str) -> HttpResponse:
    if not actions.mark_communaute_read(request.user, get_readable(request.user, slug)):
        messages.info(request, NOTHING)
    return _back(request)


@require_POST
def tout_lu(request: HttpRequest) -> HttpResponse:
    if not actions.mark_everything_read(request.user):
        messages.info(request, NOTHING)
    return _back(request)


@require_POST
def annuler(request: HttpRequest) -> HttpResponse:
    try:
        actions.undo_marking(request.user)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Vos sujets à lire sont revenus.")
    return _back(request)


@require_POST
def non_lu(request: HttpRequest, pk: int) -> HttpResponse:
    """From this message on. Back to the list: opening the sujet again would read it."""
    message = get_message(request.user, pk)
    actions.mark_unread_from(request.user, message)
    messages.success(
        request, f"« {message.sujet.titre} » vous attend, à partir du message nº\u00a0{message.numero}."
    )
    return redirect("forum:liste", message.sujet.communaute.slug)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list where the button was."""
    where = request.POST.get("retour", "")
    if url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        return redirect(where)
    return redirect("forum:non-lus")
