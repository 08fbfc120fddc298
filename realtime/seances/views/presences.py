"""Who attends."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions
from realtime.seances.access import can_lead, get_guest, get_seance
from realtime.seances.models import Assistance
from realtime.seances.presentation import attendance
from realtime.seances.views.gestes import number, person


@require_POST
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """The page is still open: said each minute by its script. `declarer`: somebody invisible says that they are there."""
    seance = get_seance(request.user, pk)
    declaree = "declarer" in request.POST
    actions.note_presence(request.user, seance, declaree=declaree)
    return redirect("seances:seance", pk) if declaree else HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
def presences(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of those who attend, corrected by those who run the meeting."""
    seance = get_seance(request.user, pk)
    conduit = can_lead(request.user, seance.reunion)
    if request.method == "POST":
        if not conduit:
            raise PermissionDenied("La liste est tenue par les personnes qui conduisent la réunion.")
        correction = request.POST.get("correction", "")
        if correction not in ("", *Assistance.Correction.values):
            raise Http404("Cette demande n’est pas complète.")
        try:
            if "exterieur" in request.POST:
                guest = get_guest(seance.reunion, number(request, "exterieur"))
                actions.correct_attendance(
                    request.user,
                    seance,
                    correction,
                    exterieur=guest,
                    organisation=request.POST.get("organisation", ""),
                )
            else:
                actions.correct_attendance(request.user, seance, correction, agent=person(request))
        except ActionRefusee as refused:
            messages.error(request, refused.message)
        return redirect("seances:presences", pk)
    venues = attendance(seance)
    context = {
        **page_layout(request.user, seance.reunion.communaute),
        "reunion": seance.reunion,
        "seance": seance,
        "conduit": conduit,
        "venues": venues,
        "nb_la": sum(venue.la for venue in venues),
        "corrections": Assistance.Correction.choices,
    }
    return render(request, "seances/presences.html", context)
