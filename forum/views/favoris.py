"""What one keeps at hand, and is reminded of."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from annuaire.notifications.access import back_to
from annuaire.notifications.preferences import clock_of
from communautes.presentation import community_context
from forum import actions
from forum.access import favori_of, get_message, get_own_favori
from forum.favoris import describe, kept_by, removal_to_undo, said
from forum.forms_favori import FavoriForm
from forum.models import Favori, Message
from forum.pages import message_address
from forum.rappels import precision
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate


def favoris(request: HttpRequest) -> HttpResponse:
    """What one keeps, the latest first."""
    page = paginate(
        kept_by(request.user),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    zone = clock_of(request.user)
    context = {
        "page": page,
        "gardes": describe(request.user, page.items, zone),
        "horloge": precision(zone),
        "retire": removal_to_undo(request.user),
        "onglet": "favoris",
    }
    return render(request, "forum/listes/favoris.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def favori(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a message, or change what one notes about it. With htmx, the form alone."""
    message = get_message(request.user, pk)
    if not message.visible:
        raise Http404("Ce message a été retiré.")
    kept, zone = favori_of(request.user, message), clock_of(request.user)
    form = FavoriForm(
        request.POST if request.method == "POST" else None,
        favori=kept,
        maintenant=timezone.now(),
        zone=zone,
    )
    if form.is_valid():
        try:
            kept, created = actions.keep_message(
                request.user,
                message,
                note=form.cleaned_data["note"],
                rappel_le=form.cleaned_data["rappel_le"],
            )
        except ActionRefusee as error:
            form.add_error(error.champ, error.message)
        else:
            return _done(request, kept, _words(kept, created, zone), message_address(message))
    return _page(request, message, kept, form, zone)


@require_POST
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """To the list, where it can be undone."""
    kept = get_own_favori(request.user, pk)
    actions.remove_favori(request.user, kept)
    kept.retire_le = timezone.now()
    return _done(request, kept, "Retiré de vos favoris.", reverse("forum:favoris"))


@require_POST
def remettre(request: HttpRequest, pk: int) -> HttpResponse:
    kept = get_own_favori(request.user, pk)
    try:
        actions.restore_favori(request.user, kept)
    except ActionRefusee as error:
        if request.htmx:
            return trigger_client_event(HttpResponse(status=204), "favori", {"refus": error.message})
        messages.error(request, error.message)
        return redirect("forum:favoris")
    kept.retire_le = None
    return _done(request, kept, "Remis dans vos favoris.", reverse("forum:favoris"))


def rappel(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a reminder leads: to the message. By GET, as any link: that it was seen is noted, nothing else."""
    message = get_message(request.user, pk)
    kept = favori_of(request.user, message)
    if kept is not None:
        actions.see_reminder(request.user, kept)
    return redirect(message_address(message))


def _done(request: HttpRequest, kept: Favori, said: str, address: str) -> HttpResponse:
    """`said` to the person: by the script of an open page, or on the page that follows."""
    if request.htmx:
        event = {"message": kept.message_id, "garde": kept.retire_le is None, "dit": said}
        return trigger_client_event(HttpResponse(status=204), "favori", event)
    if kept.retire_le is None:
        messages.success(request, said)
    return redirect(back_to(request, address))


def _words(kept: Favori, created: bool, zone: str) -> str:
    words = "Gardé dans vos favoris." if created else "Favori modifié."
    if kept.rappel_le is not None and kept.rappele_le is None:
        words += f" Rappel {said(kept, timezone.now(), zone)}."
    return words


def _page(
    request: HttpRequest, message: Message, kept: Favori | None, form: FavoriForm, zone: str
) -> HttpResponse:
    context: dict[str, Any] = {
        "message": message,
        "sujet": message.sujet,
        "favori": kept,
        "form": form,
        "horloge": precision(zone),
        "rappele": said(kept, timezone.now(), zone) if kept is not None and kept.rappele_le else "",
        "retour": back_to(request, message_address(message)),
        # Where to go once it is done, when one does not come from the message.
        "vers": back_to(request, ""),
    }
    if request.htmx:
        # As it is, refused or not: htmx puts no answer in the page but a success.
        return render(request, "forum/favori/_boite.html", context)
    context |= community_context(request.user, message.sujet.communaute, "forum")
    return render(request, "forum/favori/favori.html", context, status=422 if form.errors else 200)
