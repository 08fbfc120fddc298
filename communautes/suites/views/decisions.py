"""The register of a community, and one decision."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from communautes.access import get_readable
from communautes.models import Communaute
from communautes.presentation import community_context
from communautes.suites import actions
from communautes.suites.access import can_cancel, can_confirm, can_edit_decision, get_decision, who_may
from communautes.suites.forms import AnnulationForm, DecisionForm
from communautes.suites.listes import decisions_of, with_origins, years_of
from communautes.suites.models import Decision
from communautes.suites.redaction import said
from communautes.suites.registres import registres
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate

VERSIONS = 20


def registre(request: HttpRequest, slug: str) -> HttpResponse:
    """The decisions of a community, latest first; searched, by year, by state."""
    communaute = get_readable(request.user, slug)
    context: dict[str, Any] = community_context(request.user, communaute, "suites")
    question = request.GET.get("q", "").strip()[:200]
    annee = request.GET.get("annee", "")
    year = int(annee) if len(annee) == 4 and annee.isascii() and annee.isdigit() and annee > "0000" else None
    etat = request.GET.get("etat", "")
    etat = etat if etat in Decision.Etat.values else ""
    context |= {"question": question, "annee": year, "etat": etat, "etats": Decision.Etat.choices}
    if question:
        try:
            check_limit("recherche", request.user.pk)
        except TropDeDemandes as error:
            return render(request, "suites/decisions.html", context | {"refus": error.message}, status=429)
    page = paginate(
        decisions_of(communaute, question=question, annee=year, etat=etat).with_people(),
        ("-prise_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context |= {"page": page, "annees": years_of(communaute), "filtree": bool(question or year or etat)}
    with_origins(request.user, page.items)
    return render(request, "suites/decisions.html", context)


def nouvelle(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a decision down: proposed by a member, confirmed at once by who animates and says so."""
    communaute = get_readable(request.user, slug)
    context = _community(request, communaute)
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour proposer une décision.")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            noted = actions.propose_decision(
                request.user,
                communaute,
                form.cleaned_data["texte"],
                prise_le=form.cleaned_data["prise_le"],
                confirmer=request.POST.get("confirmer") == "oui",
            )
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            request.session["brouillon_envoye"] = f"decision-{communaute.slug}"
            messages.success(request, said(noted))
            return redirect(noted)
    context |= {"form": form}
    return render(request, "suites/decision_form.html", context, status=422 if form.errors else 200)


def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: its lasting address, with what it said before."""
    found = get_decision(request.user, pk)
    context = _layout(request, found)
    with_origins(request.user, [found])
    may_change = can_cancel(request.user, found)
    context |= {
        "decision": found,
        "peut_confirmer": found.proposee and can_confirm(request.user, found),
        # As `can_edit_decision`.
        "peut_modifier": may_change,
        "peut_annuler": may_change,
        "versions": list(found.versions.select_related("auteur").order_by("-numero")[:VERSIONS])
        if found.version > 1
        else [],
    }
    return render(request, "suites/decision.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_decision(request.user, pk)
    # One that was confirmed while its author worded it otherwise: the action says so, and the words are kept.
    if request.method != "POST" and not can_edit_decision(request.user, found):
        raise PermissionDenied(who_may(found, "modifient"))
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm.of(found)
    context = _layout(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_decision(
                request.user,
                found,
                form.cleaned_data["texte"],
                prise_le=form.cleaned_data["prise_le"],
                version=form.cleaned_data["version"],
            )
        except actions.DecisionDepassee as error:
            form.add_error(error.champ, error.message)
            # The next try starts from what is shown beside.
            form.data = form.data.copy()
            form.data["version"] = error.actuelle.version
            context |= {"actuelle": error.actuelle}
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, "La décision est modifiée ; ce qu’elle disait est conservé.")
            return redirect(found)
    context |= {"form": form, "decision": found}
    return render(request, "suites/decision_form.html", context, status=422 if form.errors else 200)


@require_POST
def confirmer(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_decision(request.user, pk)
    try:
        messages.success(request, said(actions.confirm_decision(request.user, found)))
    except ActionRefusee as error:
        messages.error(request, error.message)
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why before a decision is struck through."""
    found = get_decision(request.user, pk)
    if found.annulee:
        return redirect(found)
    if not can_cancel(request.user, found):
        raise PermissionDenied(who_may(found, "annulent"))
    form = AnnulationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_decision(request.user, found, motif=form.cleaned_data["motif"])
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(
                request,
                "La décision est annulée ; elle reste dans le registre, avec son motif."
                if found.confirmee
                else "La proposition est écartée.",
            )
            return redirect(found)
    context = _layout(request, found) | {"form": form, "decision": found}
    return render(request, "suites/annuler.html", context, status=422 if form.errors else 200)


def _layout(request: HttpRequest, decision: Decision) -> dict[str, Any]:
    """What stands around one decision: its community, or the place that keeps its register."""
    if decision.communaute is not None:
        return _community(request, decision.communaute)
    assert decision.registre is not None
    return {"communaute": None, **registres().layout(request.user, decision.registre)}


def _community(request: HttpRequest, communaute: Communaute) -> dict[str, Any]:
    context: dict[str, Any] = community_context(request.user, communaute, "suites")
    return context | {
        "cadre": "communautes/base_communaute.html",
        "lieu_nom": communaute.nom,
        "registre_url": reverse("suites:decisions", args=[communaute.slug]),
    }
