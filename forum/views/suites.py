"""From a message: a decision for the register, a task."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from communautes.presentation import community_context
from communautes.suites.forms import DecisionForm, TacheForm
from communautes.suites.redaction import said
from forum import actions
from forum.access import can_note, get_message
from forum.models import Message
from forum.pages import message_address
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import plain_text

# What is proposed of a message's own words: one shortens it to what is decided.
DECISION_DITE, TACHE_DITE = 600, 140


def noter_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a decision, with the message's words to be shortened."""
    message = _visible_message(request, pk)
    if not can_note(request.user, message.sujet):
        raise PermissionDenied(
            "Une décision se note par l’animation, ou se propose par qui a ouvert le sujet."
        )
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        initial={"texte": plain_text(message.texte, DECISION_DITE)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            decision = actions.note_decision(
                request.user,
                message,
                form.cleaned_data["texte"],
                prise_le=form.cleaned_data["prise_le"],
                confirmer=request.POST.get("confirmer") == "oui",
            )
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, said(decision))
            return redirect(message_address(message))
    return _form_page(request, "suites/decision_form.html", message, form)


def faire_tache(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a task, with the beginning of the message as what there is to do."""
    message = _visible_message(request, pk)
    communaute = message.sujet.communaute
    form = TacheForm(
        request.POST if request.method == "POST" else None,
        communaute=communaute,
        initial={"libelle": plain_text(message.texte, TACHE_DITE)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_task(
                request.user,
                message,
                form.cleaned_data["libelle"],
                responsable=form.cleaned_data["responsable"],
                echeance=form.cleaned_data["echeance"],
            )
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            messages.success(request, "La tâche est notée : elle figure sur le message.")
            return redirect(message_address(message))
    return _form_page(request, "suites/tache_form.html", message, form)


def _visible_message(request: HttpRequest, pk: int) -> Message:
    message = get_message(request.user, pk)
    if not message.visible:
        raise PermissionDenied("Ce message a été retiré : rien ne peut en être noté.")
    return message


def _form_page(request: HttpRequest, template: str, message: Message, form: Any) -> HttpResponse:
    context: dict[str, Any] = community_context(request.user, message.sujet.communaute, "forum")
    if not context["peut_ecrire"] and not context["peut_animer"]:
        raise PermissionDenied("Rejoignez la communauté pour y noter ce qui sort des échanges.")
    context |= {"form": form, "message": message, "retour": message_address(message)}
    return render(request, template, context, status=422 if form.errors else 200)
