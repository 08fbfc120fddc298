"""One's calendar for other programs: the page of its key and of one's choices, the feed, one meeting to download."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from plateforme.socle.adresses_secretes import quiet, refuse
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from realtime.reunions import actions
from realtime.reunions.access import calendar_key, calendar_of, get_guest_invitation, get_reunion
from realtime.reunions.calendrier import Agenda, publication
from realtime.reunions.forms import PreferencesForm
from realtime.reunions.models import CleAgenda, PreferenceReunions, Reunion
from realtime.reunions.views.exterieurs import too_fast

TYPE = "text/calendar; charset=utf-8"


@never_cache
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Where one gets one's key, and says which e-mails and reminders one wants."""
    return _page(request, "")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    if form.is_valid():
        try:
            actions.set_preferences(request.user, **form.cleaned_data)
        except ActionRefusee as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, "Vos choix sont enregistrés.")
    return redirect("reunions:agenda")


@never_cache
@require_POST
def creer_cle(request: HttpRequest) -> HttpResponse:
    """The key is shown by this answer and by no other."""
    try:
        return _page(request, actions.create_calendar_key(request.user))
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect("reunions:agenda")


@require_POST
def revoquer_cle(request: HttpRequest) -> HttpResponse:
    actions.revoke_calendar_key(request.user)
    messages.success(
        request, "Votre clé ne fonctionne plus : les agendas qui s’en servaient n’ont plus accès."
    )
    return redirect("reunions:agenda")


@login_not_required
@require_safe
def flux(request: HttpRequest, cle: str) -> HttpResponse:
    """One's meetings, for another program that has the key. Nothing of a session is read nor set."""
    try:
        key = calendar_key(cle)
        check_limit("flux", key.agent_id)
    except TropDeDemandes as error:
        return refuse(error.message, 429, attente=error.attente)
    except Http404:
        return refuse("Cet agenda n’existe pas.", 404)
    actions.note_calendar_use(key)
    found, answers = calendar_of(key.agent)
    content = publication(found, nom=f"Réunions – {settings.SITE_NOM}", answers=answers)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(content, content_type=TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=300"
    return quiet(response)


@require_safe
def telecharger(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting, for one's calendar."""
    return _file(get_reunion(request.user, pk))


@login_not_required
@require_safe
def telecharger_exterieur(request: HttpRequest, jeton: str) -> HttpResponse:
    """The same for a guest, by their link."""
    participant = get_guest_invitation(jeton)
    try:
        check_limit("invitation_exterieure", participant.pk)
    except TropDeDemandes as error:
        return quiet(too_fast(request, error))
    return quiet(_file(participant.reunion, guest=True))


def _file(reunion: Reunion, *, guest: bool = False) -> HttpResponse:
    content = publication(Agenda(reunions=[reunion]), avec_page=not guest)
    response = HttpResponse(content, content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="reunion-{reunion.pk}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest, cle: str) -> HttpResponse:
    row = PreferenceReunions.objects.filter(agent=request.user).first() or PreferenceReunions()
    context = {
        "nouvelle": bool(cle),
        "existante": CleAgenda.objects.filter(agent=request.user).first(),
        "adresse": settings.SITE_URL + reverse("reunions:flux", args=[cle]) if cle else "",
        "form": PreferencesForm(initial={name: getattr(row, name) for name in actions.PREFERENCES}),
    }
    return render(request, "reunions/agenda.html", context)
