"""The lists that are one's own: to read, mine, citing me, waiting for me, followed."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communautes.models import Adhesion
from forum import listes
from forum.access import unread_sujets
from forum.models import Sujet
from forum.rangs import compose_rows, reader_state, unread_rows
from plateforme.socle.morceaux import page as assembled
from plateforme.socle.pagination import paginate

# Communities whose news an open list hears of; one page listens to 50 channels at most.
HEARD = 40


def non_lus(request: HttpRequest) -> HttpResponse:
    """What one has not read in one's communities."""
    titre, vide = (
        "Sujets à lire",
        ("Vous êtes à jour", "Les nouveaux messages de vos communautés apparaîtront ici."),
    )
    if request.META["QUERY_STRING"]:
        rows = unread_sujets(request.user).with_author()
        return _sujets(request, "non-lus", rows, titre=titre, vide=vide)
    rows, page = unread_rows(request.user)
    unread, undoable, communities = reader_state(request.user, heard=HEARD)
    context = {
        "page": page,
        "rangs": compose_rows(request, rows, avec_communaute=True, marquer=True),
        "onglet": "non-lus",
        "titre": titre,
        "vide_titre": vide[0],
        "vide_texte": vide[1],
        "marquage": listes.marking_to_undo(request.user) if undoable else None,
        "ecoute": communities,
        "notifications_non_lues": unread,
        "cle_page": ("non-lus", request.user.partenaire, bool(rows)),
    }
    return assembled(request, "forum/listes/sujets.html", context)


def mes_sujets(request: HttpRequest) -> HttpResponse:
    return _sujets(
        request,
        "mes-sujets",
        listes.own_sujets(request.user).with_read_mark(request.user).with_author(),
        titre="Mes sujets",
        vide=(
            "Vous n’avez pas encore ouvert de sujet",
            "Choisissez une communauté et posez votre question : vous retrouverez ici les réponses.",
        ),
    )


def suivis(request: HttpRequest) -> HttpResponse:
    return _sujets(
        request,
        "suivis",
        listes.followed_sujets(request.user).with_read_mark(request.user).with_author(),
        titre="Sujets suivis",
        vide=(
            "Vous ne suivez aucun sujet",
            "Écrire dans un sujet suffit pour le suivre ; le menu « Notifications » du sujet le permet aussi.",
        ),
    )


def sans_reponse(request: HttpRequest) -> HttpResponse:
    """Questions that wait for somebody who knows what one declares."""
    return _sujets(
        request,
        "sans-reponse",
        listes.unanswered_sujets(request.user).with_read_mark(request.user).with_author(),
        titre="Sans réponse dans mes expertises",
        vide=(
            "Aucune question ne vous attend",
            "Les questions sans réponse qui portent sur vos expertises apparaîtront ici.",
        ),
    )


def mentions(request: HttpRequest) -> HttpResponse:
    """Messages that cite one, latest first."""
    page = paginate(
        listes.mentions_of(request.user),
        ("-message_id",),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    return render(request, "forum/listes/mentions.html", {"page": page, "onglet": "mentions"})


def _sujets(
    request: HttpRequest, onglet: str, rows: QuerySet[Sujet], *, titre: str, vide: tuple[str, str]
) -> HttpResponse:
    page = paginate(
        rows,
        ("-dernier_message_le", "-pk"),
        apres=request.GET.get("apres", ""),
        avant=request.GET.get("avant", ""),
    )
    context: dict[str, Any] = {
        "page": page,
        "sujets": listes.with_unread_counts(page.items),
        "onglet": onglet,
        "titre": titre,
        "vide_titre": vide[0],
        "vide_texte": vide[1],
        "sans_expertise": onglet == "sans-reponse"
        and not page.items
        and not request.user.declarations.exists(),
        "marquage": listes.marking_to_undo(request.user),
        "ecoute": list(
            Adhesion.objects.filter(agent=request.user).values_list("communaute", flat=True)[:HEARD]
        )
        if onglet == "non-lus"
        else [],
    }
    return render(request, "forum/listes/sujets.html", context)
