"""Hands, the floor, calls for help."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from realtime.seances import actions
from realtime.seances.access import get_help_call, get_seance
from realtime.seances.views.gestes import answer, number, person


@require_POST
def main(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise one's hand; put it down, or that of `agent`, when `geste` says so."""
    seance = get_seance(request.user, pk)
    if request.POST.get("geste") != "baisser":
        return answer(
            request, seance.reunion, lambda: actions.raise_hand(request.user, seance), ancre="paroles"
        )
    whose = person(request) if "agent" in request.POST else request.user
    return answer(
        request, seance.reunion, lambda: actions.lower_hand(request.user, seance, whose), ancre="paroles"
    )


@require_POST
def parole(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the floor to `agent`; or end a speech, or say how long hands stay up (`geste`)."""
    seance = get_seance(request.user, pk)
    geste = request.POST.get("geste")
    if geste == "finir":
        return answer(
            request, seance.reunion, lambda: actions.end_speech(request.user, seance), ancre="paroles"
        )
    if geste == "regler":
        par_point = request.POST.get("par_point") == "oui"
        return answer(
            request,
            seance.reunion,
            lambda: actions.set_hands_by_point(request.user, seance, par_point),
            ancre="paroles",
        )
    whom = person(request)
    return answer(
        request, seance.reunion, lambda: actions.give_floor(request.user, seance, whom), ancre="paroles"
    )


@require_POST
def aide(request: HttpRequest, pk: int) -> HttpResponse:
    seance = get_seance(request.user, pk)
    texte = request.POST.get("texte", "")
    return answer(
        request,
        seance.reunion,
        lambda: actions.call_for_help(request.user, seance, texte),
        said="Les personnes qui conduisent la réunion sont prévenues.",
        ancre="aide",
    )


@require_POST
def repondre_aide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a call, or say that one's own is no more."""
    seance = get_seance(request.user, pk)
    found = get_help_call(seance, number(request, "aide"))
    reponse = request.POST.get("reponse", "")
    return answer(
        request,
        seance.reunion,
        lambda: actions.answer_help(request.user, seance, found, reponse),
        ancre="aide",
    )
