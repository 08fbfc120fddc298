"""Pages of recommendations: giving, asking, what was given and received, and the moderation's."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.models import Agent
from annuaire.profils import actions
from annuaire.profils.access import (
    get_asked,
    get_colleague,
    get_given,
    get_readable_recommandation,
    get_received,
    get_reported,
    require_colleague,
    require_moderation,
)
from annuaire.profils.forms import DemandeForm, RecommandationForm, SignalementForm
from annuaire.profils.presentation import moderation_context, recommendations_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.typographie import of


def recommander(request: HttpRequest, identifiant: str) -> HttpResponse:
    """Recommend a colleague."""
    agent = get_colleague(request.user, identifiant)
    form = RecommandationForm(
        request.POST or None, agent=agent, initial={"expertise": request.GET.get("expertise", "")}
    )

    def give(data: dict[str, Any]) -> None:
        actions.recommend(request.user, agent, data["expertise"], data["contexte"])

    return _asked(
        request,
        form,
        give,
        "profils/recommander.html",
        {"agent": agent},
        said=f"Votre recommandation est sur le profil {of(agent.nom_complet)}.",
        then=agent.get_absolute_url() + "#recommandations",
        brouillon=f"recommander-{agent.pk}",
    )


def demander(request: HttpRequest, identifiant: str) -> HttpResponse:
    """Ask a colleague for a recommendation."""
    agent = get_colleague(request.user, identifiant)
    form = DemandeForm(request.POST or None, agent=request.user)

    def ask(data: dict[str, Any]) -> None:
        actions.ask_recommendation(request.user, agent, data["expertise"], data["mot"])

    return _asked(
        request,
        form,
        ask,
        "profils/demander.html",
        {"agent": agent},
        said=f"Votre demande est envoyée à {agent.nom_complet}.",
        then=agent.get_absolute_url(),
    )


def signaler(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the platform's team about a recommendation."""
    found = get_readable_recommandation(request.user, pk)
    form = SignalementForm(request.POST or None)

    def report(data: dict[str, Any]) -> None:
        actions.report_recommendation(request.user, found, data["motif"])

    return _asked(
        request,
        form,
        report,
        "profils/signaler.html",
        {"recommandation": found},
        said="Merci : l’équipe de la plateforme va regarder cette recommandation.",
        then=found.agent.get_absolute_url(),
    )


def recommandations(request: HttpRequest) -> HttpResponse:
    """What one is asked, what one received and gave."""
    require_colleague(request.user)
    return render(request, "profils/recommandations.html", recommendations_context(request.user))


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_given(request.user, pk)
    return _done(request, lambda: actions.withdraw(request.user, found), "Votre recommandation est retirée.")


@require_POST
def masquer(request: HttpRequest, pk: int) -> HttpResponse:
    hidden = request.POST.get("masquer") == "oui"
    found = get_received(request.user, pk)
    return _done(
        request,
        lambda: actions.set_recommendation_hidden(request.user, found, hidden),
        "Cette recommandation ne se voit plus." if hidden else "Cette recommandation se voit de nouveau.",
    )


@require_POST
def decliner(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_asked(request.user, pk)
    return _done(request, lambda: actions.decline(request.user, asked), "La demande est écartée.")


def moderation(request: HttpRequest) -> HttpResponse:
    """What the platform's team has to decide about profiles."""
    require_moderation(request.user)
    return render(request, "profils/moderation.html", moderation_context())


@require_POST
def moderer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reported recommendation away with a reason, or let it stand."""
    found = get_reported(request.user, pk)
    remove = request.POST.get("suite") == "retirer"
    reason = request.POST.get("motif", "").strip()[:300]
    if remove and not reason:
        messages.error(request, "Écrivez le motif : son auteur ou son autrice le lira.")
        return redirect("profils:moderation")
    return _done(
        request,
        lambda: actions.moderate_recommendation(request.user, found, reason if remove else ""),
        "La recommandation est retirée." if remove else "La recommandation est maintenue.",
        "profils:moderation",
    )


def _asked(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], None],
    template: str,
    context: dict[str, Any],
    *,
    said: str,
    then: str,
    brouillon: str = "",
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except ActionRefusee as error:
            error.show_in(form)
        else:
            messages.success(request, said)
            if brouillon:
                request.session["brouillon_envoye"] = brouillon
            return redirect(then)
    status = 422 if request.method == "POST" else 200
    return render(request, template, {**context, "form": form}, status=status)


def _done(
    request: HttpRequest, act: Callable[[], None], said: str, then: str = "profils:recommandations"
) -> HttpResponse:
    assert isinstance(request.user, Agent)
    try:
        act()
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect(then)
