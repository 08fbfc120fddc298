"""Notes of a point."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions
from realtime.seances.access import get_noted_point
from realtime.seances.models import BrouillonNote, NotePoint, VersionNote
from realtime.seances.presentation import merging
from realtime.seances.views.gestes import answer, number


@require_POST
def plume(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the pen, even from somebody who has it (`geste` forcer), put it down, or give up one's draft."""
    point, seance = get_noted_point(request.user, pk)
    geste = request.POST.get("geste")
    if geste == "rendre":
        return answer(
            request, seance.reunion, lambda: actions.give_pen(request.user, seance, point), ancre="notes"
        )
    if geste == "oublier":
        return answer(request, seance.reunion, lambda: actions.drop_draft(request.user, point), ancre="notes")
    return answer(
        request,
        seance.reunion,
        lambda: actions.take_pen(request.user, seance, point, forcer=geste == "forcer"),
        ancre="notes",
    )


@require_POST
def noter(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the notes, from the version that the form carries."""
    point, seance = get_noted_point(request.user, pk)
    texte, depuis = request.POST.get("texte", ""), number(request, "depuis")
    return answer(
        request,
        seance.reunion,
        lambda: actions.save_note(
            request.user, seance, point, texte, depuis, garder_plume="garder" in request.POST
        ),
        said="Les notes sont enregistrées.",
        ancre="notes",
    )


@require_POST
def brouillon(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed, said every few seconds by the script: whether one still has the pen."""
    point, seance = get_noted_point(request.user, pk)
    try:
        held = actions.keep_draft(
            request.user, seance, point, request.POST.get("texte", ""), number(request, "depuis")
        )
    except ActionRefusee as refused:
        return JsonResponse({"message": refused.message}, status=409)
    return JsonResponse({"plume": held})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Join one's draft with what the notes became: both texts, and one field that holds them together."""
    point, seance = get_noted_point(request.user, pk)
    note = NotePoint.objects.select_related("modifiee_par", "plume").filter(point=point).first()
    draft = BrouillonNote.objects.filter(note=note, agent=request.user).first() if note else None
    typed, error = None, ""
    if request.method == "POST":
        typed = request.POST.get("texte", "")
        try:
            actions.save_note(request.user, seance, point, typed, number(request, "depuis"))
        except ActionRefusee as refused:
            error = refused.message
        else:
            messages.success(request, "Les notes sont enregistrées.")
            return redirect("seances:seance", seance.pk)
        note = NotePoint.objects.select_related("modifiee_par", "plume").get(point=point)
        draft = BrouillonNote.objects.filter(note=note, agent=request.user).first() or draft
    if note is None or draft is None:
        raise Http404("Vous n’avez pas de brouillon pour ce point.")
    base = VersionNote.objects.filter(note=note, numero=draft.depuis).values_list("texte", flat=True).first()
    context = {
        **page_layout(request.user, seance.reunion.communaute),
        "reunion": seance.reunion,
        "point": point,
        "note": note,
        "fusion": merging(note, draft, base),
        "saisie": typed,
        "erreur": error,
    }
    return render(request, "seances/reprendre.html", context, status=409 if error else 200)
