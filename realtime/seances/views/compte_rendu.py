"""What a meeting leaves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from forum.access import visible_sujets
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions
from realtime.seances.access import can_lead, get_seance
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
        "publie": visible_sujets(request.user).filter(pk=seance.sujet_id).first(),
        "peut_publier": seance.levee
        and seance.sujet_id is None
        and seance.reunion.communaute_id is not None
        and can_lead(request.user, seance.reunion),
    }
    return render(request, "seances/compte_rendu.html", context)


@require_POST
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish it as a sujet of the community, once."""
    seance = get_seance(request.user, pk)
    try:
        return redirect(actions.publish_minutes(request.user, seance))
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("seances:compte-rendu", pk)


@never_cache
@require_safe
def markdown(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, to take away."""
    seance = get_seance(request.user, pk)
    response = HttpResponse(as_markdown(minutes_of(seance)), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="compte-rendu-{seance.pk}.md"'
    return response
