"""Changing the state of a sujet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from forum import actions
from forum.access import get_sujet
from plateforme.socle.erreurs import ActionRefusee

# What the buttons of templates/forum/sujet/etats.html say, the action, and what is answered.
ETATS = {
    "epingler": (actions.pin_sujet, "Le sujet est épinglé en tête de la liste."),
    "desepingler": (actions.unpin_sujet, "Le sujet n’est plus épinglé."),
    "resoudre": (actions.resolve_sujet, "Le sujet est marqué comme résolu."),
    "relancer": (actions.unresolve_sujet, "Le sujet n’est plus marqué comme résolu."),
    "fermer": (actions.close_sujet, "Le sujet est fermé : il ne reçoit plus de réponses."),
    "rouvrir": (actions.reopen_sujet, "Le sujet est rouvert."),
    "archiver": (actions.archive_sujet, "Le sujet est archivé."),
    "desarchiver": (actions.unarchive_sujet, "Le sujet est sorti des archives."),
}


@require_http_methods(["GET", "POST"])
def etat(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a state; asked for by GET, the states as they are now, for a page already open."""
    found = get_sujet(request.user, pk)
    if request.method == "GET":
        return render(request, "forum/sujet/badges.html", {"sujet": found})
    action, done = ETATS.get(request.POST.get("etat", ""), (None, ""))
    if action is None:
        messages.error(request, "Choisissez ce que vous voulez faire de ce sujet.")
        return redirect(found)
    reason = {"motif": request.POST.get("motif", "")} if action is actions.close_sujet else {}
    try:
        action(request.user, found, **reason)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(found)
