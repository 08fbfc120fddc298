"""Pages of salons and meetings."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communautes.access import get_animated, get_readable
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.access import get_reunion, get_salon, past_reunions, upcoming_reunions
from realtime.actions import mark_salon_read, plan_reunion, send_message
from realtime.forms import DireForm, ReunionForm
from realtime.models import Salon
from realtime.presentation import my_salons, salon_context

MAX_NUMBER = 2**31 - 1


@require_safe
def salons(request: HttpRequest) -> HttpResponse:
    """My salons, those with something new first in sight."""
    return render(request, "realtime/salons.html", {"salons": my_salons(request.user)})


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


@require_safe
def reunions(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's meetings: those to come, then those that are over."""
    communaute = get_readable(request.user, slug)
    a_venir = upcoming_reunions(communaute)
    page = paginate(
        past_reunions(communaute),
        ("-debut", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(
        request,
        "realtime/reunions.html",
        {**community_context(request.user, communaute, "reunions"), "a_venir": a_venir, "page": page},
    )


@require_http_methods(["GET", "POST"])
def planifier(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a meeting; for those who animate the community."""
    communaute = get_animated(request.user, slug)
    form = ReunionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name not in {"date", "heure"}}
        try:
            return redirect(plan_reunion(request.user, communaute, **data))
        except ActionRefusee as refused:
            form.add_error("date" if refused.champ == "debut" else None, ValidationError(refused.message))
    return render(
        request,
        "realtime/planifier.html",
        {**community_context(request.user, communaute, "reunions"), "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_safe
def reunion(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: when, where, about what."""
    reunion = get_reunion(request.user, pk)
    context = community_context(request.user, reunion.communaute, "reunions")
    # The salon is for members: others are not offered a door that is closed to them.
    salon = reunion.communaute.salons.order_by("pk").first() if context["adhesion"] else None
    return render(
        request,
        "realtime/reunion.html",
        {
            **context,
            "reunion": reunion,
            "salon": salon,
        },
    )


def _salon_page(request: HttpRequest, salon: Salon, form: DireForm, avant: int | None = None) -> HttpResponse:
    return render(
        request,
        "realtime/salon.html",
        {
            **community_context(request.user, salon.communaute, "salon"),
            **salon_context(request.user, salon, avant),
            "form": form,
        },
    )


def _number(request: HttpRequest, name: str) -> int | None:
    """A message number from the address; what is not one counts as absent."""
    value = request.GET.get(name, "")
    return min(int(value), MAX_NUMBER) if value.isdecimal() and len(value) < 12 and value.isascii() else None
