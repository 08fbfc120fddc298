"""What the pages of moderation share: one page for one decision, and the canned answers put in a field."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from communautes.models import Communaute
from communautes.presentation import community_context
from forum.models import ReponseType
from plateforme.socle.erreurs import ActionRefusee

CANNED = 50


def with_canned(communaute: Communaute, champs: Sequence[str]) -> dict[str, Any]:
    """For the template that offers canned answers: the list, and the fields they may go into."""
    return {
        "reponses_types": list(ReponseType.objects.filter(communaute=communaute)[:CANNED]),
        "champs_types": champs,
    }


def insert_canned(request: HttpRequest, form: Any, communaute: Communaute) -> Any:
    """The same form as it was filled, with the chosen canned answer at the end of the chosen field."""
    data = request.POST.copy()
    champ, chosen = data.get("inserer", ""), data.get("reponse_type", "")
    found = (
        ReponseType.objects.filter(communaute=communaute, pk=chosen).first()
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 19
        else None
    )
    if found is not None and champ in form.fields:
        data[champ] = f"{data.get(champ, '').rstrip()} {found.texte}".strip()
    # Not checked yet: the person goes on filling it.
    form.is_bound = False
    form.initial = {name: data.get(name) for name in form.fields}
    return form


def decide_page(
    request: HttpRequest,
    communaute: Communaute,
    form: forms.Form,
    action: Callable[[dict[str, Any]], Any],
    *,
    fait: str,
    vers: Callable[[Any], str],
    contexte: dict[str, Any],
    modele: str = "forum/moderation/decision.html",
) -> HttpResponse:
    """A page that explains one decision and asks for it: GET shows it; POST does it, says `fait`, and goes where
    `vers` says of what the action returned. What is refused comes back with what was typed."""
    if request.method == "POST" and "inserer" in request.POST:
        form = insert_canned(request, form, communaute)
    elif request.method == "POST" and form.is_valid():
        try:
            result = action(form.cleaned_data)
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        else:
            messages.success(request, fait)
            return redirect(vers(result))
    context = community_context(request.user, communaute, "forum")
    context |= {"form": form, **contexte}
    if "motif" in form.fields:
        context |= with_canned(communaute, ("motif",))
    status = 422 if request.method == "POST" and form.is_bound else 200
    return render(request, modele, context, status=status)
