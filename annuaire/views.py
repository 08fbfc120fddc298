"""Pages of the directory: search and profiles."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.access import get_agent, get_session, require_directory
from annuaire.actions import end_session, set_declarations, update_profile
from annuaire.forms import DeclarationFormSet, ProfilForm, expertise_choices, territoires_by_region
from annuaire.models import Expertise
from annuaire.recherche import search_agents
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

EXEMPLES = (
    "Busage d’un cours d’eau",
    "Qui connaît la DETR en Lozère ?",
    "Hébergement d’urgence et expulsion locative",
)


def recherche(request: HttpRequest) -> HttpResponse:
    """Who knows about this, near me?"""
    require_directory(request.user)
    question = request.GET.get("q", "").strip()[:200]
    territoire = request.GET.get("territoire", "")[:4]
    context = {
        "question": question,
        "territoire": territoire,
        "territoires": territoires_by_region(),
        "exemples": EXEMPLES,
        "resultats": [],
    }
    status = 200
    if question:
        try:
            check_limit("recherche", request.user.pk)
            context["resultats"] = search_agents(request.user, question, territoire=territoire)
        except ActionRefusee as error:
            context["refus"], status = error.message, 429
    return render(request, "annuaire/recherche.html", context, status=status)


@require_POST
def fermer_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of one's own sessions on another device."""
    end_session(request.user, get_session(request.user, pk))
    messages.success(request, "La session est fermée.")
    return redirect("usersessions_list")


def moi(request: HttpRequest) -> HttpResponse:
    return redirect(request.user.get_absolute_url())


def profil(request: HttpRequest, identifiant: str) -> HttpResponse:
    agent = get_agent(request.user, identifiant)
    declarations = sorted(
        agent.declarations.all(), key=lambda row: (-row.niveau, row.depuis or 9999, row.expertise.libelle)
    )
    return render(
        request,
        "annuaire/profil.html",
        {"agent": agent, "declarations": declarations, "est_moi": agent == request.user},
    )


def modifier(request: HttpRequest) -> HttpResponse:
    """One's own profile: who I am, and what I can be asked about."""
    agent = get_agent(request.user, request.user.identifiant)
    choices = {"choix": expertise_choices()}
    if request.method != "POST":
        declared = [
            {"expertise": str(row.expertise_id), "niveau": row.niveau, "depuis": row.depuis}
            for row in agent.declarations.all()
        ]
        form = ProfilForm(instance=agent)
        lines = DeclarationFormSet(initial=declared, prefix="expertises", form_kwargs=choices)
        return render(request, "annuaire/modifier.html", {"form": form, "lignes": lines})
    form = ProfilForm(request.POST, instance=agent)
    lines = DeclarationFormSet(request.POST, prefix="expertises", form_kwargs=choices)
    if form.is_valid() and lines.is_valid():
        try:
            _save(agent, form, lines)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, "Votre profil est à jour.")
            return redirect(agent.get_absolute_url())
    return render(request, "annuaire/modifier.html", {"form": form, "lignes": lines}, status=422)


@transaction.atomic
def _save(agent, form, lines) -> None:  # type: ignore[no-untyped-def]
    """Both halves of the page, or neither."""
    data = dict(form.cleaned_data)
    update_profile(
        agent, data, type_service=data.pop("type_service", None), territoire=data.pop("territoire")
    )
    chosen = [line.cleaned_data for line in lines if line.cleaned_data.get("expertise")]
    expertises = Expertise.objects.in_bulk([int(row["expertise"]) for row in chosen])
    set_declarations(
        agent, [(expertises[int(row["expertise"])], row["niveau"], row["depuis"]) for row in chosen]
    )
