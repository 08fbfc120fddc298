"""What is known of somebody's contributions: for others, what they may read; for oneself, all of it, to hide or show."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.access import get_agent
from annuaire.preuves.access import get_own_source
from annuaire.preuves.actions import set_hidden
from annuaire.preuves.presentation import contributions_of
from plateforme.socle.erreurs import ActionRefusee


def contributions(request: HttpRequest, identifiant: str) -> HttpResponse:
    """`?q=`: those that answer a question, as the directory's search counted them."""
    agent = get_agent(request.user, identifiant)
    question = request.GET.get("q", "").strip()[:200]
    context = {
        "agent": agent,
        "question": question,
        "contributions": contributions_of(request.user, agent, question),
        "est_moi": agent == request.user,
    }
    return render(request, "annuaire/contributions.html", context)


@require_POST
def masquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a contribution of one's own, or show it again. `masquer`: `oui` or `non`."""
    hidden = request.POST.get("masquer") == "oui"
    try:
        set_hidden(request.user, get_own_source(request.user, pk), hidden)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            "Cette contribution ne sert plus à vous trouver."
            if hidden
            else "Cette contribution se voit de nouveau.",
        )
    return redirect("annuaire:contributions", request.user.identifiant)
