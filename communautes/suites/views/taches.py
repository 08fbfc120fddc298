"""Tasks of a community, one's own, and one task."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annuaire.models import Agent
from annuaire.notifications.access import back_to
from communautes.access import get_readable
from communautes.presentation import community_context
from communautes.suites import actions
from communautes.suites.access import can_change_tache, can_take_tache, get_tache
from communautes.suites.forms import TacheForm, named
from communautes.suites.listes import (
    closed_taches,
    given_taches,
    own_taches,
    suggest_members,
    taches_of,
    tranche,
)
from communautes.suites.models import Tache
from communautes.suites.origines import origins_of_taches
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import Page, paginate

BY_DATE, LATEST = ("echeance_tri", "pk"), ("-pk",)
# What is asked for in the address → the state; without a value, what is still to be done.
ETATS = {"faites": Tache.Etat.FAITE, "abandonnees": Tache.Etat.ABANDONNEE}
DITS = {
    Tache.Etat.A_FAIRE: "La tâche est de nouveau à faire.",
    Tache.Etat.EN_COURS: "La tâche est en cours.",
    Tache.Etat.FAITE: "La tâche est faite.",
    Tache.Etat.ABANDONNEE: "La tâche est abandonnée.",
}


def liste(request: HttpRequest, slug: str) -> HttpResponse:
    """The tasks of a community: overdue first, or those that are done; all, or one person's."""
    communaute = get_readable(request.user, slug)
    context: dict[str, Any] = community_context(request.user, communaute, "suites")
    vue = request.GET.get("etat", "")
    handle = request.GET.get("responsable", "")[:80]
    person = Agent.objects.visible_to(request.user).filter(identifiant=handle).first() if handle else None
    rows = taches_of(communaute, etat=ETATS.get(vue, ""), responsable=person)
    page = paginate(
        rows.with_people(),
        LATEST if vue in ETATS else BY_DATE,
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    _show(request, page, by_date=vue not in ETATS)
    context |= {"page": page, "vue": vue if vue in ETATS else "", "responsable": person}
    return render(request, "suites/taches.html", context)


def miennes(request: HttpRequest) -> HttpResponse:
    """What one has to do, what one wrote down for others, what one has done."""
    vue = request.GET.get("vue", "")
    lists = {"confiees": (given_taches, BY_DATE), "faites": (closed_taches, LATEST)}
    rows, keys = lists.get(vue, (own_taches, BY_DATE))
    page = paginate(
        rows(request.user).with_people(),
        keys,
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    _show(request, page, by_date=keys == BY_DATE)
    return render(
        request, "suites/mes_taches.html", {"page": page, "vue": vue if vue in lists else "", "miennes": True}
    )


def nouvelle(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    context: dict[str, Any] = community_context(request.user, communaute, "suites")
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour y noter une tâche.")
    form = TacheForm(request.POST if request.method == "POST" else None, communaute=communaute)
    if request.method == "POST" and form.is_valid():
        try:
            written = actions.create_task(
                request.user,
                form.cleaned_data["libelle"],
                communaute=communaute,
                responsable=form.cleaned_data["responsable"],
                echeance=form.cleaned_data["echeance"],
            )
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            request.session["brouillon_envoye"] = f"tache-{communaute.slug}"
            messages.success(request, "La tâche est notée.")
            return redirect(written)
    context |= {"form": form}
    return render(request, "suites/tache_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def tache(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what it says, where it comes from, and its form for who may change it."""
    found = get_tache(request.user, pk)
    may_change = can_change_tache(request.user, found)
    if request.method == "POST" and not may_change:
        raise PermissionDenied(
            "Une tâche se modifie par qui l’a notée, par qui en est responsable, ou par l’animation."
        )
    form = TacheForm(
        request.POST if request.method == "POST" else None,
        communaute=found.communaute,
        initial=TacheForm.initial_of(found),
    )
    if request.method == "POST" and form.is_valid():
        fields = {
            name: form.cleaned_data[name]
            for name in ("libelle", "responsable", "echeance")
            if name in form.fields
        }
        try:
            actions.change_task(request.user, found, version=form.cleaned_data["version"], **fields)
        except actions.TacheDepassee as error:
            form.add_error(None, error.message)
            form.data = form.data.copy()
            form.data["version"] = error.actuelle.version
            found = error.actuelle
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            messages.success(request, "La tâche est modifiée.")
            return redirect(found)
    origine = origins_of_taches(request.user, [found.pk]).get(found.pk)
    context: dict[str, Any] = (
        community_context(request.user, found.communaute, "suites") if found.communaute is not None else {}
    )
    context |= {
        "tache": found,
        "origine": origine,
        "form": form if may_change else None,
        "peut_modifier": may_change,
        "peut_prendre": can_take_tache(request.user, found),
        "gabarit": "communautes/base_communaute.html"
        if found.communaute is not None
        else "suites/base_personnelle.html",
    }
    return render(request, "suites/tache.html", context, status=422 if form.errors else 200)


@require_POST
def etat(request: HttpRequest, pk: int) -> HttpResponse:
    """`etat`: where the task is now."""
    found = get_tache(request.user, pk)
    wanted = request.POST.get("etat", "")
    if wanted in Tache.Etat.values:
        try:
            actions.set_task_state(request.user, found, wanted)
        except ActionRefusee as error:
            messages.error(request, error.message)
        else:
            messages.success(request, DITS[Tache.Etat(wanted)])
    return redirect(back_to(request, found.get_absolute_url()))


@require_POST
def prendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task that nobody has."""
    found = get_tache(request.user, pk)
    try:
        actions.take_task(request.user, found)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Vous vous chargez de cette tâche.")
    return redirect(back_to(request, found.get_absolute_url()))


@require_GET
def personnes(request: HttpRequest, slug: str) -> JsonResponse:
    """Members whose name starts as what is typed: what the field « Responsable » offers."""
    communaute = get_readable(request.user, slug)
    try:
        check_limit("completion", request.user.pk)
    except ActionRefusee as error:
        return JsonResponse({"erreur": error.message}, status=429)
    found = suggest_members(communaute, request.GET.get("q", ""))
    return JsonResponse(
        {"personnes": [{"valeur": named(agent), "lieu": agent.rattachement} for agent in found]}
    )


def _show(request: HttpRequest, page: Page[Tache], *, by_date: bool) -> None:
    """Give each task its part of the list and its `origine`, if the reader may read the place."""
    today = timezone.localdate()
    found = origins_of_taches(request.user, [row.pk for row in page.items])
    for row in page.items:
        row.origine = found.get(row.pk)
        row.tranche = tranche(row, today) if by_date else ""
