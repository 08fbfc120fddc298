"""A thread between who asks and who is asked: reading, writing, accepting, declining, redirecting, adding somebody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annuaire.models import Agent
from annuaire.notifications.actions import mark_all_read
from annuaire.sollicitations import actions
from annuaire.sollicitations.access import get_file, get_thread, is_party
from annuaire.sollicitations.charge import others_like
from annuaire.sollicitations.etats import Reponse
from annuaire.sollicitations.forms import DeclinerForm, MessageForm, NommerForm, RedirigerForm
from annuaire.sollicitations.models import Destinataire
from annuaire.sollicitations.presentation import thread_context
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.fichiers.joints import hand_out


@require_safe
def fil(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread. Opening it reads it, and says to who asks that it was seen."""
    found = get_thread(request.user, pk)
    if request.method == "GET":
        mark_all_read(request.user, fil=found.fil)
        actions.mark_seen(request.user, found)
    context = thread_context(request.user, found)
    return render(request, "sollicitations/fil.html", context)


@require_POST
def ecrire(request: HttpRequest, pk: int) -> HttpResponse:
    """Write; `geste`: « accepter » takes it on first, « repondre » says that this is the answer. What is refused comes back
    as it was typed."""
    found = get_thread(request.user, pk)
    form = MessageForm(request.POST)
    geste = request.POST.get("geste", "")
    files = request.FILES.getlist("pieces")
    if form.is_valid():
        texte = form.cleaned_data["texte"]
        try:
            if geste == "accepter":
                _accept(request, found, bool(texte.strip() or files))
            if geste != "accepter" or texte.strip() or files:
                actions.write(
                    request.user,
                    found,
                    texte,
                    fichiers=files,
                    client_id=form.cleaned_data["depart"],
                    reponse=geste == "repondre",
                )
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            if geste == "accepter":
                messages.success(
                    request, "Vous avez accepté : la personne qui vous sollicite en est prévenue."
                )
            return redirect(f"{found.get_absolute_url()}#fin")
    found = get_thread(request.user, pk)
    return render(request, "sollicitations/fil.html", thread_context(request.user, found, form), status=422)


def _accept(request: HttpRequest, found: Destinataire, words: bool) -> None:
    try:
        actions.accept(request.user, found)
    except ActionRefusee as refused:
        if not words:
            raise
        raise ActionRefusee(
            f"{refused.message} Ce que vous avez écrit est conservé ci-dessous : vous pouvez l’envoyer comme message."
        ) from None


@require_http_methods(["GET", "HEAD", "POST"])
def decliner(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no."""
    found = _own(request, pk)
    over = _over(request, found, Reponse.REFUSEE)
    if over is not None:
        return over
    form = DeclinerForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> str:
        actions.decline(request.user, found, data["motif"], data["texte"])
        return f"C’est noté : {found.sollicitation.demandeur.nom_complet} reçoit votre réponse."

    return _asked(request, found, form, act, "decliner")


@require_http_methods(["GET", "HEAD", "POST"])
def rediriger(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand over to a named colleague."""
    found = _own(request, pk)
    over = _over(request, found, Reponse.REDIRIGEE)
    if over is not None:
        return over
    form = RedirigerForm(request.POST if request.method == "POST" else None, agent=request.user)

    def act(data: dict[str, Any]) -> str:
        actions.redirect_to(request.user, found, data["vers"], data["mot"])
        return f"La sollicitation est transmise à {data['vers'].nom_complet}."

    near = others_like(found.sollicitation.demandeur, found.agent) if request.method != "POST" else []
    return _asked(request, found, form, act, "rediriger", {"proches": near})


@require_POST
def compter(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the help one gave count on one's page and in the search, or no longer."""
    found = _own(request, pk)
    counted = request.POST.get("compte") == "oui"
    try:
        actions.set_counted(request.user, found, counted)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            "Cette aide compte sur votre profil et dans l’annuaire."
            if counted
            else "Cette aide ne compte plus, ni sur votre profil ni dans l’annuaire.",
        )
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a third person into the thread."""
    found = get_thread(request.user, pk)
    if not is_party(request.user, found):
        raise PermissionDenied(
            "Seules la personne qui demande et celle qui est sollicitée ajoutent quelqu’un."
        )
    form = NommerForm(request.POST if request.method == "POST" else None, agent=request.user)

    def act(data: dict[str, Any]) -> str:
        actions.add_person(request.user, found, data["vers"])
        return f"{data['vers'].nom_complet} lit désormais ces échanges."

    return _asked(request, found, form, act, "ajouter")


@require_POST
def retirer(request: HttpRequest, pk: int, identifiant: str) -> HttpResponse:
    """Take somebody who was added out of the thread, or leave it."""
    found = get_thread(request.user, pk)
    person = get_object_or_404(Agent, identifiant=identifiant)
    try:
        actions.remove_person(request.user, found, person)
    except ActionRefusee as refused:
        messages.error(request, refused.message)
        return redirect(found)
    if person == request.user:
        messages.success(request, "Vous ne lisez plus ces échanges.")
        return redirect("sollicitations:miennes")
    messages.success(request, f"{person.nom_complet} ne lit plus ces échanges.")
    return redirect(found)


@require_safe
def fichier(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The bytes of a file, to be saved."""
    found = get_file(request.user, pk)
    return hand_out(found, as_attachment=True, cache="private, no-store")


def _own(request: HttpRequest, pk: int) -> Destinataire:
    found = get_thread(request.user, pk)
    if found.agent_id != request.user.pk:
        raise PermissionDenied("Cette sollicitation s’adresse à une autre personne.")
    return found


def _over(request: HttpRequest, found: Destinataire, apres: Reponse) -> HttpResponse | None:
    """Back to the thread when the form would end in a refusal: nobody writes for nothing. What is sent goes on."""
    said = actions.why_not(found, apres) if request.method != "POST" else ""
    if not said:
        return None
    messages.info(request, said)
    return redirect(found)


def _asked(
    request: HttpRequest,
    found: Destinataire,
    form: Any,
    act: Any,
    geste: str,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except ActionRefusee as refused:
            refused.show_in(form)
        else:
            request.session["brouillon_envoye"] = f"{geste}-{found.pk}"
            messages.success(request, said)
            return redirect(found)
    context = {
        "fil": found,
        "retour": found,
        "sollicitation": found.sollicitation,
        "form": form,
        **(more or {}),
    }
    return render(
        request, f"sollicitations/{geste}.html", context, status=422 if request.method == "POST" else 200
    )
