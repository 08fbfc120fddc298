"""Pages of salons."""

from typing import Any

from django.contrib import messages as messages_of_django
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from realtime.access import get_salon, read_after
from realtime.actions import mark_salon_read, send_message
from realtime.fichiers.formulaires import receive, waiting_files
from realtime.forms import DireForm, RechercheForm, parse_day
from realtime.historique import first_of_day
from realtime.models import Salon
from realtime.presentation import (
    END,
    SHOWN,
    Endroit,
    my_salons,
    name_salons,
    page_layout,
    salon_context,
)
from realtime.recherche import search_context

MAX_NUMBER = 2**31 - 1
MAX_WORDS = 80


@require_safe
def salons(request: HttpRequest) -> HttpResponse:
    """My salons, the latest conversation first; `?q=` finds one by its name, `?archives=1` shows those that are closed."""
    mots = " ".join(request.GET.get("q", "")[:MAX_WORDS].split())
    archives = request.GET.get("archives") == "1"
    context = {
        "salons": my_salons(request.user, mots, archives=archives),
        "mots": mots,
        "archives": archives,
        "nombre_montre": SHOWN,
    }
    return render(request, "realtime/salons.html", context)


@require_safe
def salon(request: HttpRequest, pk: int) -> HttpResponse:
    """A salon, where one had read to. `?autour=` opens it around a line, `?date=` at a day, `?fin=1` at its end; `?avant=`
    and `?depuis=` are its pages for those who have no JavaScript. What the page shows is read."""
    salon = get_salon(request.user, pk)
    if "date" in request.GET:
        return _at_day(request, salon)
    endroit = place_of(request)
    context = _salon_context(request, salon, DireForm(), endroit)
    if endroit.avant is None and endroit.autour is None and request.method == "GET":
        mark_salon_read(request.user, salon, context["dernier"])
    return render(request, "realtime/salon.html", context)


def place_of(request: HttpRequest) -> Endroit:
    """The one place that the address names; none: where one had read to."""
    for name in ("avant", "depuis", "autour"):
        number = number_of(request, name)
        if number is not None:
            return Endroit(**{name: number})
    return Endroit(fin=request.GET.get("fin") == "1")


def _at_day(request: HttpRequest, salon: Salon) -> HttpResponse:
    """To the first line of a day of the reader's clock, or to the end if nobody has spoken since."""
    day = parse_day(request.GET["date"])
    address = salon.get_absolute_url()
    if day is None:
        messages_of_django.error(request, "Cette date n’est pas lisible\u00a0: choisissez un jour.")
        return redirect(address)
    number = first_of_day(salon.pk, day, apres=read_after(request.user, salon))
    if number is None:
        messages_of_django.info(
            request, "Personne n’a parlé ici depuis ce jour\u00a0: voici les derniers messages."
        )
        return redirect(f"{address}?fin=1")
    return redirect(f"{address}?autour={number}#ligne-{number}")


@require_safe
def recherche(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines of a salon that hold some words, said by somebody, in some days; each leads to its place."""
    salon = get_salon(request.user, pk)
    form = RechercheForm(request.GET or None, salon=salon)
    context: dict[str, Any] = {"form": form, "resultats": None}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            check_limit("recherche", request.user.pk)
            context |= search_context(request.user, salon, form.sought(), number_of(request, "avant"))
        except ActionRefusee as refused:
            form.add_error(None, refused.message)
            status = 429
    name_salons(request.user, [salon])
    context |= {**page_layout(request.user, salon), "salon": salon}
    return render(request, "realtime/recherche.html", context, status=status)


@require_POST
def dire(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something without JavaScript: back to the salon, or to the form with what was typed and the files received."""
    salon = get_salon(request.user, pk)
    form, joints = receive(request, salon, DireForm)
    if form.is_valid():
        try:
            send_message(request.user, salon, **form.cleaned_data, fichiers=joints)
        except ActionRefusee as refused:
            form.add_error("texte", refused.message)
        else:
            return redirect(f"{salon.get_absolute_url()}?fin=1#dire")
    context = _salon_context(request, salon, form)
    context["joints"] = waiting_files(request.user, salon, joints)
    return render(request, "realtime/salon.html", context)


@require_safe
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Older lines, or newer ones, as a fragment of the page."""
    salon = get_salon(request.user, pk)
    depuis = number_of(request, "depuis")
    endroit = (
        Endroit(depuis=depuis)
        if depuis is not None
        else Endroit(avant=number_of(request, "avant") or MAX_NUMBER)
    )
    context = salon_context(request.user, salon, endroit)
    return render(request, "realtime/_messages.html", context)


def _salon_context(
    request: HttpRequest, salon: Salon, form: DireForm, endroit: Endroit = END
) -> dict[str, Any]:
    return {
        **page_layout(request.user, salon),
        **salon_context(request.user, salon, endroit),
        "form": form,
    }


def number_of(request: HttpRequest, name: str) -> int | None:
    """A message number from the address; what is not one counts as absent."""
    value = request.GET.get(name, "")
    return min(int(value), MAX_NUMBER) if value.isdecimal() and len(value) < 12 and value.isascii() else None
