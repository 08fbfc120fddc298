"""How I am: one click in the header, or a page for how long and why."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.presence.actions import choose_state, own_frame, set_preferences
from annuaire.presence.forms import AIDES, EtatForm, PreferencesForm
from annuaire.presence.lecture import Choix, choice_of, row_of
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.templatetags.socle import il_y_a


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: HttpRequest) -> HttpResponse:
    """One's state, until when, with which words."""
    if request.method != "POST":
        current = choice_of(request.user)
        form = EtatForm(initial={"etat": current.etat, "message": current.message})
        return _page(request, form)
    form = EtatForm(request.POST)
    if form.is_valid():
        try:
            chosen = choose_state(request.user, **form.fields_of_action())
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, _said(chosen))
            return redirect("presence:presence")
    return _page(request, form, status=422)


@require_POST
def choisir(request: HttpRequest) -> HttpResponse:
    """One click in the header: this state from now on. Back to the page where it was pressed; to its script, the state."""
    live = "application/json" in request.headers.get("Accept", "")
    form = EtatForm(request.POST)
    try:
        if not form.is_valid():
            raise ActionRefusee("Choisissez un état de la liste.")
        chosen = choose_state(request.user, **form.fields_of_action())
    except ActionRefusee as refused:
        if live:
            return JsonResponse({"message": refused.message}, status=422)
        messages.error(request, refused.message)
    else:
        if live:
            return JsonResponse(own_frame(chosen))
        messages.success(request, _said(chosen))
    return redirect(_back(request))


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    try:
        set_preferences(
            request.user,
            automatique="automatique" in request.POST,
            montre_lectures="montre_lectures" in request.POST,
        )
    except ActionRefusee as refused:
        refused.show_in(form)
        return _page(request, EtatForm(initial={"etat": choice_of(request.user).etat}), form, status=422)
    messages.success(request, "Vos préférences sont enregistrées.")
    return redirect("presence:presence")


def _page(
    request: HttpRequest, form: EtatForm, preferences: PreferencesForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "preferences": preferences or PreferencesForm(instance=row_of(request.user)),
        "aides": [(etat.label, aide) for etat, aide in AIDES.items()],
        "choix": choice_of(request.user),
    }
    return render(request, "presence/presence.html", context, status=status)


def _said(choix: Choix) -> str:
    end = f" Cela prendra fin {il_y_a(choix.jusqu_a)}." if choix.jusqu_a is not None else ""
    return f"Votre état : {choix.libelle.lower()}.{end}"


def _back(request: HttpRequest) -> str:
    """The page of ours that the button was on."""
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        parts = urlsplit(came_from)
        if parts.path:
            path = f"/{parts.path.lstrip('/')}"
            return f"{path}?{parts.query}" if parts.query else path
    return reverse("presence:presence")
