"""Changing a message: its text, its title, who may join in; and when two people change it at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from communautes.presentation import community_context
from forum import actions
from forum.access import can_edit, can_rename, draft_of, get_message
from forum.actions.edition import VersionDepassee
from forum.forms import ModificationForm
from forum.historique import merging
from forum.models import Message
from forum.page_sujet import one_message
from forum.pages import message_address
from forum.views.redaction import draft_context, received
from plateforme.socle.erreurs import ActionRefusee


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_message(request.user, pk)
    about = _about(request, message)
    if request.method != "POST":
        if not can_edit(request.user, message):
            raise PermissionDenied("Vous ne pouvez pas modifier ce message.")
        draft = draft_of(request.user, _key(message))
        # With the version it started from: what was changed meanwhile meets it on the merge page.
        return _page(request, message, ModificationForm(**about, brouillon=draft.contenu if draft else None))
    data, refused = (
        received(request, message.sujet.communaute) if can_edit(request.user, message) else (request.POST, "")
    )
    form = ModificationForm(data, **about)
    if refused:
        form.add_error("texte", refused)
    status = 422
    if form.is_valid():
        try:
            edited = actions.edit_message(request.user, message, **form.cleaned_data)
        except VersionDepassee as conflict:
            return _merge_page(request, conflict.actuel, form)
        except ActionRefusee as error:
            form.add_error(error.champ if error.champ in form.fields else None, error.message)
        except PermissionDenied as error:
            # Closed or withdrawn meanwhile: what was typed stays there to be copied.
            form.add_error(None, f"{error} Votre texte est toujours là : copiez-le si vous en avez besoin.")
            status = 403
        else:
            request.session["brouillon_envoye"] = _key(message)
            return redirect(message_address(edited))
    return _page(request, message, form, status)


def _key(message: Message) -> str:
    return f"message.{message.pk}"


def _about(request: HttpRequest, message: Message) -> dict[str, Any]:
    return {
        "message": message,
        "titre": message.numero == 1 and can_rename(request.user, message.sujet),
        "motif": message.auteur_id != request.user.pk and not message.wiki,
    }


def _page(
    request: HttpRequest, message: Message, form: ModificationForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = community_context(request.user, message.sujet.communaute, "forum")
    context |= {"message": message, "sujet": message.sujet, "form": form, "retour": message_address(message)}
    context |= draft_context(_key(message), draft_of(request.user, _key(message)))
    return render(request, "forum/modifier.html", context | more, status=status)


def _merge_page(request: HttpRequest, actuel: Message, sent: ModificationForm) -> HttpResponse:
    """Both texts, and a joined one to go on from; saved, it replaces the version shown here and no other."""
    fusion = merging(actuel, sent.cleaned_data["version"], sent.cleaned_data["texte"])
    data = sent.data.copy()
    data["texte"], data["version"] = fusion["proposition"], str(actuel.version)
    if "titre_depuis" in data and data["titre_depuis"] != actuel.sujet.titre:
        fusion["titre_depuis"], data["titre_depuis"] = data["titre_depuis"], actuel.sujet.titre
    form = ModificationForm(data, **_about(request, actuel))
    return _page(request, actuel, form, 409, fusion=fusion)


@require_POST
def wiki(request: HttpRequest, pk: int) -> HttpResponse:
    """`wiki`: `oui` opens a message to all who may write, `non` gives it back to its author."""
    message = get_message(request.user, pk)
    opened = request.POST.get("wiki") == "oui"
    actions.set_wiki(request.user, message, opened)
    messages.success(
        request,
        "Tous les membres peuvent maintenant modifier ce message."
        if opened
        else "Ce message n’est plus modifiable que par son auteur et l’animation.",
    )
    return redirect(message_address(message))


def fragment(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it is now, for a page already open. `?ancre=retenue`: the copy under the question."""
    message = get_message(request.user, pk)
    ancre = "retenue" if request.GET.get("ancre") == "retenue" else "message"
    return HttpResponse(one_message(request, request.user, message.sujet, pk, ancre=ancre))
