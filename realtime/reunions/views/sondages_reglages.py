"""What one changes of a search for a date that goes on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annuaire.notifications.preferences import clock_of
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.reunions import actions
from realtime.reunions.access import can_plan
from realtime.reunions.access_sondages import get_decided, get_sonde
from realtime.reunions.forms import InvitesForm
from realtime.reunions.forms_sondages import AjoutForm
from realtime.reunions.horaires import say_moment
from realtime.reunions.models import SondageDates, Sonde
from realtime.reunions.presentation import page_layout
from realtime.reunions.presentation_sondages import slots_of

PAGE = 50


@require_safe
def reglages(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is asked, the slots, whether answers are taken; for who asks and the animateurs."""
    return _page(request, get_decided(request.user, pk))


@require_POST
def demander(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask more people."""
    found = get_decided(request.user, pk)
    form = _people_form(request, found, request.POST)
    if form.is_valid():
        try:
            number = actions.ask_more(request.user, found, form.cleaned_data["invites"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(
                request,
                "C’est noté\u00a0: les personnes ajoutées vont être prévenues."
                if number
                else "Ces personnes sont déjà sur la liste.",
            )
            return redirect("reunions:reglages-sondage", pk)
    return _page(request, found, personnes=form)


@require_POST
def retirer_personne(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_sonde(request.user, pk)
    return _then(
        request,
        row.sondage_id,
        lambda: actions.ask_no_more(request.user, row),
        f"{row.nom_complet} n’est plus sur la liste et va en être prévenu(e).",
    )


@require_POST
def retirer_creneau(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_decided(request.user, pk)
    try:
        slot = int(request.POST.get("creneau", "")[:18])
    except ValueError:
        slot = 0
    return _then(
        request,
        pk,
        lambda: actions.remove_slot(request.user, found, slot),
        "Ce créneau n’est plus proposé. Les réponses aux autres restent.",
    )


@require_POST
def cloturer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more answers (`geste` is `clore`), or take them until a day."""
    found = get_decided(request.user, pk)
    if request.POST.get("geste") == "clore":
        return _then(
            request, pk, lambda: actions.close_answers(request.user, found), "Les réponses sont closes."
        )
    form = AjoutForm(request.POST, sondage=found)
    if form.is_valid():
        try:
            actions.reopen_answers(request.user, found, cloture_le=form.cloture_le(found.fuseau))
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "C’est enregistré\u00a0: on peut répondre.")
            return redirect("reunions:reglages-sondage", pk)
    return _page(request, found, cloture=form)


def _people_form(request: HttpRequest, found: SondageDates, data: Any = None) -> InvitesForm:
    form = InvitesForm(
        data,
        auteur=request.user,
        communaute=found.communaute,
        groupes=found.communaute is not None and can_plan(request.user, found.communaute),
        initial={"qui": InvitesForm.Qui.PERSONNES},
    )
    # By name only: a whole group is asked when the search begins.
    form.fields.pop("qui", None)
    return form


def _page(request: HttpRequest, found: SondageDates, **forms: Any) -> HttpResponse:
    """The page; a form that was refused is shown again as it was typed."""
    page = paginate(
        Sonde.objects.present().filter(sondage=found).select_related("agent__service", "agent__territoire"),
        ("pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
        size=PAGE,
    )
    fuseau = clock_of(request.user)
    context = {
        **page_layout(request.user, found.communaute),
        "sondage": found,
        "page": page,
        "creneaux": slots_of(found, fuseau),
        "prend_reponses": found.takes_answers(),
        "cloture": say_moment(found.cloture_le, fuseau) if found.cloture_le else "",
        "convives": forms.get("personnes") or _people_form(request, found),
        "form_cloture": forms.get("cloture") or AjoutForm(sondage=found),
        "communaute_suggestions": found.communaute.slug if found.communaute else "",
    }
    return render(request, "reunions/reglages_dates.html", context, status=422 if forms else 200)


def _then(request: HttpRequest, pk: int, what: Callable[[], Any], said: str) -> HttpResponse:
    try:
        what()
        messages.success(request, said)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("reunions:reglages-sondage", pk)
