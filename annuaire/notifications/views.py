"""Pages of notifications."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from annuaire.models import Agent
from annuaire.notifications import actions
from annuaire.notifications.access import (
    back_to,
    count_unread,
    get_appareil,
    get_notification,
    own_notifications,
)
from annuaire.notifications.courriels import COURRIELS, RESUME, read_unsubscribe
from annuaire.notifications.forms import ReglagesForm
from annuaire.notifications.models import Appareil
from annuaire.notifications.presentation import CITATIONS, FILTRES, group_heads
from annuaire.notifications.push import public_key
from annuaire.notifications.sources import levels, stop_for
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.pagination import paginate

PAGE = 40


def liste(request: HttpRequest) -> HttpResponse:
    """What one was told, latest first, each conversation once."""
    filtre = request.GET.get("filtre", "")
    genres = _kinds(filtre)
    rows = own_notifications(request.user).select_related("acteur")
    if filtre == "non-lues":
        rows = rows.unread()
    page = paginate(
        rows.heads(genres),
        ("-pk",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
        size=PAGE,
    )
    groups = group_heads(page.items, genres)
    context = {"page": page, "groupes": groups, "filtre": filtre, "filtres": FILTRES}
    context["annuler"] = request.session.pop("notifications_lues", "")
    return render(request, "notifications/liste.html", context)


def _kinds(filtre: str) -> Sequence[str]:
    """The kinds that a filter of the list keeps; all when there is none."""
    return CITATIONS if filtre == "mentions" else ()


@never_cache
def nombre(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the badge of pages already open."""
    return JsonResponse({"non_lues": count_unread(request.user)})


def ouvrir(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one read and go where it leads. By GET, as any link; repeating it changes nothing."""
    notification = get_notification(request.user, pk)
    actions.mark_read(request.user, notification)
    return redirect(notification.url)


@require_POST
def marquer(request: HttpRequest) -> HttpResponse:
    """Mark a group of the list read (`lues=12`, its latest) or unread again (`non_lues=12`)."""
    read = "lues" in request.POST
    tete = request.POST.get("lues" if read else "non_lues", "")
    if tete.isascii() and tete.isdigit() and len(tete) < 18:
        head = own_notifications(request.user).filter(pk=tete).first()
        if head is not None:
            actions.set_group_read(request.user, head, read, _kinds(request.POST.get("filtre", "")))
    return redirect(back_to(request, "/notifications/"))


@require_POST
def tout_lire(request: HttpRequest) -> HttpResponse:
    """Mark all read; the page that follows offers to undo it."""
    moment = actions.mark_all_read(request.user)
    if moment is not None:
        request.session["notifications_lues"] = moment.isoformat()
    return redirect("notifications:liste")


@require_POST
def annuler(request: HttpRequest) -> HttpResponse:
    """Undo « tout marquer comme lu »."""
    try:
        moment = datetime.fromisoformat(request.POST.get("moment", ""))
    except ValueError:
        return redirect("notifications:liste")
    if moment.tzinfo is not None:
        actions.undo_all_read(request.user, moment)
    return redirect("notifications:liste")


def reglages(request: HttpRequest) -> HttpResponse:
    """How one wants to be told, of everything."""
    form = ReglagesForm(request.POST or None, reglage=actions.settings_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_settings(request.user, form.cleaned_data, form.voies())
        except ActionRefusee as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Vos réglages sont enregistrés.")
            return redirect("notifications:reglages")
    context = {
        "form": form,
        "niveaux": levels(request.user),
        "appareils": list(Appareil.objects.filter(agent=request.user).order_by("-pk")[:20]),
        "cle_push": public_key(),
    }
    return render(request, "notifications/reglages.html", context, status=422 if form.errors else 200)


@csrf_exempt
@never_cache
@login_not_required
def desabonnement(request: HttpRequest, jeton: str) -> HttpResponse:
    """Stop what an e-mail is about, without signing in (RFC 8058): the signed token is the permission.

    By GET it only asks, since mail filters follow links; by POST it is done, by a mail program too.
    """
    found = read_unsubscribe(jeton)
    agent = Agent.objects.active().filter(pk=found[0]).first() if found is not None else None
    if found is None or agent is None:
        raise Http404(
            "Ce lien de désabonnement n’est plus valable. Réglez vos notifications depuis votre profil."
        )
    portee = COURRIELS if request.POST.get("tout") == "oui" else found[1]
    stop = stop_for(portee)
    names = {COURRIELS: "Ne plus recevoir de courriel au fil de l’eau", RESUME: "Ne plus recevoir de résumé"}
    context = {
        "nom": stop[0].nommer(stop[1]) if stop is not None else names.get(portee, names[COURRIELS]),
        "portee": portee,
        "fait": request.method == "POST",
    }
    if request.method == "POST":
        actions.stop(agent, portee)
    return render(request, "notifications/desabonnement.html", context)


@require_POST
def appareils(request: HttpRequest) -> HttpResponse:
    """This browser asks to show notifications: what its push service gave it, as JSON."""
    try:
        given = json.loads(request.body[:4000])
        keys = given["keys"]
        actions.add_appareil(
            request.user,
            session_key=request.session.session_key or "",
            adresse=str(given["endpoint"]),
            p256dh=str(keys["p256dh"]),
            auth=str(keys["auth"]),
            navigateur=request.headers.get("User-Agent", ""),
        )
    except ActionRefusee as error:
        return JsonResponse({"erreur": error.message}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse(
            {"erreur": "Votre navigateur n’a pas donné ce qu’il faut : réessayez."}, status=400
        )
    return JsonResponse({"fait": True})


@require_POST
def retirer_appareil(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove_appareil(request.user, get_appareil(request.user, pk))
    messages.success(request, "Cet appareil ne montrera plus de notifications.")
    return redirect("notifications:reglages")
