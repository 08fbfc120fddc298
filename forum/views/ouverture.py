"""Opening a sujet: first its kind, then the fields of that kind, with what may spare asking."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from annuaire.question import MAX_QUERY
from communautes.access import get_readable
from communautes.models import Communaute
from communautes.presentation import community_context
from forum import actions
from forum.access import draft_of
from forum.etiquettes import proposed_tags
from forum.forms_sujet import PARTIES, RetourForm, SujetForm, compose_retour, form_for
from forum.models import Sujet
from forum.presentation import pieces_of_text
from forum.proches import similar_sujets, who_could_answer
from forum.rendu import render_text
from forum.views.redaction import draft_context, opening_key, received
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.limites import check_limit

# One line each, where one chooses.
GENRES = {
    Sujet.Genre.QUESTION: "Vous cherchez une réponse. Vous retiendrez celle qui vous a servi.",
    Sujet.Genre.DISCUSSION: "Un échange de vues, sans réponse attendue.",
    Sujet.Genre.RETOUR: "Ce que vous avez essayé, et ce que cela a donné. Un plan vous guide.",
    Sujet.Genre.ANNONCE: "Une information de l’animation à toute la communauté.",
    Sujet.Genre.SONDAGE: "Des choix, des votes, une date de clôture.",
}


def ouvrir(request: HttpRequest, slug: str) -> HttpResponse:
    communaute = get_readable(request.user, slug)
    context = community_context(request.user, communaute, "forum")
    if not context["peut_ecrire"]:
        raise PermissionDenied("Rejoignez la communauté pour y écrire.")
    draft = draft_of(request.user, opening_key(communaute))
    kept = draft.contenu if draft else {}
    asked = request.POST if request.method == "POST" else request.GET
    genre = _kind(asked.get("genre") or kept.get("genre", ""), animate=context["peut_animer"])
    libre = bool(asked.get("libre"))
    kind = form_for(genre, libre=libre)
    if request.method == "POST":
        data, refused = received(request, communaute)
        form = kind(_with_files(data, kind), communaute=communaute, genre=genre)
        if asked.get("genre") != genre:
            form.add_error(None, "Choisissez le genre de votre sujet : celui-ci ne vous est pas proposé.")
        if refused:
            form.add_error("documents" if kind is RetourForm else "texte", refused)
        if not request.POST.get("verifier") and form.is_valid():
            opened = _open(request, communaute, form)
            if opened is not None:
                return redirect(opened)
    else:
        form = kind(initial=kept or _brought(request.GET), communaute=communaute, genre=genre)
    context |= _around(request, communaute, form, asked)
    context |= {
        "form": form,
        "genre": genre,
        "libre": libre,
        "genres": _choices(genre, animate=context["peut_animer"]),
        **draft_context(opening_key(communaute), draft),
    }
    status = 422 if request.method == "POST" and not request.POST.get("verifier") else 200
    return render(request, "forum/ouvrir.html", context, status=status)


def _open(request: HttpRequest, communaute: Communaute, form: SujetForm) -> Sujet | None:
    """The sujet opened; None when it was refused, the form saying why."""
    data = form.cleaned_data
    cle = opening_key(communaute)
    try:
        opened = actions.open_sujet(
            request.user,
            communaute,
            genre=form.genre,
            titre=data["titre"],
            texte=data["texte"],
            expertises=data["expertises"],
            etiquettes=data["etiquettes"],
            sondage=form.projet,
            brouillon=cle,
        )
    except ActionRefusee as error:
        form.add_error(error.champ if error.champ in form.fields else None, error.message)
        return None
    request.session["brouillon_envoye"] = cle
    return opened


def _kind(asked: Any, *, animate: bool) -> str:
    """The kind asked for, if there is one such and this person may; else a question."""
    if asked not in Sujet.Genre.values or (asked == Sujet.Genre.ANNONCE and not animate):
        return Sujet.Genre.QUESTION
    return str(asked)


def _brought(asked: QueryDict) -> dict[str, str]:
    """What one comes with, from a search that found nobody: never in place of what one began to write here."""
    return {name: asked[name][:MAX_QUERY] for name in ("titre", "texte") if asked.get(name)}


def _choices(genre: str, *, animate: bool) -> list[dict[str, Any]]:
    return [
        {
            "valeur": kind.value,
            "libelle": kind.label,
            "ligne": line,
            "choisi": kind == genre,
            "permis": animate or kind != Sujet.Genre.ANNONCE,
        }
        for kind, line in GENRES.items()
    ]


def _with_files(data: QueryDict, kind: type[SujetForm]) -> QueryDict:
    """Files sent without script are cited at the end of the text: for a guided retour, of its documents."""
    if kind is not RetourForm or not data.get("texte"):
        return data
    data = data.copy()
    data["documents"] = f"{data.get('documents', '').rstrip()}\n\n{data['texte']}".strip()
    return data


def _around(
    request: HttpRequest, communaute: Communaute, form: SujetForm, asked: QueryDict
) -> dict[str, Any]:
    """For whom has no script and asks « vérifier », or comes back to a refused form: what is close, who knows."""
    found: dict[str, Any] = {"etiquettes_proposees": proposed_tags(communaute)}
    titre = asked.get("titre", "")[:160]
    if request.method == "POST" and titre:
        found |= {
            "similaires": similar_sujets(request.user, titre),
            "experts": who_could_answer(request.user, communaute, titre),
            "cites": form.data.getlist("citer"),
        }
    return found


@require_POST
def apercu_retour(request: HttpRequest, slug: str) -> HttpResponse:
    """The parts of a guided retour d’expérience as one message, in a page of its own."""
    communaute = get_readable(request.user, slug)
    try:
        check_limit("apercu", request.user.pk)
    except ActionRefusee as error:
        return HttpResponse(error.message, status=429, content_type="text/plain; charset=utf-8")
    source = compose_retour({name: request.POST.get(name, "") for name, *_ in PARTIES})
    rendered = render_text(source, communaute)
    context = {
        "vide": not source,
        "html": rendered.html,
        "absents": rendered.absents,
        "pieces": pieces_of_text(request.user, source),
    }
    return render(request, "forum/apercu.html", context)
