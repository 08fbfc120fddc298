"""Searches that one keeps, and the people found as a file."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from annuaire.access import require_directory
from annuaire.trouver import actions
from annuaire.trouver.access import get_own_search
from annuaire.trouver.choix import address_to_ask
from annuaire.trouver.criteres import parse, read
from annuaire.trouver.forms import RechercheForm
from annuaire.trouver.presentation import kept_context
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.tableur import csv_response, ods_response


@require_GET
def recherches(request: HttpRequest) -> HttpResponse:
    """The searches one keeps."""
    require_directory(request.user)
    return render(request, "annuaire/recherches.html", kept_context(request.user))


@require_POST
def enregistrer(request: HttpRequest) -> HttpResponse:
    """Keep the search that one has just made. Refused, what was typed is there again, with the reason."""
    require_directory(request.user)
    form = RechercheForm(request.POST)
    if form.is_valid():
        try:
            actions.save_search(request.user, form.cleaned_data["nom"], parse(form.cleaned_data["criteres"]))
        except ActionRefusee as error:
            error.show_in(form)
        else:
            messages.success(
                request, "Recherche enregistrée : une notification vous dira qui y répond de plus."
            )
            return redirect("trouver:recherches")
    criteres = parse(request.POST.get("criteres", ""))
    context = {"form": form, "criteres": criteres, "adresse": criteres.address()}
    return render(request, "annuaire/enregistrer.html", context, status=422)


@require_GET
def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """The search again, as it is kept."""
    row = get_own_search(request.user, pk)
    return redirect(f"{reverse('annuaire:recherche')}?{row.criteres}")


@require_POST
def renommer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_own_search(request.user, pk)
    try:
        actions.rename_search(request.user, row, request.POST.get("nom", ""))
    except ActionRefusee as error:
        context = kept_context(request.user) | {
            "refuse": pk,
            "refus": error.message,
            "saisi": request.POST.get("nom", ""),
        }
        return render(request, "annuaire/recherches.html", context, status=422)
    messages.success(request, f"Cette recherche s’appelle désormais « {row.nom} ».")
    return redirect("trouver:recherches")


@require_POST
def prevenir(request: HttpRequest, pk: int) -> HttpResponse:
    """Be told of new people, or no longer."""
    row = get_own_search(request.user, pk)
    actions.set_told(request.user, row, request.POST.get("prevenir") == "oui")
    messages.success(
        request,
        f"Les notifications reprennent pour « {row.nom} »."
        if row.prevenir
        else f"Les notifications sont arrêtées pour « {row.nom} ».",
    )
    return redirect("trouver:recherches")


@require_POST
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_own_search(request.user, pk)
    actions.delete_search(request.user, row)
    messages.success(request, f"La recherche « {row.nom} » est supprimée.")
    return redirect("trouver:recherches")


@require_safe
def solliciter(request: HttpRequest) -> HttpResponse:
    """From the people ticked on the search page to the sollicitation that one writes to them; back to the page, ticks
    kept, when there is nobody or there are too many."""
    require_directory(request.user)
    criteres = read(request.GET)
    try:
        return redirect(address_to_ask(request.user, criteres))
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect(f"{reverse('annuaire:recherche')}?{criteres.address()}")


@require_POST
def exporter(request: HttpRequest) -> HttpResponseBase:
    """The people found, in ODS or CSV, for those who have the right."""
    genre = request.POST.get("genre", "")
    if genre not in ("ods", "csv"):
        raise Http404("La liste s’exporte en ODS ou en CSV.")
    criteres = parse(request.POST.get("criteres", ""))
    try:
        header, rows = actions.export_people(request.user, criteres)
    except TropDeDemandes as error:
        messages.error(
            request, f"Vous venez d’exporter plusieurs fois : réessayez dans {error.attente} secondes."
        )
        return redirect(f"{reverse('annuaire:recherche')}?{criteres.address()}")
    if genre == "ods":
        return ods_response("annuaire.ods", [("Personnes", header, rows)])

    def all_rows(_: int) -> tuple[Sequence[Sequence[Any]], int | None]:
        return rows, None

    return csv_response("annuaire.csv", header, all_rows)
