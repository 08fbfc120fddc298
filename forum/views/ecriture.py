"""Writing: a new sujet, an answer; choosing the answer that settles a question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from forum import actions
from forum.access import current_sujet, get_message, get_sujet
from forum.forms import ReponseForm
from forum.pages import message_address
from forum.views.lecture import sujet_page
from forum.views.redaction import answer_key, answered_message, received
from plateforme.socle.erreurs import ActionRefusee


@require_POST
def repondre(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    data, refused = received(request, found.communaute)
    form = ReponseForm(data)
    if refused:
        form.add_error("texte", refused)
    if found.fusionne_dans_id is not None:
        # The page was open while the sujet was merged: nothing typed is lost.
        form.add_error(
            "texte", "Ce sujet vient d’être réuni avec celui-ci : relisez la discussion, puis publiez ici."
        )
        return sujet_page(request, current_sujet(request.user, found), form, status=422)
    if form.is_valid():
        try:
            message = actions.publish_message(
                request.user,
                found,
                form.cleaned_data["texte"],
                repond_a=answered_message(found, form.cleaned_data["repond_a"]),
                brouillon=answer_key(found),
            )
        except ActionRefusee as error:
            form.add_error("texte", error.message)
        else:
            request.session["brouillon_envoye"] = answer_key(found)
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
