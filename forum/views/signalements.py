"""Reporting a message; the queue of those who animate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from communautes.access import can_animate
from communautes.models import Communaute
from communautes.presentation import community_context
from forum import actions
from forum.access import get_message, get_moderated, get_reported
from forum.models import Message
from forum.moderation import folder, history_of, queue
from forum.moderation_forms import DecisionForm, SignalementForm
from forum.pages import message_address
from forum.views.outils import insert_canned, with_canned
from plateforme.socle.erreurs import ActionRefusee


def signaler(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a message should be looked at; thanks, then back to it."""
    message = get_message(request.user, pk)
    form = SignalementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.report_message(request.user, message, **form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(
                request,
                "Merci. L’animation de la communauté va regarder ce message ; vous saurez ce qu’elle en fait.",
            )
            return redirect(message_address(message))
    context = community_context(request.user, message.sujet.communaute, "forum")
    context |= {"form": form, "message": message, "retour": message_address(message)}
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/moderation/signaler.html", context, status=status)


def moderation(request: HttpRequest, slug: str) -> HttpResponse:
    """The queue: what waits, or what was settled (`?etat=traites`)."""
    communaute = get_moderated(request.user, slug)
    ouverts = request.GET.get("etat") != "traites"
    page, dossiers = queue(
        request.user,
        communaute,
        ouverts=ouverts,
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = community_context(request.user, communaute, "moderation")
    context |= {"page": page, "dossiers": dossiers, "ouverts": ouverts}
    return render(request, "forum/moderation/file.html", context)


def signalement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A reported message with all that helps to decide; POST decides."""
    communaute = get_moderated(request.user, slug)
    message = get_reported(request.user, communaute, pk)
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        suspendre=can_animate(request.user, communaute),
    )
    if request.method == "POST" and "inserer" in request.POST:
        return _page(request, communaute, message, insert_canned(request, form, communaute))
    if form.is_valid():
        data = form.cleaned_data
        rien = "sans_suite" in request.POST
        decision = (
            actions.Decision(reponse=data["reponse"])
            if rien
            else actions.Decision(
                masquer=data["masquer"],
                avertir=data["avertir"],
                suspendu_jusqu_au=data.get("fin"),
                motif=data["motif"],
                reponse=data["reponse"],
            )
        )
        if not rien and not decision.suites:
            form.add_error(None, "Choisissez ce que vous faites, ou classez le signalement sans suite.")
        else:
            try:
                actions.decide_reports(request.user, message, decision)
            except ActionRefusee as error:
                form.add_error(error.champ if error.champ in form.fields else None, error.message)
            else:
                messages.success(
                    request,
                    "C’est fait. Les personnes concernées sont prévenues.",
                )
                return redirect("forum:moderation", slug)
    return _page(request, communaute, message, form, status=422 if request.method == "POST" else 200)


@require_POST
def prendre(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = get_reported(request.user, get_moderated(request.user, slug), pk)
    try:
        actions.claim_reports(request.user, message)
    except ActionRefusee as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Ce signalement est entre vos mains pour 30 minutes.")
    return redirect("forum:signalement", slug, pk)


@require_POST
def rendre(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = get_reported(request.user, get_moderated(request.user, slug), pk)
    actions.release_reports(request.user, message)
    messages.success(request, "Une autre personne peut s’en occuper.")
    return redirect("forum:moderation", slug)


def _page(
    request: HttpRequest, communaute: Communaute, message: Message, form: DecisionForm, status: int = 200
) -> HttpResponse:
    context = community_context(request.user, communaute, "moderation")
    context |= history_of(communaute, message.auteur)
    context |= {"dossier": folder(message), "message": message, "form": form}
    context |= with_canned(communaute, ("motif", "reponse"))
    return render(request, "forum/moderation/signalement.html", context, status=status)
