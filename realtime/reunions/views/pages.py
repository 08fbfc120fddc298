"""The lists of meetings, and the page of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annuaire.notifications.actions import mark_all_read
from annuaire.notifications.preferences import clock_of
from communautes.access import get_readable
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.reunions import actions
from realtime.reunions.access import get_reunion, own_participations, past_reunions, upcoming_reunions
from realtime.reunions.access_sondages import open_sondages
from realtime.reunions.forms import ReponseForm
from realtime.reunions.presentation import by_week, moment_of, reunion_context


@require_safe
def liste(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's meetings: those to come, then those that are over."""
    communaute = get_readable(request.user, slug)
    page = paginate(
        past_reunions(request.user, communaute),
        ("-debut", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    fuseau = clock_of(request.user)
    a_venir = upcoming_reunions(request.user, communaute)
    for row in [*a_venir, *page.items]:
        row.moment = moment_of(row, fuseau)
    context = community_context(request.user, communaute, "reunions")
    context |= {"a_venir": a_venir, "page": page, "sondages": open_sondages(request.user, communaute)}
    return render(request, "reunions/liste.html", context)


@require_safe
def miennes(request: HttpRequest) -> HttpResponse:
    """The meetings that one is invited to, of all communities, by week."""
    passees = "passees" in request.GET
    keys = ("-reunion__debut", "-pk") if passees else ("reunion__debut", "pk")
    page = paginate(
        own_participations(request.user, passees=passees),
        keys,
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = {
        "page": page,
        "semaines": by_week(page.items, clock_of(request.user)),
        "passees": passees,
        "sondages": [] if passees else open_sondages(request.user),
    }
    return render(request, "reunions/miennes.html", context)


@require_safe
def reunion(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting before it begins: when, where, with whom, about what. Opening it reads what was told of it."""
    found = get_reunion(request.user, pk)
    if request.method == "GET":
        mark_all_read(request.user, fil=f"reunion.{found.pk}")
    return render(request, "reunions/reunion.html", reunion_context(request.user, found))


@require_POST
def repondre(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether one comes. An answer that is refused comes back as it was written."""
    found = get_reunion(request.user, pk)
    form = ReponseForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(request.user, found, **form.cleaned_data)
        except ActionRefusee as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Votre réponse est enregistrée.")
            return redirect(found)
    context = reunion_context(request.user, found)
    context |= {"refus": form, "saisi": request.POST.get("commentaire", "")}
    return render(request, "reunions/reunion.html", context, status=422)
