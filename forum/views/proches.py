"""What helps before and after asking: similar sujets, people who could answer. Pieces of pages, and a page without htmx."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from annuaire.models import Expertise
from communautes.access import can_write, get_readable
from communautes.presentation import community_context
from forum.access import get_sujet
from forum.models import Sujet
from forum.proches import similar_sujets, who_could_answer
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

TITLE_MAX = 160


def similaires(request: HttpRequest, slug: str) -> HttpResponse:
    """Sujets that say what `?titre=` says, wherever the reader may read them."""
    get_readable(request.user, slug)
    try:
        check_limit("proches", request.user.pk)
    except ActionRefusee as error:
        return HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
    titre = request.GET.get("titre", "")[:TITLE_MAX]
    return render(
        request, "forum/proches/_similaires.html", {"similaires": similar_sujets(request.user, titre)}
    )


def experts(request: HttpRequest, slug: str) -> HttpResponse:
    """People of a community who could answer `?titre=`, about `?expertises=`."""
    communaute = get_readable(request.user, slug)
    try:
        check_limit("proches", request.user.pk)
    except ActionRefusee as error:
        return HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
    chosen = [int(pk) for pk in request.GET.getlist("expertises")[:10] if pk.isdecimal() and len(pk) < 10]
    found = who_could_answer(
        request.user,
        communaute,
        request.GET.get("titre", "")[:TITLE_MAX],
        expertises=Expertise.objects.filter(pk__in=chosen),
    )
    return render(request, "forum/proches/_experts.html", {"experts": found, "mentionner": True})


def proches(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes beside a sujet: similar ones and, for a question that waits, who could answer."""
    found = get_sujet(request.user, pk)
    context = {
        "sujet": found,
        "similaires": similar_sujets(request.user, f"{found.titre} ", sauf=found.pk),
        "experts": [],
        "mentionner": bool(request.htmx) and found.ouvert and can_write(request.user, found.communaute),
    }
    if found.genre == Sujet.Genre.QUESTION and not found.resolu and found.nb_reponses == 0:
        context["experts"] = who_could_answer(
            request.user,
            found.communaute,
            found.titre,
            expertises=found.expertises.all(),
            sauf=found.auteur,
        )
    if request.htmx:
        return render(request, "forum/proches/_proches.html", context)
    return render(
        request,
        "forum/proches/proches.html",
        {**community_context(request.user, found.communaute, "forum"), **context},
    )
