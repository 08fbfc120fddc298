"""Minutes: read, written, validated, corrected."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annuaire.notifications.actions import mark_all_read
from forum.access import draft_of
from forum.actions.brouillons import delete_draft
from forum.views.redaction import draft_context
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.presentation import page_layout
from realtime.seances import actions, redaction
from realtime.seances.access import (
    can_lead,
    get_edition,
    get_minutes,
    get_seance,
    guests_of,
    reads_chat,
    require_lead,
    require_validate_minutes,
)
from realtime.seances.forms import CompteRenduForm, RectificatifForm, ValidationForm
from realtime.seances.models import CompteRendu
from realtime.seances.views.gestes import number_asked


@never_cache
@require_safe
def compte_rendu(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes that hold, those being written, or before them what the meeting left. `?edition`: earlier ones."""
    return _read(request, pk)


@require_POST
def rediger(request: HttpRequest, pk: int) -> HttpResponse:
    """Compose them of the meeting."""
    seance = get_seance(request.user, pk)
    try:
        actions.start_minutes(request.user, seance)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("seances:compte-rendu", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """The text. When somebody saved another one meanwhile, both are joined on the merge page."""
    minutes = get_minutes(request.user, pk)
    require_lead(request.user, minutes.seance.reunion)
    key = f"{redaction.BROUILLON}.{pk}"
    if request.method != "POST":
        if minutes.valide:
            messages.info(request, "Ce compte rendu est validé : il ne se modifie que par un rectificatif.")
            return redirect("seances:compte-rendu", pk)
        draft = draft_of(request.user, key)
        kept = draft.contenu if draft is not None and draft.contenu.get("version") else {}
        form = CompteRenduForm(initial={"texte": minutes.texte, "version": minutes.version} | kept)
        return _edit_page(request, minutes, form)
    form = CompteRenduForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.edit_minutes(request.user, minutes, **form.cleaned_data)
        except actions.CompteRenduDepasse as passed:
            fusion = redaction.merging(
                passed.actuel, form.cleaned_data["version"], form.cleaned_data["texte"]
            )
            data = request.POST.copy()
            data["texte"], data["version"] = fusion["proposition"], str(passed.actuel.version)
            passed.actuel.seance = minutes.seance
            return _edit_page(request, passed.actuel, CompteRenduForm(data), 409, fusion=fusion)
        except ActionRefusee as refused:
            form.add_error(refused.champ, refused.message)
            status = 409 if CompteRendu.objects.get(pk=minutes.pk).valide else 422
        else:
            delete_draft(request.user, key)
            request.session["brouillon_envoye"] = key
            messages.success(request, "Le compte rendu est enregistré.")
            return redirect("seances:compte-rendu", pk)
    return _edit_page(request, minutes, form, status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recomposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up what changed in the meeting since the text was composed, without losing what was typed."""
    minutes = get_minutes(request.user, pk)
    require_lead(request.user, minutes.seance.reunion)
    if minutes.valide:
        return redirect("seances:compte-rendu", pk)
    fresh = redaction.recomposing(minutes.seance, minutes)
    typed, error = None, ""
    if request.method == "POST":
        form = CompteRenduForm(request.POST)
        typed = request.POST.get("texte", "")
        if not form.is_valid():
            error = " ".join(message for errors in form.errors.values() for message in errors)
        elif (
            request.POST.get("empreinte") != fresh["empreinte"]
            or form.cleaned_data["version"] != minutes.version
        ):
            error = (
                "La réunion ou le compte rendu ont changé entre-temps : voici ce qu’ils donnent maintenant. Reprenez "
                "votre texte ci-dessous, puis enregistrez."
            )
        else:
            try:
                actions.edit_minutes(request.user, minutes, **form.cleaned_data, compose=fresh["compose"])
            except ActionRefusee as refused:
                error = refused.message
            else:
                messages.success(request, "Le compte rendu reprend ce qui a changé.")
                return redirect("seances:compte-rendu", pk)
    context = {
        **page_layout(request.user, minutes.seance.reunion.communaute),
        "reunion": minutes.seance.reunion,
        "minutes": minutes,
        **fresh,
        "saisie": typed,
        "erreur": error,
    }
    return render(request, "seances/recomposer.html", context, status=409 if error else 200)


@require_POST
def soumettre(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda minutes: actions.submit_minutes(request.user, minutes),
        "Les personnes qui animent la réunion sont prévenues : elles valideront le compte rendu.",
    )


@require_POST
def valider(request: HttpRequest, pk: int) -> HttpResponse:
    """Make them final."""
    minutes = get_minutes(request.user, pk)
    require_validate_minutes(request.user, minutes.seance.reunion)
    form = ValidationForm(request.POST, exterieurs=guests_of(minutes.seance.reunion))
    if not form.is_valid():
        return _read(request, pk, status=422, validation=form)
    return _act(
        request,
        pk,
        lambda held: actions.validate_minutes(request.user, held, **form.cleaned_data),
        "Le compte rendu est validé. Les personnes qui ont participé à la réunion en sont prévenues.",
        passed="Le compte rendu a été modifié depuis que vous l’avez lu : relisez-le, puis validez-le.",
    )


@require_POST
def rectifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to correct validated minutes; give it up when `geste` says so."""
    if request.POST.get("geste") == "abandonner":
        return _act(
            request,
            pk,
            lambda minutes: actions.drop_correction(request.user, minutes),
            "Le rectificatif est abandonné : le compte rendu validé reste tel qu’il était.",
        )
    form = RectificatifForm(request.POST)
    if not form.is_valid():
        return _read(request, pk, status=422, rectificatif=form)
    return _act(
        request,
        pk,
        lambda minutes: actions.correct_minutes(request.user, minutes, form.cleaned_data["motif"]),
        "Modifiez maintenant le texte : le compte rendu validé reste celui que tout le monde lit jusque-là.",
    )


@never_cache
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts that minutes had, and what each changed (`?version`). For who writes them."""
    minutes = get_minutes(request.user, pk)
    require_lead(request.user, minutes.seance.reunion)
    asked = number_asked(request, "version")
    compared = redaction.comparison(minutes, asked) if asked is not None else None
    if asked is not None and compared is None:
        raise Http404("Cette version n’existe pas.")
    context = {
        **page_layout(request.user, minutes.seance.reunion.communaute),
        "reunion": minutes.seance.reunion,
        "minutes": minutes,
        "versions": redaction.versions(minutes),
        "comparaison": compared,
    }
    return render(request, "seances/versions.html", context)


@require_POST
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish them as a sujet of the community, once."""
    minutes = get_minutes(request.user, pk)
    try:
        return redirect(actions.publish_minutes(request.user, minutes))
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect("seances:compte-rendu", pk)


def _read(request: HttpRequest, pk: int, *, status: int = 200, **more: Any) -> HttpResponse:
    seance = get_seance(request.user, pk)
    minutes = CompteRendu.objects.select_related("modifie_par").filter(seance=seance).first()
    if minutes is not None:
        minutes.seance = seance
    asked = number_asked(request, "edition")
    if asked is not None:
        if minutes is None:
            raise Http404("Cette édition n’existe pas.")
        get_edition(minutes, asked)
    if request.method == "GET":
        mark_all_read(request.user, fil=f"reunion.{pk}")
    context = redaction.reading(request.user, seance, minutes, asked)
    if context["peut_valider"] and minutes is not None:
        context["validation"] = ValidationForm(
            initial={
                "version": minutes.version,
                "president": context["president"],
                "secretaire": context["secretaire"],
                "aux_exterieurs": any(edition.aux_exterieurs for edition in context["editions"]),
            },
            exterieurs=guests_of(seance.reunion),
        )
    if context["peut_rectifier"]:
        context["rectificatif"] = RectificatifForm()
    context["conduit"] = can_lead(request.user, seance.reunion)
    context["discussion"] = seance.salon if reads_chat(request.user, seance) else None
    return render(request, "seances/compte_rendu.html", context | more, status=status)


def _edit_page(
    request: HttpRequest, minutes: CompteRendu, form: CompteRenduForm, status: int = 200, **more: Any
) -> HttpResponse:
    key = f"{redaction.BROUILLON}.{minutes.pk}"
    context = {
        **page_layout(request.user, minutes.seance.reunion.communaute),
        "reunion": minutes.seance.reunion,
        "minutes": minutes,
        "form": form,
        **draft_context(key, draft_of(request.user, key)),
    }
    return render(request, "seances/modifier_compte_rendu.html", context | more, status=status)


def _act(
    request: HttpRequest, pk: int, act: Callable[[CompteRendu], Any], said: str, *, passed: str = ""
) -> HttpResponse:
    """Do what was asked of the minutes and come back to them. `passed`: what to say when they changed meanwhile."""
    minutes = get_minutes(request.user, pk)
    try:
        act(minutes)
    except actions.CompteRenduDepasse as refused:
        messages.error(request, passed or refused.message)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect("seances:compte-rendu", pk)
