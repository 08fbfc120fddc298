"""What those who animate do to a message or to a sujet: one page for each decision, with its reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from forum import actions
from forum.access import can_moderate, get_message, get_sujet, visible_sujets
from forum.models import Message, Sujet
from forum.moderation_forms import (
    DeplacerForm,
    FusionnerForm,
    MotifForm,
    ScinderForm,
    animated_by,
)
from forum.pages import message_address
from forum.views.outils import decide_page
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import plain_text

SPLIT_PAGE = 60
SUGGESTED = 8


def masquer_message(request: HttpRequest, pk: int) -> HttpResponse:
    message = _moderated_message(request, pk)
    return decide_page(
        request,
        message.sujet.communaute,
        MotifForm(_data(request)),
        lambda data: actions.hide_message(request.user, message, **data),
        fait="Le message est masqué, et son auteur prévenu.",
        vers=lambda _: message_address(message) if message.numero > 1 else message.sujet.get_absolute_url(),
        contexte={
            "titre": "Masquer ce message",
            "aide": "Les membres verront qu’un message a été masqué ici, sans le lire. Vous pourrez le rétablir."
            if message.numero > 1
            else "Ce message ouvre le sujet : le sujet entier sera masqué. Vous pourrez le rétablir.",
            "bouton": "Masquer",
            "message": message,
            "retour": message_address(message),
        },
    )


@require_POST
def demasquer_message(request: HttpRequest, pk: int) -> HttpResponse:
    message = _moderated_message(request, pk)
    if actions.unhide_message(request.user, message):
        messages.success(request, "Le message est de nouveau visible, et son auteur prévenu.")
    return redirect(message_address(message))


def avertir(request: HttpRequest, pk: int) -> HttpResponse:
    message = _moderated_message(request, pk)
    return decide_page(
        request,
        message.sujet.communaute,
        MotifForm(_data(request)),
        lambda data: actions.warn_author(request.user, message, **data),
        fait="L’avertissement est parti, sur le site et par courriel.",
        vers=lambda _: message_address(message),
        contexte={
            "titre": f"Avertir {message.auteur.nom_complet}",
            "aide": "La personne reçoit vos mots avec son message et la charte. L’avertissement reste au dossier "
            "que voient les personnes qui animent la communauté.",
            "bouton": "Envoyer l’avertissement",
            "message": message,
            "retour": message_address(message),
        },
    )


def masquer_sujet(request: HttpRequest, pk: int) -> HttpResponse:
    found = _moderated_sujet(request, pk)
    return decide_page(
        request,
        found.communaute,
        MotifForm(_data(request)),
        lambda data: actions.hide_sujet(request.user, found, **data),
        fait="Le sujet est masqué, et son auteur prévenu.",
        vers=lambda _: found.get_absolute_url(),
        contexte={
            "titre": "Masquer ce sujet",
            "aide": "Il disparaît des listes et de la recherche, et sa page n’existe plus que pour les personnes qui "
            "animent la communauté. Vous pourrez le rétablir.",
            "bouton": "Masquer",
            "sujet": found,
            "retour": found.get_absolute_url(),
        },
    )


@require_POST
def demasquer_sujet(request: HttpRequest, pk: int) -> HttpResponse:
    found = _moderated_sujet(request, pk)
    try:
        if actions.unhide_sujet(request.user, found):
            messages.success(request, "Le sujet est de nouveau visible, et son auteur prévenu.")
    except ActionRefusee as error:
        messages.error(request, error.message)
    return redirect(found)


def deplacer(request: HttpRequest, pk: int) -> HttpResponse:
    found = _moderated_sujet(request, pk)
    communautes = animated_by(request.user, found.communaute)

    def move(data: dict[str, Any]) -> None:
        actions.move_sujet(request.user, found, data["communaute"], motif=data["motif"])

    return decide_page(
        request,
        found.communaute,
        DeplacerForm(_data(request), communautes=communautes),
        move,
        fait="Le sujet est déplacé.",
        vers=lambda _: found.get_absolute_url(),
        contexte={
            "titre": "Déplacer ce sujet",
            "aide": "Messages, fichiers, abonnements et adresse suivent. Les étiquettes que l’autre communauté n’a pas "
            "sont retirées.",
            "bouton": "Déplacer",
            "sujet": found,
            "retour": found.get_absolute_url(),
            "impossible": ""
            if communautes.exists()
            else "Vous n’animez pas d’autre communauté : demandez à quelqu’un qui anime les deux.",
        },
    )


def fusionner(request: HttpRequest, pk: int) -> HttpResponse:
    found = _moderated_sujet(request, pk)
    words = request.GET.get("q", "").strip()[:100]
    others = visible_sujets(request.user).filter(communaute=found.communaute_id).exclude(pk=found.pk)
    if words:
        others = others.filter(titre__icontains=words)

    def merge(data: dict[str, Any]) -> Sujet:
        cible = visible_sujets(request.user).filter(pk=data["cible"]).first()
        if cible is None:
            raise ActionRefusee("Ce sujet n’existe pas, ou n’est plus visible.", champ="cible")
        return actions.merge_sujets(request.user, found, cible, motif=data["motif"])

    return decide_page(
        request,
        found.communaute,
        FusionnerForm(_data(request), initial={"cible": request.GET.get("dans", "")}),
        merge,
        fait="Les deux sujets n’en font plus qu’un. L’ancienne adresse y conduit.",
        vers=lambda cible: cible.get_absolute_url(),
        contexte={
            "titre": "Fusionner ce sujet dans un autre",
            "aide": "Ses messages s’ajoutent à la fin de l’autre sujet, dans leur ordre. Cette fusion ne se défait pas.",
            "bouton": "Fusionner",
            "sujet": found,
            "retour": found.get_absolute_url(),
            "proches": list(others.order_by("-dernier_message_le", "-pk")[:SUGGESTED]),
            "question": words,
        },
        modele="forum/moderation/fusionner.html",
    )


def scinder(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose messages by their boxes on this page, or from one number to another."""
    found = _moderated_sujet(request, pk)
    apres = request.GET.get("apres", "")
    start = int(apres) if apres.isascii() and apres.isdigit() and len(apres) < 9 else 1
    chosen = {int(value) for value in request.POST.getlist("messages") if value.isdigit() and len(value) < 19}
    chosen |= {
        int(value) for value in request.GET.getlist("choix")[:1] if value.isdigit() and len(value) < 19
    }
    rows = list(
        found.messages.filter(numero__gt=max(start, 1))
        .select_related("auteur")
        .order_by("numero")[:SPLIT_PAGE]
    )

    def split(data: dict[str, Any]) -> Sujet:
        ids = set(chosen)
        if data["de"] or data["a"]:
            first, last = data["de"] or data["a"], data["a"] or data["de"]
            ids |= set(found.messages.filter(numero__range=(first, last)).values_list("pk", flat=True)[:2001])
        return actions.split_sujet(
            request.user, found, ids, titre=data["titre"], genre=data["genre"], motif=data["motif"]
        )

    return decide_page(
        request,
        found.communaute,
        ScinderForm(_data(request)),
        split,
        fait="Le nouveau sujet est ouvert. Une ligne y conduit depuis l’ancien.",
        vers=lambda nouveau: nouveau.get_absolute_url(),
        contexte={
            "titre": "Faire un sujet à part",
            "aide": "Les messages choisis deviennent un nouveau sujet, ouvert au nom de qui a écrit le premier.",
            "bouton": "Ouvrir le nouveau sujet",
            "sujet": found,
            "retour": found.get_absolute_url(),
            "lignes": [(row, plain_text(row.texte, 140)) for row in rows],
            "choisis": chosen,
            "suite": rows[-1].numero if len(rows) == SPLIT_PAGE else None,
        },
        modele="forum/moderation/scinder.html",
    )


def _moderated_message(request: HttpRequest, pk: int) -> Message:
    message = get_message(request.user, pk)
    _require(request, message.sujet)
    return message


def _moderated_sujet(request: HttpRequest, pk: int) -> Sujet:
    found = get_sujet(request.user, pk)
    _require(request, found)
    if found.fusionne_dans_id is not None:
        raise Http404("Ce sujet a été fusionné dans un autre.")
    return found


def _require(request: HttpRequest, sujet: Sujet) -> None:
    if not can_moderate(request.user, sujet):
        raise PermissionDenied("Cette page est réservée aux personnes qui animent la communauté.")


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
