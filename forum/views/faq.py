"""The community's FAQ: read, searched, fed and kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from communautes.access import get_readable
from communautes.presentation import community_context
from forum.access import get_faq_entry, get_message
from forum.actions import faq as actions
from forum.forms import QuestionFaqForm
from forum.models import EntreeFaq
from forum.pages import message_address
from forum.recherche import faq_entries
from plateforme.socle.erreurs import ActionRefusee

DECISIONS = {
    "publier": (actions.publish_entry, "La réponse figure maintenant dans la foire aux questions."),
    "refuser": (
        actions.refuse_entry,
        "La proposition est écartée ; la personne qui l’a faite en est prévenue.",
    ),
    "retirer": (actions.withdraw_entry, "La réponse ne figure plus dans la foire aux questions."),
    "monter": (lambda agent, entree: actions.move_entry(agent, entree, -1), ""),
    "descendre": (lambda agent, entree: actions.move_entry(agent, entree, 1), ""),
}


def page(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    context: dict[str, Any] = community_context(request.user, communaute, "forum")
    question = request.GET.get("q", "").strip()[:200]
    context |= {
        "question": question,
        "entrees": faq_entries(communaute, EntreeFaq.Etat.PUBLIEE, question),
        "propositions": faq_entries(communaute, EntreeFaq.Etat.PROPOSEE)
        if context["peut_animer"] and not question
        else [],
    }
    return render(request, "forum/faq.html", context)


def proposer(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an answer, with the question that it answers."""
    message = get_message(request.user, pk)
    context: dict[str, Any] = community_context(request.user, message.sujet.communaute, "forum")
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour proposer une réponse.")
    form = QuestionFaqForm(
        request.POST if request.method == "POST" else None, initial={"question": message.sujet.titre}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entree = actions.nominate(request.user, message, form.cleaned_data["question"])
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            published = entree.etat == EntreeFaq.Etat.PUBLIEE
            messages.success(
                request,
                "La réponse figure maintenant dans la foire aux questions."
                if published
                else "Merci : votre proposition est entre les mains de l’animation.",
            )
            return redirect(entree if published else message_address(message))
    context |= {"form": form, "message": message, "sujet": message.sujet, "retour": message_address(message)}
    return render(request, "forum/faq_question.html", context, status=422 if form.errors else 200)


def entree(request: HttpRequest, pk: int) -> HttpResponse:
    """What the animation does with an entry: a `decision`, or another wording of its question."""
    found = get_faq_entry(request.user, pk)
    faq = reverse("forum:faq", args=[found.communaute.slug])
    decision = request.POST.get("decision", "")
    if decision in DECISIONS:
        action, said = DECISIONS[decision]
        try:
            action(request.user, found)
        except ActionRefusee as error:
            messages.error(request, error.message)
        else:
            if said:
                messages.success(request, said)
        return redirect(f"{faq}#faq-{pk}" if decision != "retirer" else faq)
    form = QuestionFaqForm(
        request.POST if request.method == "POST" else None, initial={"question": found.question}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_question(request.user, found, form.cleaned_data["question"])
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            return redirect(found)
    context: dict[str, Any] = community_context(request.user, found.communaute, "forum")
    context |= {
        "form": form,
        "message": found.message,
        "sujet": found.message.sujet,
        "entree": found,
        "retour": faq,
    }
    return render(request, "forum/faq_question.html", context, status=422 if form.errors else 200)
