"""Decisions and actions noted in a meeting."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from plateforme.socle.erreurs import ActionRefusee
from realtime.seances import actions
from realtime.seances.access import get_seance, get_suite
from realtime.seances.forms import ActionForm
from realtime.seances.views.gestes import answer


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
