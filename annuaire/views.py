"""Pages of the directory: the search, and what is one's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.access import get_session, require_directory
from annuaire.actions import end_session
from annuaire.trouver.criteres import read
from annuaire.trouver.presentation import search_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

EXEMPLES = (
    "Busage d’un cours d’eau",
    "Qui connaît la DETR en Lozère ?",
    "Hébergement d’urgence et expulsion locative",
)


def recherche(request: HttpRequest) -> HttpResponse:
    """Who knows about this, near me?"""
    require_directory(request.user)
    criteres = read(request.GET)
    context = {"question": criteres.q, "exemples": EXEMPLES}
    status = 200
    if criteres.q:
        try:
            check_limit("recherche", request.user.pk)
            context |= search_context(request.user, criteres, _page(request.GET.get("page", "")))
        except ActionRefusee as error:
            context["refus"], status = error.message, 429
    return render(request, "annuaire/recherche.html", context, status=status)


def _page(asked: str) -> int:
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1


@require_POST
def fermer_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of one's own sessions on another device."""
    end_session(request.user, get_session(request.user, pk))
    messages.success(request, "La session est fermée.")
    return redirect("usersessions_list")


def moi(request: HttpRequest) -> HttpResponse:
    return redirect(request.user.get_absolute_url())
