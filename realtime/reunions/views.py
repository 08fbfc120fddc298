"""Pages of meetings."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communautes.access import get_animated, get_readable
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.reunions import actions
from realtime.reunions.access import get_reunion, past_reunions, upcoming_reunions
from realtime.reunions.forms import ReunionForm


@require_safe
def liste(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's meetings: those to come, then those that are over."""
    communaute = get_readable(request.user, slug)
    page = paginate(
        past_reunions(request.user, communaute),
        ("-debut", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = community_context(request.user, communaute, "reunions")
    context |= {"a_venir": upcoming_reunions(request.user, communaute), "page": page}
    return render(request, "reunions/liste.html", context)


@require_http_methods(["GET", "POST"])
def planifier(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a meeting; for those who animate the community."""
    communaute = get_animated(request.user, slug)
    form = ReunionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(actions.plan_reunion(request.user, communaute, **form.projet()))
        except ActionRefusee as refused:
            form.add_error("date" if refused.champ == "debut" else None, ValidationError(refused.message))
    return render(
        request,
        "reunions/planifier.html",
        {**community_context(request.user, communaute, "reunions"), "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_safe
def reunion(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: when, where, about what."""
    reunion = get_reunion(request.user, pk)
    context = community_context(request.user, reunion.communaute, "reunions")
    # The salon is for members: others are not offered a door that is closed to them.
    salon = reunion.communaute.salons.order_by("pk").first() if context["adhesion"] else None
    points = list(reunion.points.select_related("responsable").filter(etat="retenu"))
    context |= {"reunion": reunion, "salon": salon, "points": points}
    return render(request, "reunions/reunion.html", context)
