"""A series: its rhythm, its meetings to come, who is invited to all; changing and stopping it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.notifications.actions import mark_all_read
from annuaire.notifications.preferences import clock_of
from communautes.access import can_animate
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.reunions import actions
from realtime.reunions.access import get_serie, visible_reunions
from realtime.reunions.actions.series import may_prepare
from realtime.reunions.forms import AnnulationForm, InvitesForm, ReponseForm
from realtime.reunions.forms_series import SerieForm
from realtime.reunions.models import Habitue, Reunion, Serie
from realtime.reunions.presentation import moment_of, page_layout
from realtime.reunions.rythme import say_rhythm

COMING, PEOPLE = 12, 12


@require_http_methods(["GET", "HEAD", "POST"])
def serie(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a series; those who prepare it change here what all its meetings have in common. Opening it reads
    what was told of it."""
    found = get_serie(request.user, pk)
    if request.method != "POST":
        if request.method == "GET":
            mark_all_read(request.user, fil=f"serie.{found.pk}")
        return _page(request, found)
    if not may_prepare(request.user, found):
        raise PermissionDenied("Une série est modifiée par la personne qui l’organise et par l’animation.")
    form = SerieForm(request.POST, serie=found, a_venir=_coming(request, found))
    if form.is_valid():
        try:
            said = actions.edit_serie(request.user, found, **form.champs())
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            if said:
                messages.success(request, f"C’est enregistré : {' ; '.join(said)}.")
            return redirect(found)
    return _page(request, found, form=form)


@require_POST
def inviter(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    form = _invites_form(request, found, request.POST)
    if form.is_valid():
        try:
            actions.invite_to_serie(request.user, found, form.cleaned_data["invites"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "C’est noté : les personnes ajoutées vont être prévenues.")
            return redirect(found)
    return _page(request, found, convives=form)


@require_POST
def retirer(request: HttpRequest, pk: int, habitue: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    try:
        actions.withdraw_from_serie(request.user, found, habitue)
        messages.success(request, "Cette personne n’est plus invitée aux réunions de la série.")
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(found)


@require_POST
def arreter(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    form = AnnulationForm(request.POST)
    if not form.is_valid():
        return _page(request, found, annulation=form)
    actions.stop_serie(request.user, found, motif=form.cleaned_data["motif"])
    messages.success(request, "La série est arrêtée : ses réunions à venir sont annulées.")
    return redirect(found)


@require_POST
def repondre(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for all the meetings to come."""
    found = get_serie(request.user, pk)
    form = ReponseForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.answer_serie(request.user, found, data["reponse"], data["commentaire"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "Votre réponse vaut pour toutes les réunions à venir.")
            return redirect(found)
    return _page(request, found, reponse=form)


def _page(
    request: HttpRequest,
    found: Serie,
    *,
    form: SerieForm | None = None,
    convives: InvitesForm | None = None,
    annulation: AnnulationForm | None = None,
    reponse: ReponseForm | None = None,
) -> HttpResponse:
    """The page, with a form that was refused as it was written, or as things are."""
    prepares = may_prepare(request.user, found) and found.arretee_le is None
    fuseau = clock_of(request.user)
    coming = _coming(request, found)
    for row in coming:
        row.moment = moment_of(row, fuseau)
    people = (
        Habitue.objects.present().filter(serie=found).select_related("agent__service", "agent__territoire")
    )
    page = paginate(
        people, ("pk",), apres=request.GET.get("apres", ""), avant=request.GET.get("avant", ""), size=PEOPLE
    )
    mine = people.filter(agent=request.user).first()
    context = {
        **page_layout(request.user, found.communaute),
        "serie": found,
        "rythme": say_rhythm(found),
        "a_venir": coming,
        "page": page,
        "moi": mine,
        "reponse": reponse,
        "saisi": request.POST.get("commentaire", "") if reponse is not None else "",
        "peut_preparer": prepares,
        "form": form or SerieForm(serie=found, a_venir=coming),
        "convives": (convives or _invites_form(request, found)) if prepares else None,
        "annulation": annulation or AnnulationForm(),
        "communaute_suggestions": found.communaute.slug if found.communaute else "",
    }
    refused = any(one is not None for one in (form, convives, annulation, reponse))
    return render(request, "reunions/serie.html", context, status=422 if refused else 200)


def _coming(request: HttpRequest, found: Serie) -> list[Reunion]:
    return list(
        visible_reunions(request.user)
        .filter(serie=found, debut__gt=timezone.now())
        .select_related("communaute")
        .order_by("debut")[:COMING]
    )


def _invites_form(request: HttpRequest, found: Serie, data: Any = None) -> InvitesForm:
    return InvitesForm(
        data,
        auteur=request.user,
        communaute=found.communaute,
        groupes=found.communaute is not None and can_animate(request.user, found.communaute),
        prefix="invites",
        initial={"qui": InvitesForm.Qui.PERSONNES},
    )
