"""Pages of the directory: the search, and what is one's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.access import get_session, require_directory
from annuaire.actions import end_session
from annuaire.forms import territoires_by_region
from annuaire.question import MAX_QUERY
from annuaire.recherche import search_agents
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

EXEMPLES = (
    "Busage d’un cours d’eau",
    "Qui connaît la DETR en Lozère ?",
    "Hébergement d’urgence et expulsion locative",
)
# Shown after those who answer, when they are few.
RELAIS = 5


def recherche(request: HttpRequest) -> HttpResponse:
    """Who knows about this, near me?"""
    require_directory(request.user)
    question = request.GET.get("q", "").strip()[:MAX_QUERY]
    territoire = request.GET.get("territoire", "")[:4]
    context = {
        "question": question,
        "territoire": territoire,
        "territoires": territoires_by_region(),
        "exemples": EXEMPLES,
        "resultats": [],
    }
    status = 200
    if question:
        try:
            check_limit("recherche", request.user.pk)
            found = search_agents(request.user, question, territoire=territoire, relais=RELAIS)
            context["resultats"] = [row for row in found if not row.relais]
            context["relais"] = [row for row in found if row.relais]
        except ActionRefusee as error:
            context["refus"], status = error.message, 429
    return render(request, "annuaire/recherche.html", context, status=status)


@require_POST
def fermer_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of one's own sessions on another device."""
    end_session(request.user, get_session(request.user, pk))
    messages.success(request, "La session est fermée.")
    return redirect("usersessions_list")


def moi(request: HttpRequest) -> HttpResponse:
    return redirect(request.user.get_absolute_url())
