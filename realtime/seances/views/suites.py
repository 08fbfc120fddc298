"""Decisions and actions noted in a meeting, and those of an earlier one that it follows."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from communautes.suites.models import Tache
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions
from realtime.seances.access import can_lead, followable, get_report, get_seance, get_suite
from realtime.seances.forms import ActionForm
from realtime.seances.views.gestes import answer, number

# Meetings among which one is chosen.
FOLLOWABLE_SHOWN = 30


@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a decision on the current point."""
    seance = get_seance(request.user, pk)
    texte = request.POST.get("texte", "")
    return answer(
        request,
        seance.reunion,
        lambda: actions.note_decision(request.user, seance, texte),
        said="C’est noté : la décision attend d’être confirmée.",
        ancre="suites",
    )


@require_POST
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what is to be done, on the current point."""
    seance = get_seance(request.user, pk)
    form = ActionForm(request.POST, reunion=seance.reunion)

    def act() -> None:
        if not form.is_valid():
            raise ActionRefusee(" ".join(message for errors in form.errors.values() for message in errors))
        actions.note_action(request.user, seance, **form.cleaned_data)

    return answer(
        request,
        seance.reunion,
        act,
        said="C’est noté : l’action attend d’être confirmée.",
        ancre="suites",
    )


@require_POST
def suite(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what was noted, or set it aside when `geste` says so."""
    found = get_suite(request.user, pk)
    gesture = actions.set_aside if request.POST.get("geste") == "ecarter" else actions.confirm_suite
    return answer(request, found.seance.reunion, lambda: gesture(request.user, found), ancre="suites")


@require_http_methods(["GET", "HEAD", "POST"])
def suivre(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the earlier meeting whose unfinished actions this one follows."""
    seance = get_seance(request.user, pk)
    if not can_lead(request.user, seance.reunion):
        raise PermissionDenied(
            "Les actions d’une autre réunion sont reprises par les personnes qui conduisent celle-ci."
        )
    found = followable(request.user, seance.reunion)
    if request.method == "POST":
        precedente = found.filter(pk=number(request, "precedente")).first()
        if precedente is None:
            raise Http404("Cette réunion n’existe pas.")
        try:
            current = actions.follow(request.user, seance, precedente)
        except ActionRefusee as refused:
            messages.error(request, refused.message)
        else:
            messages.success(
                request,
                "Les actions qui restent à faire forment le premier point, « Suivi des actions »."
                if current.suivi_id is not None
                else "Cette réunion n’avait laissé aucune action à faire.",
            )
        return redirect("seances:seance", pk)
    context = {
        **page_layout(request.user, seance.reunion.communaute),
        "reunion": seance.reunion,
        "seance": seance,
        "precedentes": found[:FOLLOWABLE_SHOWN],
    }
    return render(request, "seances/suivre.html", context)


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a followed action is (`geste`: a state), or give it another date (`geste` reporter, `echeance`)."""
    found = get_report(request.user, pk)
    geste = request.POST.get("geste", "")

    def act() -> None:
        if geste in Tache.Etat.values:
            actions.mark_followed(request.user, found, geste)
            return
        try:
            echeance = date.fromisoformat(request.POST.get("echeance", ""))
        except ValueError:
            raise ActionRefusee("Indiquez une date, par exemple 12/05/2026.") from None
        actions.postpone(request.user, found, echeance)

    return answer(request, found.seance.reunion, act, ancre="suivi")
