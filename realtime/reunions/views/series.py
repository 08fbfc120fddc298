"""A series: its rhythm, its meetings to come, who is invited to all; changing and stopping it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.notifications.preferences import clock_of
from communautes.access import can_animate
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate
from realtime.reunions import actions
from realtime.reunions.access import get_serie
from realtime.reunions.actions.series import may_prepare
from realtime.reunions.forms import AnnulationForm, InvitesForm, ReponseForm, SerieForm
from realtime.reunions.models import Habitue, Reunion
from realtime.reunions.presentation import moment_of, page_layout
from realtime.reunions.rythme import say_rhythm

COMING = 12


@require_http_methods(["GET", "HEAD", "POST"])
def serie(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a series; those who prepare it change here what all its meetings have in common."""
    found = get_serie(request.user, pk)
    prepares = may_prepare(request.user, found) and found.arretee_le is None
    form = SerieForm(request.POST if request.method == "POST" else None, serie=found)
    if request.method == "POST" and not prepares:
        raise PermissionDenied("Une série est modifiée par la personne qui l’organise et par l’animation.")
    if form.is_valid():
        try:
            if actions.edit_serie(request.user, found, **form.champs()):
                messages.success(request, "Les réunions à venir de la série sont modifiées.")
            return redirect("reunions:serie", found.pk)
        except ActionRefusee as refused:
            form.add_error(refused.champ if refused.champ in form.fields else None, refused.message)
    fuseau = clock_of(request.user)
    coming = list(
        Reunion.objects.filter(serie=found, debut__gt=timezone.now())
        .select_related("communaute")
        .order_by("debut")[:COMING]
    )
    for row in coming:
        row.moment = moment_of(row, fuseau)
    people = (
        Habitue.objects.present().filter(serie=found).select_related("agent__service", "agent__territoire")
    )
    page = paginate(
        people, ("pk",), apres=request.GET.get("apres", ""), avant=request.GET.get("avant", ""), size=30
    )
    context = {
        **page_layout(request.user, found.communaute),
        "serie": found,
        "rythme": say_rhythm(found),
        "a_venir": coming,
        "page": page,
        "moi": people.filter(agent=request.user).first(),
        "peut_preparer": prepares,
        "form": form,
        "convives": _invites_form(request, found) if prepares else None,
        "annulation": AnnulationForm(),
        "communaute_suggestions": found.communaute.slug if found.communaute else "",
    }
    return render(request, "reunions/serie.html", context, status=422 if form.errors else 200)


@require_POST
def inviter(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    form = _invites_form(request, found)
    if form.is_valid():
        try:
            actions.invite_to_serie(request.user, found, form.cleaned_data["invites"])
            messages.success(request, "C’est noté : les personnes ajoutées vont être prévenues.")
        except ActionRefusee as refused:
            messages.error(request, refused.message)
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("reunions:serie", found.pk)


@require_POST
def retirer(request: HttpRequest, pk: int, habitue: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    actions.withdraw_from_serie(request.user, found, habitue)
    messages.success(request, "Cette personne n’est plus invitée aux réunions de la série.")
    return redirect("reunions:serie", found.pk)


@require_POST
def arreter(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_serie(request.user, pk)
    form = AnnulationForm(request.POST)
    motif = form.cleaned_data["motif"] if form.is_valid() else ""
    actions.stop_serie(request.user, found, motif=motif)
    messages.success(request, "La série est arrêtée : ses réunions à venir sont annulées.")
    return redirect("reunions:serie", found.pk)


@require_POST
def repondre(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer for all the meetings to come."""
    found = get_serie(request.user, pk)
    form = ReponseForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_serie(
                request.user, found, form.cleaned_data["reponse"], form.cleaned_data["commentaire"]
            )
            messages.success(request, "Votre réponse vaut pour toutes les réunions à venir.")
        except ActionRefusee as refused:
            messages.error(request, refused.message)
    return redirect("reunions:serie", found.pk)


def _invites_form(request: HttpRequest, serie: object) -> InvitesForm:
    communaute = serie.communaute  # type: ignore[attr-defined]
    return InvitesForm(
        request.POST if "inviter" in request.path else None,
        auteur=request.user,
        communaute=communaute,
        groupes=communaute is not None and can_animate(request.user, communaute),
        prefix="invites",
        initial={"qui": InvitesForm.Qui.PERSONNES},
    )
