"""Pages of the forum."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.mentions import resolve_mentions
from annuaire.notifications.actions import mark_all_read
from communautes.access import get_readable
from communautes.presentation import community_context
from forum import actions
from forum.access import get_message, get_sujet, visible_sujets
from forum.forms import ReponseForm, SujetForm
from forum.models import Sujet
from forum.presentation import PAGE, messages_after, thread_page
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit
from plateforme.socle.pagination import paginate
from plateforme.socle.texte import extract_mentions, render_markdown


def liste(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    rows = (
        visible_sujets(request.user)
        .filter(communaute=communaute)
        .with_read_mark(request.user)
        .select_related("auteur__service", "auteur__territoire")
    )
    genre = request.GET.get("genre", "")
    if genre in Sujet.Genre.values:
        rows = rows.filter(genre=genre)
    page = paginate(
        rows,
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context = community_context(request.user, communaute, "forum")
    context |= {"page": page, "genre": genre, "genres": Sujet.Genre.choices}
    return render(request, "forum/liste.html", context)


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


def sujet(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    return _page(request, found, ReponseForm())


def _page(request: HttpRequest, found: Sujet, form: ReponseForm, status: int = 200) -> HttpResponse:
    """One page of a sujet; reading it is noted, and what was told of it is read too."""
    apres = _number(request.GET.get("apres"))
    context: dict[str, Any] = community_context(request.user, found.communaute, "forum")
    context |= thread_page(request.user, found, apres)
    actions.mark_read(request.user, found, context["dernier_montre"])
    mark_all_read(request.user, url_prefix=f"{found.get_absolute_url()}#")
    context |= {"form": form, "brouillon_envoye": request.session.pop("brouillon_envoye", "")}
    return render(request, "forum/sujet.html", context, status=status)


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
            start = (message.numero - 1) // PAGE * PAGE
            query = f"?apres={start}" if start else ""
            return redirect(f"{found.get_absolute_url()}{query}#message-{message.numero}")
    return _page(request, found, form, status=422)


def nouveaux(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages after `?apres=`, for a page already open."""
    found = get_sujet(request.user, pk)
    rows = messages_after(found, _number(request.GET.get("apres")))
    if rows:
        actions.mark_read(request.user, found, rows[-1].numero)
    return render(request, "forum/_messages.html", {"fil_messages": rows, "sujet": found})


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
def suivre(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_sujet(request.user, pk)
    following = request.POST.get("suivre") == "oui"
    actions.set_following(request.user, found, following)
    messages.success(request, "Vous suivez ce sujet." if following else "Vous ne suivez plus ce sujet.")
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


def non_lus(request: HttpRequest) -> HttpResponse:
    """What one has not read in one's communities."""
    page = paginate(
        visible_sujets(request.user)
        .filter(communaute__adhesions__agent=request.user)
        .unread_by(request.user)
        .with_author(),
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(request, "forum/non_lus.html", {"page": page})


def _number(text: str | None) -> int:
    """A message number from an address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
