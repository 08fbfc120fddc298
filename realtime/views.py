"""Pages of salons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from plateforme.socle.erreurs import ActionRefusee
from realtime.access import get_salon
from realtime.actions import mark_salon_read, send_message
from realtime.forms import DireForm
from realtime.models import Salon
from realtime.presentation import SHOWN, my_salons, page_layout, salon_context

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
    """A salon. Opening it reads it; `?avant=` shows its past to those who have no JavaScript."""
    salon = get_salon(request.user, pk)
    avant = _number(request, "avant")
    response = _salon_page(request, salon, DireForm(), avant)
    if avant is None and request.method == "GET":
        mark_salon_read(request.user, salon, salon.dernier_numero)
    return response


@require_POST
def dire(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something without JavaScript: back to the salon, or to the form with what was typed."""
    salon = get_salon(request.user, pk)
    form = DireForm(request.POST)
    if form.is_valid():
        try:
            send_message(request.user, salon, **form.cleaned_data)
        except ActionRefusee as refused:
            form.add_error("texte", refused.message)
        else:
            return redirect(f"{salon.get_absolute_url()}#dire")
    return _salon_page(request, salon, form)


@require_safe
def messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Older lines, as a fragment of the page."""
    salon = get_salon(request.user, pk)
    context = salon_context(request.user, salon, _number(request, "avant") or MAX_NUMBER)
    return render(request, "realtime/_messages.html", context)


def _salon_page(request: HttpRequest, salon: Salon, form: DireForm, avant: int | None = None) -> HttpResponse:
    return render(
        request,
        "realtime/salon.html",
        {
            **page_layout(request.user, salon),
            **salon_context(request.user, salon, avant),
            "form": form,
        },
    )


def _number(request: HttpRequest, name: str) -> int | None:
    """A message number from the address; what is not one counts as absent."""
    value = request.GET.get(name, "")
    return min(int(value), MAX_NUMBER) if value.isdecimal() and len(value) < 12 and value.isascii() else None
