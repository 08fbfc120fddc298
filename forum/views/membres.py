"""What those who animate know of a member and do about them; what a member is told; log, canned answers, charter."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from communautes.access import (
    adhesion_of,
    get_animated,
    get_readable,
    get_suspension,
    suspension_of,
)
from communautes.actions import lift_suspension, put_charter_aside, suspend
from communautes.explications import animateurs_of
from communautes.models import Communaute
from communautes.presentation import community_context
from forum import actions
from forum.access import get_canned, get_known_member
from forum.models import ReponseType
from forum.moderation import history_of, log, told_to
from forum.moderation_forms import ReponseTypeForm, SuspensionForm
from forum.views.outils import insert_canned, with_canned
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.typographie import of


def membre(request: HttpRequest, slug: str, identifiant: str) -> HttpResponse:
    """Warnings, suspensions and reports of somebody in this community; POST suspends them."""
    communaute = get_animated(request.user, slug)
    agent = get_known_member(communaute, identifiant)
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "inserer" in request.POST:
        form = insert_canned(request, form, communaute)
    elif form.is_valid():
        try:
            suspend(
                request.user,
                communaute,
                agent,
                jusqu_au=form.cleaned_data["fin"],
                motif=form.cleaned_data["motif"],
            )
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            messages.success(request, f"La participation {of(agent.nom_complet)} est suspendue.")
            return redirect("forum:membre", slug, identifiant)
    context = community_context(request.user, communaute, "moderation")
    context |= history_of(communaute, agent)
    found = adhesion_of(agent, communaute)
    context |= {
        "agent": agent,
        "form": form,
        "en_cours": suspension_of(agent, communaute),
        "suspendable": found is not None and found.role != "animateur" and agent != request.user,
    }
    context |= with_canned(communaute, ("motif",))
    status = 422 if request.method == "POST" and form.is_bound else 200
    return render(request, "forum/moderation/membre.html", context, status=status)


@require_POST
def lever(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    suspension = get_suspension(request.user, get_animated(request.user, slug), pk)
    lift_suspension(request.user, suspension)
    messages.success(request, f"{suspension.agent.nom_complet} peut de nouveau participer.")
    return redirect("forum:membre", slug, suspension.agent.identifiant)


def moderation_recue(request: HttpRequest, slug: str) -> HttpResponse:
    """What the animation told the reader: why, until when, whom to answer."""
    communaute = get_readable(request.user, slug)
    context = community_context(request.user, communaute, "a-propos")
    context |= told_to(communaute, request.user)
    context["animation"] = animateurs_of(communaute)[:10]
    return render(request, "forum/moderation/recue.html", context)


def journal(request: HttpRequest, slug: str) -> HttpResponse:
    """What was decided in this community, by whom, when."""
    communaute = get_animated(request.user, slug)
    page, lignes = log(communaute, apres=request.GET.get("apres", ""), avant=request.GET.get("avant", ""))
    context = community_context(request.user, communaute, "moderation")
    return render(request, "forum/moderation/journal.html", {**context, "page": page, "lignes": lignes})


def reponses_types(request: HttpRequest, slug: str) -> HttpResponse:
    """The canned answers of a community, and one more."""
    communaute = get_animated(request.user, slug)
    return _canned_form(request, communaute, None)


def reponse_type(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One canned answer, to change or remove."""
    communaute = get_animated(request.user, slug)
    found = get_canned(request.user, communaute, pk)
    if request.method == "POST" and "supprimer" in request.POST:
        actions.delete_canned(request.user, found)
        messages.success(request, "La réponse type est supprimée.")
        return redirect("forum:reponses-types", slug)
    return _canned_form(request, communaute, found)


def _canned_form(request: HttpRequest, communaute: Communaute, found: ReponseType | None) -> HttpResponse:
    initial: dict[str, Any] = {"titre": found.titre, "texte": found.texte} if found is not None else {}
    form = ReponseTypeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.save_canned(request.user, communaute, reponse=found, **form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, "La réponse type est enregistrée.")
            return redirect("forum:reponses-types", communaute.slug)
    context = community_context(request.user, communaute, "moderation")
    context |= {"form": form, "reponse": found}
    context["reponses"] = list(ReponseType.objects.filter(communaute=communaute)[:50])
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/moderation/reponses_types.html", context, status=status)


@require_POST
def charte_vue(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the reminder of the charter aside, and go on writing."""
    put_charter_aside(request.user, get_readable(request.user, slug))
    back = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("forum:liste", args=[slug])
    return redirect(back)
