"""How a gesture made on the page is answered: the state afterwards, to the script; the page again, to a form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annuaire.models import Agent
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.models import Reunion
from realtime.seances.presentation import etat_context

MAX_PK = 2**63 - 1


def from_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def answer(
    request: HttpRequest, reunion: Reunion, act: Callable[[], Any], *, said: str = "", ancre: str = ""
) -> HttpResponse:
    """Do what was asked. `said`: what to tell when it is done; `ancre`: where on the page a form comes back.

    A refusal is a sentence beside the state as it is; a script hears of it by the status too: what was typed stays.
    """
    try:
        act()
    except ActionRefusee as refused:
        return state(request, reunion, refused.message, refused=True, ancre=ancre)
    except PermissionDenied as refused:
        if not from_script(request):
            raise
        return state(request, reunion, str(refused), refused=True, status=403)
    return state(request, reunion, said, ancre=ancre)


def state(
    request: HttpRequest,
    reunion: Reunion,
    message: str = "",
    *,
    refused: bool = False,
    status: int = 409,
    ancre: str = "",
) -> HttpResponse:
    if from_script(request):
        context = etat_context(request.user, reunion) | {"message": message, "refuse": refused}
        return render(request, "seances/_etat.html", context, status=status if refused else 200)
    if message:
        (messages.error if refused else messages.success)(request, message)
    response = redirect("seances:seance", reunion.pk)
    if ancre:
        response["Location"] += f"#{ancre}"
    return response


def number(request: HttpRequest, name: str) -> int:
    """A number that a form carries; 404 for what is none: no page sends it."""
    value = request.POST.get(name, "")
    if not (value.isascii() and value.isdecimal()) or int(value[:20]) > MAX_PK or len(value) > 19:
        raise Http404("Cette demande n’est pas complète.")
    return int(value)


def number_asked(request: HttpRequest, name: str) -> int | None:
    """A small number of the address; None without one, 404 for what is none."""
    value = request.GET.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal()) or len(value) > 5 or int(value) > 32_000:
        raise Http404("Cette page n’existe pas.")
    return int(value)


def person(request: HttpRequest, name: str = "agent") -> Agent:
    """The person whom a form of the page names; 404 if there is none such."""
    found = Agent.objects.filter(pk=number(request, name)).first()
    if found is None:
        raise Http404("Cette personne n’a pas de compte.")
    return found
