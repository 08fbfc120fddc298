"""Opening, moving on, pausing, ending."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from realtime.reunions.models import PointOrdreDuJour
from realtime.seances import actions
from realtime.seances.access import get_held, get_seance
from realtime.seances.views.gestes import answer, number


@require_POST
def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    reunion = get_held(request.user, pk)
    return answer(request, reunion, lambda: actions.open_seance(request.user, reunion))


@require_POST
def aller(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to a point, from the step that the page showed."""
    seance = get_seance(request.user, pk)
    point = PointOrdreDuJour.objects.filter(reunion=pk, pk=number(request, "point")).first()
    if point is None:
        raise Http404("Ce point n’est plus à l’ordre du jour.")
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
