"""The page of a meeting that is held, its state, and the screen of the room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annuaire.models import Agent
from annuaire.notifications.actions import mark_all_read
from annuaire.presence.lecture import choice_of
from realtime.reunions.models import Reunion
from realtime.seances.access import can_take_part, get_held, seance_of
from realtime.seances.actions import note_presence
from realtime.seances.actions.presences import is_noted
from realtime.seances.presentation import etat_context, seance_context


@never_cache
@require_safe
def seance(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting. Opening the page reads what was told of it, and is being there."""
    reunion = get_held(request.user, pk)
    if request.method == "GET":
        mark_all_read(request.user, fil=f"reunion.{reunion.pk}")
        opened = seance_of(reunion)
        if opened is not None:
            opened.reunion = reunion
            note_presence(request.user, opened)
    context = {
        **seance_context(request.user, reunion),
        "invisible": _told_if_invisible(request.user, reunion),
    }
    return render(request, "seances/seance.html", context)


def _told_if_invisible(agent: Agent, reunion: Reunion) -> str:
    """What somebody invisible is to know of a meeting that is on: `notee` if they are counted as being there all the
    same, `tue` if they are not; empty when there is nothing to say."""
    opened = seance_of(reunion)
    if not choice_of(agent).invisible or opened is None or opened.levee or not can_take_part(agent, reunion):
        return ""
    return "notee" if is_noted(agent, opened) else "tue"


@never_cache
@require_safe
def etat(request: HttpRequest, pk: int) -> HttpResponse:
    """The exact state, for the script of the page or (`?ecran`) of the screen; 204 when it is that of `?version`."""
    reunion = get_held(request.user, pk)
    opened = seance_of(reunion)
    if request.GET.get("version") == str(opened.version if opened is not None else 0):
        return HttpResponse(status=204)
    template = "seances/_ecran.html" if "ecran" in request.GET else "seances/_etat.html"
    return render(request, template, etat_context(request.user, reunion))


@never_cache
@require_safe
def ecran(request: HttpRequest, pk: int) -> HttpResponse:
    """What the room's projector shows: large, and nothing that is somebody's own."""
    reunion = get_held(request.user, pk)
    return render(request, "seances/ecran.html", etat_context(request.user, reunion))
