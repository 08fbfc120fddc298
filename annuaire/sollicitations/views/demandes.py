"""Pages of who asks: writing, reading over, sending, following, ending."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annuaire.models import Expertise
from annuaire.notifications.actions import mark_all_read
from annuaire.sollicitations import actions
from annuaire.sollicitations.access import (
    get_draft,
    get_own,
    own_sollicitations,
    require_agent,
    thread_within,
)
from annuaire.sollicitations.etats import PRISES, Etat
from annuaire.sollicitations.forms import ClotureForm, SollicitationForm
from annuaire.sollicitations.models import Destinataire, FichierSollicitation, Forme, Sollicitation, Urgence
from annuaire.sollicitations.personnes import askable
from annuaire.sollicitations.presentation import asker_context, draft_context
from plateforme.socle.erreurs import ActionRefusee

FICHIERS_LUS = 10


@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle(request: HttpRequest) -> HttpResponse:
    """Ask chosen colleagues (`?a=handle`, several times), or launch a call (`?appel=1`, `expertise`, `territoire`)."""
    require_agent(request.user)
    appel = "appel" in request.GET
    handles = set(request.GET.getlist("a")[:20])
    known = askable(request.user).filter(identifiant__in=handles).values_list("identifiant", flat=True)
    initial: dict[str, Any] = {
        "urgence": Urgence.AUCUNE,
        "forme": Forme.AVIS,
        "destinataires": list(known),
        "expertise": _expertise(request.GET.get("expertise", "")),
        "territoire": request.GET.get("territoire", ""),
        "places": 1,
        "objet": request.GET.get("objet", "")[:160],
        "besoin": request.GET.get("besoin", "")[:2000],
    }
    if request.method == "GET" and handles.difference(initial["destinataires"]):
        messages.warning(
            request,
            "Une personne choisie n’est pas dans la liste ci-dessous : son compte est fermé, ou l’on ne peut pas la "
            "solliciter.",
        )
    return _write(request, None, appel, initial)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    row = get_draft(request.user, pk)
    return _write(request, row, row.appel, SollicitationForm.initial_of(row))


def _write(
    request: HttpRequest, row: Sollicitation | None, appel: bool, initial: dict[str, Any]
) -> HttpResponse:
    form = SollicitationForm(
        request.POST if request.method == "POST" else None, agent=request.user, appel=appel, initial=initial
    )
    changed = row is not None
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.save_draft(request.user, form.projet(), form.people(), brouillon=row)
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            for refusal in _join(request, row):
                messages.error(request, refusal)
            request.session["brouillon_envoye"] = _key(row, changed)
            return redirect(row)
    context = {"form": form, "appel": appel, "sollicitation": row, "cle": _key(row, changed, appel)}
    if not appel:
        context["cochees"] = form.ticked()
    return render(
        request, "sollicitations/ecrire.html", context, status=422 if request.method == "POST" else 200
    )


def _join(request: HttpRequest, row: Sollicitation) -> list[str]:
    """Take in the files chosen in the form; what is said of those refused. The draft itself is kept already."""
    refusals = []
    for file in request.FILES.getlist("pieces")[:FICHIERS_LUS]:
        try:
            actions.add_file(request.user, row, file, nom=file.name or "")
        except ActionRefusee as refused:
            refusals.append(refused.message)
    return refusals


def _key(row: Sollicitation | None, changed: bool, appel: bool = False) -> str:
    """The name under which the browser keeps what is typed in the form, until the server does."""
    kind = "sollicitation-appel" if (row.appel if row is not None else appel) else "sollicitation"
    return f"{kind}-{row.pk}" if changed and row is not None else kind


def _expertise(typed: str) -> int | str:
    """The expertise named in an address: by number, or by its slug."""
    rows = (
        Expertise.objects.filter(pk=int(typed)) if typed.isdecimal() else Expertise.objects.filter(slug=typed)
    )
    found: int | None = rows.values_list("pk", flat=True).first() if len(typed) < 130 else None
    return found or ""


@require_safe
def sollicitation(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft read over, or all that became of what was sent; for who is asked, their thread."""
    require_agent(request.user)
    if not own_sollicitations(request.user).filter(pk=pk).exists():
        fil = thread_within(request.user, pk)
        if fil is not None:
            return redirect(fil)
    row = get_own(request.user, pk)
    if row.etat == Etat.BROUILLON:
        return render(request, "sollicitations/relire.html", draft_context(request.user, row))
    if request.method == "GET":
        mark_all_read(request.user, fil=f"sollicitation-suite.{row.pk}")
    return render(request, "sollicitations/suivre.html", asker_context(row))


@require_POST
def envoyer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft; what is missing is said on the page where it is mended."""
    row = get_own(request.user, pk)
    try:
        sent = actions.send(request.user, row)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        missing = refused.champ in ("objet", "besoin", "pour_le", "expertise")
        return redirect(reverse("sollicitations:modifier", args=[pk]) if missing else row.get_absolute_url())
    count = sent.destinataires.count()
    whom = f"{count} personnes" if count > 1 else "une personne"
    if sent.appel:
        messages.success(request, f"Votre appel est parti vers {whom}.")
    else:
        messages.success(request, f"Votre sollicitation est envoyée à {whom}.")
    return redirect(sent)


@require_POST
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_own(request.user, pk)
    try:
        actions.delete_draft(request.user, row)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect(row)
    messages.success(request, "Le brouillon est supprimé.")
    return redirect("sollicitations:miennes")


@require_POST
def retirer_fichier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a file off a draft."""
    require_agent(request.user)
    row = get_object_or_404(
        FichierSollicitation.objects.select_related("sollicitation"),
        pk=pk,
        fil__isnull=True,
        sollicitation__demandeur=request.user,
    )
    try:
        actions.remove_file(request.user, row)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(row.sollicitation)


@require_http_methods(["GET", "HEAD", "POST"])
def clore(request: HttpRequest, pk: int) -> HttpResponse:
    """End what one asked, with what one says of the help."""
    row = get_own(request.user, pk)
    helpers = list(
        Destinataire.objects.filter(sollicitation=row, etat__in=list(PRISES))
        .select_related("agent__service", "agent__territoire")
        .order_by("pk")
    )
    if row.etat != Etat.ENVOYEE:
        messages.info(request, "Cette sollicitation est déjà terminée.")
        return redirect(row)
    form = ClotureForm(request.POST if request.method == "POST" else None, aidants=helpers)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(request.user, row, form.bilans())
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            request.session["brouillon_envoye"] = f"clore-{row.pk}"
            messages.success(request, "La sollicitation est close. Merci d’avoir dit ce qu’il en a été.")
            return redirect(row)
    context = {"sollicitation": row, "retour": row, "form": form, "paires": form.pairs()}
    return render(
        request, "sollicitations/clore.html", context, status=422 if request.method == "POST" else 200
    )


@require_POST
def sans_suite(request: HttpRequest, pk: int) -> HttpResponse:
    """End what one asked, nothing having come of it."""
    row = get_own(request.user, pk)
    try:
        actions.give_up(request.user, row)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "La sollicitation est classée sans suite : plus personne n’est relancé.")
    return redirect(row)
