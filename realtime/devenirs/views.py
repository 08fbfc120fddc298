"""From a line of a salon: a sujet, a decision, a task. Each page is a form already filled."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communautes.access import can_animate
from communautes.models import Communaute
from communautes.suites.listes import decisions_of, with_origins
from communautes.suites.models import Decision, Tache
from communautes.suites.redaction import said
from forum.models import Sujet
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate
from plateforme.socle.texte import plain_text
from realtime.devenirs import actions
from realtime.devenirs.access import (
    PAS_LES_VOTRES,
    get_source,
    get_with_register,
    lines_around,
    may_quote,
    places_for_sujet,
    running_meeting,
)
from realtime.devenirs.forms import DecisionDeLigneForm, SujetDeLigneForm, TacheDeLigneForm
from realtime.devenirs.marques import outcomes_of
from realtime.devenirs.models import DevenirLigne, RegistreSalon
from realtime.devenirs.presentation import register_layout
from realtime.devenirs.registres import readable_in
from realtime.fichiers.presentation import extract_of
from realtime.models import MessageSalon
from realtime.presentation import name_salons, page_layout

# What is proposed of a line's own words.
TITRE_DIT, DECISION_DITE, TACHE_DITE = 100, 600, 140
# What is shown of each line around it.
MONTRE = 280


@require_http_methods(["GET", "HEAD", "POST"])
def sujet(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Open a sujet with a line's words, and those around it that one ticks."""
    line = get_source(request.user, pk, numero)
    if not may_quote(request.user, line):
        raise PermissionDenied(PAS_LES_VOTRES)
    mine = line.auteur_id == request.user.pk
    places = places_for_sujet(request.user, line.salon)
    form = SujetDeLigneForm(
        request.POST if request.method == "POST" else None,
        places=places,
        reserve=line.salon.nominatif,
        initial={
            "communaute": line.salon.communaute_id,
            "genre": Sujet.Genre.QUESTION if "?" in line.texte else Sujet.Genre.DISCUSSION,
            "titre": plain_text(line.texte, TITRE_DIT),
            "texte": line.texte if mine else "",
            "cites": [] if mine else [line.numero],
            "depart": _seen(line),
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = actions.make_sujet(
                request.user,
                line,
                data["communaute"],
                titre=data["titre"],
                texte=data["texte"],
                genre=data["genre"],
                cites=data["cites"],
                vus=data["depart"],
            )
        except ActionRefusee as refused:
            _refuse(form, refused, line)
        else:
            messages.success(request, "Le sujet est ouvert. Le message du salon y mène.")
            return redirect(opened)
    around = lines_around(request.user, line)
    ticked = {str(number) for number in form["cites"].value() or []}
    lines = [*around, *([] if mine else [line])]
    for row in lines:
        row.extrait = extract_of(row, MONTRE)
    context = {
        "form": form,
        "mienne": mine,
        "lieu_choisi": line.salon.communaute_id is None,
        "aucun_lieu": line.salon.communaute_id is None and not places.exists(),
        "lignes": [(row, str(row.numero) in ticked) for row in sorted(lines, key=lambda row: row.numero)],
    }
    return _page(request, "devenirs/sujet.html", line, context, form)


@require_safe
def decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """What is decided in a salon of a few agents, or of two, latest first; `?q=` finds words or a number."""
    salon = get_with_register(request.user, pk)
    question = request.GET.get("q", "").strip()[:200]
    context = {
        **register_layout(request.user, salon),
        "salon": salon,
        "communaute": None,
        "question": question,
    }
    if question:
        try:
            check_limit("recherche", request.user.pk)
        except TropDeDemandes as error:
            return render(request, "devenirs/decisions.html", context | {"refus": error.message}, status=429)
    register = RegistreSalon.objects.filter(salon=salon).first()
    rows = decisions_of(register, question=question) if register is not None else Decision.objects.none()
    page = paginate(
        readable_in(request.user, rows.with_people()),
        ("-prise_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    with_origins(request.user, page.items)
    return render(request, "devenirs/decisions.html", context | {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Note a decision, with the line's words to be shortened."""
    line = get_source(request.user, pk, numero)
    seance = running_meeting(line.salon)
    within = line.salon.communaute_id is None
    form = DecisionDeLigneForm(
        request.POST if request.method == "POST" else None,
        en_reunion=seance is not None,
        initial={
            "texte": plain_text(line.texte, DECISION_DITE) if within or may_quote(request.user, line) else "",
            "depart": _seen(line),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_decision(
                request.user,
                line,
                form.cleaned_data["texte"],
                prise_le=form.cleaned_data.get("prise_le"),
                confirmer=request.POST.get("confirmer") == "oui",
                vus=form.cleaned_data["depart"],
            )
        except ActionRefusee as refused:
            _refuse(form, refused, line)
        else:
            done = (
                said(made)
                if isinstance(made, Decision) and seance is None
                else ("C’est noté dans la réunion : la décision attend d’être confirmée.")
            )
            return _back(request, line, done)
    context = {
        "form": form,
        "seance": seance,
        # Whoever decides, rather than proposes: who animates, and each of a few agents.
        "note": seance is None and (within or can_animate(request.user, line.salon.communaute)),
    }
    return _page(request, "devenirs/decision.html", line, context, form)


@require_http_methods(["GET", "HEAD", "POST"])
def tache(request: HttpRequest, pk: int, numero: int) -> HttpResponse:
    """Note a task, with the beginning of the line as what there is to do."""
    line = get_source(request.user, pk, numero)
    seance = running_meeting(line.salon)
    within = line.salon.communaute_id is None
    form = TacheDeLigneForm(
        request.POST if request.method == "POST" else None,
        salon=line.salon,
        initial={
            "libelle": plain_text(line.texte, TACHE_DITE) if within or may_quote(request.user, line) else "",
            "depart": _seen(line),
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made: Model = actions.make_task(
                request.user,
                line,
                data["libelle"],
                responsable=data["responsable"],
                echeance=data["echeance"],
                vus=data["depart"],
            )
        except ActionRefusee as refused:
            _refuse(form, refused, line)
        else:
            done = (
                "La tâche est notée : elle figure sur le message."
                if isinstance(made, Tache)
                else "C’est noté dans la réunion : l’action attend d’être confirmée."
            )
            return _back(request, line, done)
    return _page(request, "devenirs/tache.html", line, {"form": form, "seance": seance}, form)


def _seen(line: MessageSalon) -> int:
    """The last thing made of the line, by number; 0 for none."""
    rows = DevenirLigne.objects.filter(message=line).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def _refuse(form: Form, refused: ActionRefusee, line: MessageSalon) -> None:
    """Say it in the form; what was made meanwhile is on the page that says so, and will have been seen."""
    refused.show_in(form)
    if isinstance(refused, actions.DejaDevenu):
        form.data = form.data.copy()
        form.data["depart"] = _seen(line)


def _back(request: HttpRequest, line: MessageSalon, done: str) -> HttpResponse:
    """To the line, in its salon."""
    messages.success(request, done)
    return redirect(_address(line))


def _page(
    request: HttpRequest, template: str, line: MessageSalon, more: dict[str, Any], form: Form
) -> HttpResponse:
    salon = line.salon
    name_salons(request.user, [salon])
    line.extrait = extract_of(line, MONTRE)
    devenirs, _ = outcomes_of([line.pk], request.user).get(line.pk, ([], False))
    context = {
        **page_layout(request.user, salon),
        "salon": salon,
        "message": line,
        "retour": _address(line),
        "devenirs": devenirs,
        "ouverte": salon.communaute is not None
        and salon.communaute.visibilite == Communaute.Visibilite.OUVERTE,
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _address(line: MessageSalon) -> str:
    return f"{line.salon.get_absolute_url()}?autour={line.numero}#ligne-{line.numero}"
