"""Votes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions
from realtime.seances.access import can_lead, get_scrutin, get_seance
from realtime.seances.forms import ScrutinForm
from realtime.seances.resultats import results_of, voters_by_answer
from realtime.seances.views.gestes import answer


@require_http_methods(["GET", "HEAD", "POST"])
def nouveau(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a question, opened at once when the button says so."""
    seance = get_seance(request.user, pk)
    if not can_lead(request.user, seance.reunion):
        raise PermissionDenied("Un vote est préparé par les personnes qui conduisent la réunion.")
    services = actions.services_of(seance)
    form = ScrutinForm(request.POST if request.method == "POST" else None, services=services)
    if form.is_valid():
        try:
            scrutin = actions.prepare_vote(request.user, seance, form.projet())
            if "ouvrir" in request.POST:
                actions.open_vote(request.user, scrutin)
            return redirect("seances:seance", pk)
        except ActionRefusee as refused:
            refused.show_in(form)
    context = {
        **page_layout(request.user, seance.reunion.communaute),
        "reunion": seance.reunion,
        "seance": seance,
        "form": form,
    }
    return render(request, "seances/nouveau_vote.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One vote: its result, who voted; who chose what, of an open one."""
    scrutin = get_scrutin(request.user, pk)
    reunion = scrutin.seance.reunion
    context = {
        **page_layout(request.user, reunion.communaute),
        "reunion": reunion,
        "scrutin": scrutin,
        "resultat": results_of([scrutin])[0],
        "groupes": voters_by_answer(scrutin),
    }
    return render(request, "seances/vote.html", context)


@require_POST
def conduire(request: HttpRequest, pk: int) -> HttpResponse:
    """Open, close or give up a vote, as `geste` says."""
    scrutin = get_scrutin(request.user, pk)
    gesture = {
        "ouvrir": actions.open_vote,
        "clore": actions.close_vote,
        "abandonner": actions.drop_vote,
    }.get(request.POST.get("geste", ""))
    if gesture is None:
        messages.error(request, "Cette demande n’est pas complète.")
        return redirect("seances:seance", scrutin.seance_id)
    return answer(
        request, scrutin.seance.reunion, lambda: gesture(request.user, scrutin), ancre=f"vote-{scrutin.pk}"
    )


@require_POST
def voter(request: HttpRequest, pk: int) -> HttpResponse:
    """Vote: ranks in `choix`, or `abstention`."""
    scrutin = get_scrutin(request.user, pk)
    chosen = request.POST.getlist("choix")[:20]
    abstains = "abstention" in chosen
    ranks = [int(rank) for rank in chosen if rank.isascii() and rank.isdecimal() and len(rank) < 4]
    return answer(
        request,
        scrutin.seance.reunion,
        lambda: actions.vote(request.user, scrutin, ranks, abstention=abstains),
        said="Votre vote est enregistré.",
        ancre=f"vote-{scrutin.pk}",
    )
