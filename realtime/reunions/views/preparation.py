"""Preparing a meeting: planning it, changing it, publishing a draft, cancelling, making another like it."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.notifications.preferences import clock_of
from communautes.access import get_animated
from communautes.models import Communaute
from plateforme.socle.erreurs import ActionRefusee
from realtime.access import get_salon
from realtime.models import Salon
from realtime.reunions import actions
from realtime.reunions.access import can_plan, get_prepared
from realtime.reunions.access_suites import earlier_reunions
from realtime.reunions.conflits import busy_among
from realtime.reunions.forms import (
    AnnulationForm,
    DoubleForm,
    InvitesForm,
    PointFormSet,
    ReunionForm,
)
from realtime.reunions.forms_series import RythmeForm
from realtime.reunions.presentation import page_layout


@require_http_methods(["GET", "HEAD", "POST"])
def planifier(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a meeting of a community; for those who animate it."""
    return _plan(request, get_animated(request.user, slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def planifier_salon(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a meeting from a salon, with people of one's choice."""
    salon = get_salon(request.user, pk)
    return _plan(request, salon.communaute, salon)


@require_http_methods(["GET", "HEAD", "POST"])
def planifier_entre_agents(request: HttpRequest) -> HttpResponse:
    """Plan a meeting with a few agents, of no community."""
    if not can_plan(request.user, None):
        raise PermissionDenied("Les réunions entre agents sont réservées aux agents de l’État.")
    return _plan(request, None, None)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when, where and what about; what changed is told in words."""
    reunion = get_prepared(request.user, pk)
    form = ReunionForm(
        request.POST if request.method == "POST" else None,
        reunion=reunion,
        precedentes=earlier_reunions(request.user, reunion.communaute, reunion),
    )
    if form.is_valid():
        try:
            said = actions.edit_reunion(request.user, reunion, sur=form.cleaned_data["sur"], **form.champs())
        except ActionRefusee as refused:
            _tell(form, refused)
        else:
            messages.success(
                request, f"C’est enregistré : {' ; '.join(said)}." if said else "C’est enregistré."
            )
            return redirect(reunion)
    context = {**page_layout(request.user, reunion.communaute), "form": form, "reunion": reunion}
    return render(request, "reunions/modifier.html", context, status=_status(request))


@require_POST
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    reunion = get_prepared(request.user, pk)
    try:
        actions.publish_reunion(request.user, reunion)
        messages.success(request, "La réunion est planifiée : les personnes invitées vont être prévenues.")
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(reunion)


@require_http_methods(["GET", "HEAD", "POST"])
def annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, once one has seen what that does."""
    reunion = get_prepared(request.user, pk)
    form = AnnulationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.cancel_reunion(request.user, reunion, **form.cleaned_data)
            messages.success(request, "La réunion est annulée.")
            return redirect(reunion)
        except ActionRefusee as refused:
            _tell(form, refused)
    context = {**page_layout(request.user, reunion.communaute), "form": form, "reunion": reunion}
    context["nb_convives"] = reunion.participants.present().count()
    return render(request, "reunions/annuler.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def dupliquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Another meeting like this one, as a draft."""
    reunion = get_prepared(request.user, pk, finished=True)
    form = DoubleForm(request.POST if request.method == "POST" else None, reunion=reunion)
    if form.is_valid():
        try:
            copy = actions.duplicate_reunion(request.user, reunion, debut=form.cleaned_data["debut"])
            messages.success(request, "Voici la copie, en préparation : personne n’est encore prévenu.")
            return redirect(copy)
        except ActionRefusee as refused:
            _tell(form, refused)
    context = {**page_layout(request.user, reunion.communaute), "form": form, "reunion": reunion}
    return render(request, "reunions/dupliquer.html", context, status=_status(request))


def _plan(request: HttpRequest, communaute: Communaute | None, salon: Salon | None) -> HttpResponse:
    """The form of a new meeting. « Ajouter un point » and « Vérifier » show it again, and save nothing."""
    groups = communaute is not None and can_plan(request.user, communaute)
    data = request.POST if request.method == "POST" else None
    form = ReunionForm(
        data, fuseau=clock_of(request.user), precedentes=earlier_reunions(request.user, communaute)
    )
    convives = InvitesForm(data, auteur=request.user, communaute=communaute, groupes=groups)
    rythme = RythmeForm(data)
    if request.method == "POST" and "ajouter" in request.POST:
        data = _one_more_row(request.POST)
        # Shown as it was typed: nothing is checked yet.
        form, convives, rythme = unchecked(form), unchecked(convives), unchecked(rythme)
        points = unchecked(PointFormSet(data, prefix="points", form_kwargs={"auteur": request.user}))
    else:
        points = PointFormSet(data, prefix="points", form_kwargs={"auteur": request.user})
    occupes: list[Any] | None = None
    ready = data is not None and "ajouter" not in request.POST
    # All of them, so that each says what is wrong at once.
    valid = [one.is_valid() for one in (form, convives, rythme, points)] if ready else [False]
    if all(valid):
        invites = convives.cleaned_data["invites"]
        champs = form.champs()
        if "verifier" in request.POST:
            named = [*invites.agents, *invites.secretaires]
            busy = busy_among([agent.pk for agent in named], champs["debut"], champs["duree_minutes"])
            occupes = [agent for agent in named if agent.pk in busy]
        else:
            common = {"salon": salon, "invites": invites, "points": points.projets(), **champs}
            rhythm = rythme.rythme(champs["debut"])
            try:
                if rhythm is None:
                    reunion = actions.plan_reunion(
                        request.user, communaute, brouillon="brouillon" in request.POST, **common
                    )
                elif "brouillon" in request.POST:
                    raise ActionRefusee(
                        "Une série ne se garde pas en brouillon : planifiez-la, ou choisissez « Une seule fois »."
                    )
                else:
                    reunion = actions.plan_serie(request.user, communaute, rhythm, **common)
            except ActionRefusee as refused:
                _tell(next((one for one in (convives, rythme) if refused.champ in one.fields), form), refused)
            else:
                return redirect(reunion)
    context = {
        **page_layout(request.user, communaute),
        "form": form,
        "convives": convives,
        "rythme": rythme,
        "points": points,
        "salon": salon,
        "occupes": occupes,
        "communaute_suggestions": communaute.slug if communaute else "",
    }
    wrong = ready and occupes is None
    return render(request, "reunions/planifier.html", context, status=422 if wrong else 200)


def _one_more_row(posted: Any) -> Any:
    data = posted.copy()
    try:
        total = int(data.get("points-TOTAL_FORMS", ""))
    except ValueError:
        total = 0
    data["points-TOTAL_FORMS"] = str(min(max(total, 0) + 1, 40))
    return data


def unchecked(form: Any) -> Any:
    """A form, or rows of forms, that show what was typed and say nothing of it."""
    forms = form.forms if hasattr(form, "forms") else [form]
    for one in forms:
        one._errors = django_forms.utils.ErrorDict()
    return form


def _tell(form: Any, refused: ActionRefusee) -> None:
    champ = "date" if refused.champ == "debut" else refused.champ
    form.add_error(champ if champ in form.fields else None, refused.message)


def _status(request: HttpRequest) -> int:
    """A POST that comes back to its form did not go through."""
    return 422 if request.method == "POST" else 200
