"""Tags: those of a sujet, the page of a community's, renaming and merging."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from communautes.access import get_readable
from communautes.presentation import community_context
from forum import actions
from forum.access import can_tag, get_etiquette, get_sujet
from forum.etiquettes import counted_tags, proposed_tags
from forum.forms_sujet import ClassementForm
from plateforme.socle.erreurs import ActionRefusee


def etiquettes(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    context = community_context(request.user, communaute, "forum")
    return render(request, "forum/etiquettes/liste.html", {**context, "etiquettes": counted_tags(communaute)})


@require_POST
def etiquette(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a tag (`nom`), or merge it into another (`dans`)."""
    tag = get_etiquette(request.user, pk)
    try:
        if request.POST.get("dans"):
            actions.merge_etiquettes(request.user, tag, get_etiquette(request.user, request.POST["dans"]))
            messages.success(request, f"« {tag.nom} » est fusionnée : son ancienne adresse mène à l’autre.")
        else:
            actions.rename_etiquette(request.user, tag, request.POST.get("nom", ""))
            messages.success(request, "L’étiquette est renommée.")
    except ActionRefusee as error:
        messages.error(request, error.message)
    return redirect("forum:etiquettes", tag.communaute.slug)


def classer(request: HttpRequest, pk: int) -> HttpResponse:
    """What a sujet is filed under."""
    found = get_sujet(request.user, pk)
    if not can_tag(request.user, found):
        raise PermissionDenied(
            "Seules la personne qui a ouvert le sujet et l’animation changent ses étiquettes."
        )
    now = {
        "expertises": list(found.expertises.values_list("pk", flat=True)),
        "etiquettes": ", ".join(found.etiquettes.values_list("nom", flat=True)),
    }
    form = ClassementForm(request.POST or None, initial=now, communaute=found.communaute)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_tags(
                request.user, found, form.cleaned_data["expertises"], form.cleaned_data["etiquettes"]
            )
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            messages.success(request, "Le classement du sujet est à jour.")
            return redirect(found)
    context = community_context(request.user, found.communaute, "forum")
    context |= {"sujet": found, "form": form, "etiquettes_proposees": proposed_tags(found.communaute)}
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/etiquettes/classer.html", context, status=status)
