"""The versions of a message, what changed between two of them; withdrawing a message and putting it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from communautes.presentation import community_context
from forum import actions
from forum.access import can_delete, can_edit, can_undelete, get_message_history, get_own_withdrawn
from forum.actions.edition import VersionDepassee
from forum.historique import comparison, history
from forum.models import Message
from forum.pages import message_address
from plateforme.socle.erreurs import ActionRefusee


def historique(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions, and what changed from `?de=` to `?a=`, or with the latest change."""
    message = get_message_history(request.user, pk)
    context: dict[str, Any] = community_context(request.user, message.sujet.communaute, "forum")
    a = _number(request.GET.get("a")) or message.version
    de = _number(request.GET.get("de")) or max(a - 1, 1)
    context |= history(message, _number(request.GET.get("avant")))
    context |= {
        "message": message,
        "sujet": message.sujet,
        "retour": message_address(message),
        "comparaison": comparison(message, de, a) if de != a else None,
        "demande": de != a,
        "de": de,
        "a": a,
        "peut_modifier": can_edit(request.user, message),
        "titres": list(message.sujet.versions_titre.select_related("auteur").order_by("-pk")[:20])
        if message.numero == 1
        else [],
    }
    return render(request, "forum/historique.html", context)


@require_POST
def retablir_version(request: HttpRequest, pk: int) -> HttpResponse:
    """`numero`: the version that becomes the current text again; `version`: what the page showed as current."""
    message = get_message_history(request.user, pk)
    try:
        actions.restore_version(
            request.user,
            message,
            _number(request.POST.get("numero")),
            version=_number(request.POST.get("version")),
        )
    except VersionDepassee:
        messages.error(
            request,
            "Ce message vient d’être modifié : regardez ce qui a changé avant de rétablir une version.",
        )
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "La version choisie est de nouveau le texte du message.")
        return redirect(message_address(message))
    return redirect("forum:historique", message.pk)


@require_POST
def effacer_version(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_message_history(request.user, pk)
    try:
        actions.purge_version(
            request.user, message, _number(request.POST.get("numero")), request.POST.get("motif", "")
        )
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Le texte de cette version est effacé pour de bon.")
    return redirect("forum:historique", message.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before deleting one's own message; once done, the same address offers to undo it."""
    message = get_own_withdrawn(request.user, pk)
    if not can_delete(request.user, message):
        raise PermissionDenied("Seule la personne qui a écrit ce message peut le supprimer.")
    if request.method != "POST":
        return _deletion_page(request, message)
    try:
        actions.delete_message(request.user, message)
    except ActionRefusee as error:
        return _deletion_page(request, message, error.message)
    if message.numero == 1:
        return redirect("forum:supprimer", message.pk)
    messages.success(request, "Votre message est supprimé. Vous pouvez encore annuler pendant 24 heures.")
    return redirect(message_address(message))


def _deletion_page(request: HttpRequest, message: Message, erreur: str = "") -> HttpResponse:
    context: dict[str, Any] = community_context(request.user, message.sujet.communaute, "forum")
    context |= {
        "message": message,
        "sujet": message.sujet,
        "retour": message_address(message),
        "annulable": can_undelete(request.user, message),
        "erreur": erreur,
    }
    return render(request, "forum/supprimer.html", context, status=422 if erreur else 200)


@require_POST
def retablir(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_own_withdrawn(request.user, pk)
    if actions.undelete_message(request.user, message):
        messages.success(request, "Le message est rétabli.")
    return redirect(message_address(message))


def _number(text: str | None) -> int:
    """A number of version from an address or a form; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
