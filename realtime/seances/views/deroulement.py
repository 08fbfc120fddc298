"""Opening, moving on, pausing, ending."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from realtime.seances import actions
from realtime.seances.access import get_held, get_kept_point, get_seance
from realtime.seances.views.gestes import answer, number


@require_POST
def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    reunion = get_held(request.user, pk)
    return answer(request, reunion, lambda: actions.open_seance(request.user, reunion))


@require_POST
def aller(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to a point, from the step that the page showed."""
    seance = get_seance(request.user, pk)
    point = get_kept_point(seance.reunion, number(request, "point"))
    etape = number(request, "etape")
    return answer(
        request, seance.reunion, lambda: actions.move(request.user, seance, point, etape=etape), ancre="point"
    )


@require_POST
def suspendre(request: HttpRequest, pk: int) -> HttpResponse:
    seance = get_seance(request.user, pk)
    etape = number(request, "etape")
    return answer(request, seance.reunion, lambda: actions.pause(request.user, seance, etape=etape))


@require_POST
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    seance = get_seance(request.user, pk)
    etape = number(request, "etape")
    return answer(request, seance.reunion, lambda: actions.resume(request.user, seance, etape=etape))


@require_POST
def terminer(request: HttpRequest, pk: int) -> HttpResponse:
    seance = get_seance(request.user, pk)
    etape = number(request, "etape")
    return answer(request, seance.reunion, lambda: actions.end(request.user, seance, etape=etape))
