"""Pages of salons as places: opening them, who is in them, how one wants to hear of them."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annuaire.access import get_agent
from communautes.access import can_animate, get_readable, require_write
from communautes.presentation import community_context
from plateforme.socle.erreurs import ActionRefusee
from realtime import lieux
from realtime.access import NOT_MEMBER, get_salon
from realtime.conservation import say_retention, set_retention
from realtime.lieux_forms import ConservationForm, NomForm, NouveauSalonForm, PersonnesForm
from realtime.models import Salon
from realtime.presentation import page_layout, settings_context


@require_http_methods(["GET", "HEAD", "POST"])
def ouvrir(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a salon of a community: to all for those who animate it, to some members for any of them."""
    communaute = get_readable(request.user, slug)
    try:
        require_write(request.user, communaute, NOT_MEMBER)
    except ActionRefusee as refused:
        raise PermissionDenied(refused.message) from None
    form = NouveauSalonForm(
        request.POST if request.method == "POST" else None,
        auteur=request.user,
        communautaire=True,
        anime=can_animate(request.user, communaute),
    )

    def save(data: dict[str, Any]) -> Salon:
        if form.pour_tous:
            return lieux.open_community_salon(request.user, communaute, data["nom"])
        return lieux.open_restricted_salon(
            request.user,
            communaute,
            data["nom"],
            data["agents"],
            historique_entier=data["historique_entier"],
        )

    context = {
        **community_context(request.user, communaute, "salon"),
        "cadre": "communautes/base_communaute.html",
    }
    return _opening(request, form, save, context)


@require_http_methods(["GET", "HEAD", "POST"])
def ouvrir_groupe(request: HttpRequest) -> HttpResponse:
    """Open a salon with a few agents, of no community."""
    if request.user.partenaire:
        raise PermissionDenied("Les salons hors des communautés sont réservés aux agents de l’État.")
    form = NouveauSalonForm(
        request.POST if request.method == "POST" else None, auteur=request.user, communautaire=False
    )

    def save(data: dict[str, Any]) -> Salon:
        return lieux.open_group(
            request.user, data["agents"], data["nom"], historique_entier=data["historique_entier"]
        )

    return _opening(request, form, save, {"cadre": "realtime/_cadre.html", "communaute": None})


@require_POST
def ecrire(request: HttpRequest, identifiant: str) -> HttpResponse:
    """To the conversation with a person, opened if it is the first time."""
    agent = get_agent(request.user, identifiant)
    try:
        return redirect(lieux.open_direct(request.user, agent))
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect(agent)


@require_safe
def reglages(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a salon, and what one may change of it."""
    return _settings(request, get_salon(request.user, pk))


@require_POST
def renommer(request: HttpRequest, pk: int) -> HttpResponse:
    salon = get_salon(request.user, pk)
    form = NomForm(request.POST)
    if form.is_valid():
        try:
            lieux.rename_salon(request.user, salon, form.cleaned_data["nom"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(request, "Le salon a changé de nom.")
            return redirect("realtime:reglages", pk)
    return _settings(request, salon, nom=form)


@require_POST
def archiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a salon to new messages, or open it again: `etat`."""
    salon = get_salon(request.user, pk)
    if request.POST.get("etat") == "rouvert":
        lieux.reopen_salon(request.user, salon)
        messages.success(request, "Le salon est rouvert.")
    else:
        lieux.archive_salon(request.user, salon)
        messages.success(request, "Le salon est archivé\u00a0: on le lit encore, on n’y écrit plus.")
    return redirect("realtime:reglages", pk)


@require_POST
def ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    salon = get_salon(request.user, pk)
    form = PersonnesForm(request.POST, auteur=request.user)
    if form.is_valid():
        try:
            new = lieux.add_members(request.user, salon, form.cleaned_data["agents"])
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            messages.success(
                request,
                "C’est noté\u00a0: les personnes ajoutées sont prévenues."
                if new
                else "Ces personnes sont déjà dans le salon.",
            )
            return redirect("realtime:reglages", pk)
    return _settings(request, salon, personnes=form)


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    salon = get_salon(request.user, pk)
    agent = get_agent(request.user, request.POST.get("identifiant", "")[:80])
    return _then(
        request,
        lambda: lieux.remove_member(request.user, salon, agent),
        f"{agent.nom_complet} n’est plus dans le salon.",
        pk,
    )


@require_POST
def quitter(request: HttpRequest, pk: int) -> HttpResponse:
    salon = get_salon(request.user, pk)
    try:
        lieux.leave_salon(request.user, salon)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect("realtime:reglages", pk)
    messages.success(request, f"Vous avez quitté «\u00a0{salon.nom}\u00a0».")
    return redirect("realtime:salons")


@require_POST
def sourdine(request: HttpRequest, pk: int) -> HttpResponse:
    salon, silence = get_salon(request.user, pk), request.POST.get("sourdine") == "oui"
    return _then(
        request,
        lambda: lieux.set_silence(request.user, salon, silence),
        "Ce salon est en sourdine." if silence else "Vous serez de nouveau prévenu(e) de ce salon.",
        pk,
    )


@require_POST
def conserver(request: HttpRequest, pk: int) -> HttpResponse:
    """How long the salon keeps its lines."""
    salon = get_salon(request.user, pk)
    form = ConservationForm(request.POST)
    if form.is_valid():
        kept = set_retention(request.user, salon, form.cleaned_data["jours"])
        said = say_retention(kept) or "Les messages de ce salon sont conservés sans limite."
        messages.success(request, said)
        return redirect("realtime:reglages", pk)
    return _settings(request, salon, conservation=form)


def _opening(
    request: HttpRequest,
    form: NouveauSalonForm,
    save: Callable[[dict[str, Any]], Salon],
    context: dict[str, Any],
) -> HttpResponse:
    if form.is_valid():
        try:
            return redirect(save(form.cleaned_data))
        except ActionRefusee as refused:
            refused.show_in(form)
    status = 422 if form.errors else 200
    return render(request, "realtime/ouvrir.html", {**context, "form": form}, status=status)


def _settings(request: HttpRequest, salon: Salon, **forms: django_forms.Form) -> HttpResponse:
    """The page of settings; a form that was refused is shown again as it was typed."""
    context = {
        **page_layout(request.user, salon),
        **settings_context(request.user, salon),
        "form_nom": forms.get("nom") or NomForm(initial={"nom": salon.nom}),
        "form_conservation": forms.get("conservation")
        or ConservationForm(initial={"jours": salon.conservation_jours}),
        "form_personnes": forms.get("personnes") or PersonnesForm(auteur=request.user),
    }
    return render(request, "realtime/reglages.html", context, status=422 if forms else 200)


def _then(request: HttpRequest, action: Callable[[], None], said: str, pk: int) -> HttpResponse:
    try:
        action()
        messages.success(request, said)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("realtime:reglages", pk)
