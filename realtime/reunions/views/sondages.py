"""« Quand se voit-on ? »: proposing slots, the page where one answers, adding slots, choosing one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annuaire.notifications.actions import mark_all_read
from annuaire.notifications.preferences import clock_of
from communautes.access import get_animated
from communautes.models import Communaute
from plateforme.socle.adresses_secretes import quiet_page
from plateforme.socle.erreurs import ActionRefusee, TropDeDemandes
from plateforme.socle.limites import check_limit
from realtime.access import get_salon
from realtime.models import Salon
from realtime.reunions import actions
from realtime.reunions.access import can_plan
from realtime.reunions.access_sondages import can_decide, get_guest_sonde, get_sondage
from realtime.reunions.forms import InvitesForm
from realtime.reunions.forms_sondages import LIGNES, AjoutForm, CreneauFormSet, DatesForm, champ_de
from realtime.reunions.horaires import say_duration, say_moment
from realtime.reunions.models import SondageDates
from realtime.reunions.presentation import page_layout
from realtime.reunions.presentation_sondages import answer_form, slots_of, sondage_context
from realtime.reunions.views.exterieurs import too_fast
from realtime.reunions.views.preparation import unchecked

PREFIXE = "creneaux"


@require_http_methods(["GET", "HEAD", "POST"])
def proposer(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose dates to a community; for those who animate it."""
    return _propose(request, get_animated(request.user, slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def proposer_salon(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose dates from a salon, to people of one's choice."""
    salon = get_salon(request.user, pk)
    return _propose(request, salon.communaute, salon)


@require_http_methods(["GET", "HEAD", "POST"])
def proposer_entre_agents(request: HttpRequest) -> HttpResponse:
    """Propose dates to a few agents, of no community."""
    if not can_plan(request.user, None):
        raise PermissionDenied("Les réunions entre agents sont réservées aux agents de l’État.")
    return _propose(request, None, None)


@require_http_methods(["GET", "HEAD", "POST"])
def sondage(request: HttpRequest, pk: int) -> HttpResponse:
    """One search for a date: its slots, what suits whom; a POST says what suits oneself. Opening it reads what was told."""
    found = get_sondage(request.user, pk)
    if request.method == "GET":
        mark_all_read(request.user, fil=f"dates.{found.pk}")
    context = sondage_context(
        request.user,
        found,
        data=request.POST if request.method == "POST" else None,
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    form = context["form"]
    if request.method == "POST":
        if form is None:
            messages.error(request, "On ne répond plus à ce sondage de dates.")
            return redirect(found)
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.say_when_free(request.user, found, data["choix"], data["commentaire"])
            except ActionRefusee as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, "Votre réponse est enregistrée.")
                return redirect(found)
    return render(request, "reunions/sondage.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def ajouter_creneaux(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose more slots, when none suits."""
    found = _decided(request, pk)
    data = request.POST if request.method == "POST" else None
    form = AjoutForm(data, sondage=found)
    creneaux, asked_rows = _slots_form(data)
    if asked_rows:
        form = unchecked(form)
    if data is not None and not asked_rows and all([form.is_valid(), creneaux.is_valid()]):
        debuts = creneaux.debuts(found.fuseau)
        if not creneaux.total_error_count():
            try:
                number = actions.add_slots(
                    request.user, found, debuts, cloture_le=form.cloture_le(found.fuseau)
                )
            except ActionRefusee as refused:
                refused.show_in(form)
            else:
                added = "Un créneau est ajouté" if number == 1 else f"{number} créneaux sont ajoutés"
                messages.success(request, f"{added} : les personnes sont prévenues.")
                return redirect(found)
    context = {
        **page_layout(request.user, found.communaute),
        "sondage": found,
        "form": form,
        "creneaux": creneaux,
        "fuseau": found.get_fuseau_display(),
    }
    refused = data is not None and not asked_rows
    return render(request, "reunions/ajouter_creneaux.html", context, status=422 if refused else 200)


@require_POST
def retenir(request: HttpRequest, pk: int) -> HttpResponse:
    """One press: the slot becomes the meeting."""
    found = get_sondage(request.user, pk)
    try:
        chosen = int(request.POST.get("creneau", ""))
    except ValueError:
        chosen = 0
    try:
        reunion = actions.choose_slot(request.user, found, chosen)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect(found)
    messages.success(request, "La réunion est planifiée : les invitations partent.")
    return redirect(reunion)


@require_POST
def annuler(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request, pk, actions.cancel_dates, "On ne cherche plus de date : les personnes sont prévenues."
    )


@require_POST
def relancer(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        lambda agent, found: actions.remind_late(found, agent),
        "Les personnes qui n’ont pas répondu vont être relancées.",
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exterieur(request: HttpRequest, jeton: str) -> HttpResponse:
    """What somebody without account sees: the slots, and how many can; never who. The signed link is the permission."""
    row = get_guest_sonde(jeton)
    try:
        check_limit("invitation_exterieure", row.pk)
    except TropDeDemandes as error:
        return quiet_page(too_fast(request, error))
    found = row.sondage
    slots = slots_of(found, found.fuseau)
    form = answer_form(row, slots, request.POST if request.method == "POST" else None)
    for slot in slots:
        slot.champ = form[champ_de(slot)] if champ_de(slot) in form.fields else None
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.say_when_free_as_guest(row, data["choix"], data["commentaire"])
            return quiet_page(redirect(request.path))
        except ActionRefusee as refused:
            form.add_error(None, refused.message)
    context = {
        "sondage": found,
        "moi": row,
        "duree": say_duration(found.duree_minutes),
        "fuseau": found.get_fuseau_display(),
        "creneaux": slots,
        "choisi": next((slot for slot in slots if slot.retenu), None),
        "form": form if found.takes_answers() else None,
        "cloture": say_moment(found.cloture_le, found.fuseau) if found.cloture_le else "",
    }
    return quiet_page(
        render(request, "reunions/sondage_exterieur.html", context, status=422 if form.errors else 200)
    )


def _propose(request: HttpRequest, communaute: Communaute | None, salon: Salon | None) -> HttpResponse:
    """The form of a new search. « Ajouter des créneaux » shows it again, and saves nothing."""
    data = request.POST if request.method == "POST" else None
    form = DatesForm(data, fuseau=clock_of(request.user))
    convives = InvitesForm(
        data,
        auteur=request.user,
        communaute=communaute,
        groupes=communaute is not None and can_plan(request.user, communaute),
    )
    creneaux, asked_rows = _slots_form(data)
    if asked_rows:
        # Shown as it was typed: nothing is checked yet.
        form, convives = unchecked(form), unchecked(convives)
    ready = data is not None and not asked_rows
    # All of them, so that each says what is wrong at once.
    valid = [one.is_valid() for one in (form, convives, creneaux)] if ready else [False]
    if all(valid):
        debuts = creneaux.debuts(form.cleaned_data["fuseau"])
        if not creneaux.total_error_count():
            try:
                found = actions.propose_dates(
                    request.user,
                    communaute,
                    debuts,
                    salon=salon,
                    invites=convives.cleaned_data["invites"],
                    **form.champs(),
                )
            except ActionRefusee as refused:
                refused.show_in(convives if refused.champ in convives.fields else form)
            else:
                messages.success(request, "C’est envoyé : chacun va pouvoir dire ce qui lui convient.")
                return redirect(found)
    context = {
        **page_layout(request.user, communaute),
        "form": form,
        "convives": convives,
        "creneaux": creneaux,
        "salon": salon,
        "communaute_suggestions": communaute.slug if communaute else "",
    }
    return render(request, "reunions/proposer_dates.html", context, status=422 if ready else 200)


def _slots_form(data: Any) -> tuple[Any, bool]:
    """The rows of slots; with `LIGNES` more when that is what was asked, which is said."""
    asked_rows = data is not None and "ajouter" in data
    if asked_rows:
        data = data.copy()
        try:
            total = int(data.get(f"{PREFIXE}-TOTAL_FORMS", ""))
        except ValueError:
            total = 0
        data[f"{PREFIXE}-TOTAL_FORMS"] = str(min(max(total, 0) + LIGNES, CreneauFormSet.max_num))
    creneaux = CreneauFormSet(data, prefix=PREFIXE)
    return (unchecked(creneaux) if asked_rows else creneaux), asked_rows


def _decided(request: HttpRequest, pk: int) -> SondageDates:
    found = get_sondage(request.user, pk)
    if not can_decide(request.user, found):
        raise PermissionDenied("La date est choisie par la personne qui la cherche et par l’animation.")
    return found


def _do(request: HttpRequest, pk: int, what: Any, said: str) -> HttpResponse:
    found = get_sondage(request.user, pk)
    try:
        what(request.user, found)
        messages.success(request, said)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    return redirect(found)
