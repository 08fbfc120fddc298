"""What a meeting leaves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from realtime.reunions.presentation import page_layout
from realtime.seances.access import get_seance
from realtime.seances.compte_rendu import as_markdown, minutes_of


@never_cache
@require_safe
def compte_rendu(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes, decisions, actions, votes and attendance, in the order of the agenda."""
    seance = get_seance(request.user, pk)
    context = {
        **page_layout(request.user, seance.reunion.communaute),
        "reunion": seance.reunion,
        "seance": seance,
        "rendu": minutes_of(seance),
    }
    return render(request, "seances/compte_rendu.html", context)


@never_cache
@require_safe
def markdown(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, to take away."""
    seance = get_seance(request.user, pk)
    response = HttpResponse(as_markdown(minutes_of(seance)), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="compte-rendu-{seance.pk}.md"'
    return response
