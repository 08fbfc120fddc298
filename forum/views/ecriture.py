"""Writing: a new sujet, an answer, a preview; choosing the answer that settles a question."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.mentions import resolve_mentions
from communautes.access import get_readable
from communautes.presentation import community_context
from forum import actions
from forum.access import get_message, get_sujet
from forum.forms import ReponseForm, SujetForm
from forum.presentation import message_address
from forum.views.lecture import sujet_page
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.texte import extract_mentions, render_markdown


def ouvrir(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    context = community_context(request.user, communaute, "forum")
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour y écrire.")
    form = SujetForm(request.POST if request.method == "POST" else None, communaute=communaute)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_sujet(request.user, communaute, **form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            request.session["brouillon_envoye"] = f"communaute-{communaute.slug}-sujet"
            return redirect(opened)
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/ouvrir.html", {**context, "form": form}, status=status)


@require_POST
def repondre(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    form = ReponseForm(request.POST)
    if form.is_valid():
        try:
            message = actions.publish_message(request.user, found, form.cleaned_data["texte"])
        except ActionRefusee as error:
            form.add_error("texte", error.message)
        else:
            request.session["brouillon_envoye"] = f"sujet-{found.pk}"
            return redirect(message_address(message))
    return sujet_page(request, found, form, status=422)


@require_POST
def accepter(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_message(request.user, pk)
    try:
        actions.accept_message(request.user, message)
    except ActionRefusee as error:
        messages.error(request, error.message)
    return redirect(message.sujet)


@require_POST
def retirer_acceptation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    actions.withdraw_acceptance(request.user, found)
    return redirect(found)


@require_POST
def apercu(request: HttpRequest) -> HttpResponse:
    """What a text will look like, exactly."""
    try:
        check_limit("apercu", request.user.pk)
    except ActionRefusee as error:
        return HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
    source = request.POST.get("texte", "")
    html = render_markdown(source, mentions=resolve_mentions(extract_mentions(source)[:50]))
    return HttpResponse(html or "Rien à afficher : écrivez d’abord votre message.")
