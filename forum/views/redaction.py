"""What the forms in which one writes have in common: the draft found again, a quote, files sent without script."""

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, QueryDict

from communautes.models import Communaute
from forum.access import draft_of, get_message
from forum.forms import ReponseForm
from forum.models import Brouillon, Message, Sujet
from forum.presentation import quote_of
from forum.views.pieces import take_files
from plateforme.socle.erreurs import ActionRefusee

MAX_FILES = 20


def received(request: HttpRequest, communaute: Communaute) -> tuple[QueryDict, str]:
    """What was posted, its files taken in and cited at the end of the text; and what was refused of them, if any.

    A refusal keeps the text: the form is shown again with it. `communaute` may be written in by the sender.
    """
    files = request.FILES.getlist("pieces")[:MAX_FILES]
    if not files:
        return request.POST, ""
    data = request.POST.copy()
    try:
        cited = take_files(request.user, communaute, files)
    except ActionRefusee as error:
        return data, error.message
    text = data.get("texte", "").rstrip()
    data["texte"] = f"{text}\n\n{cited}" if text else cited
    return data, ""


def answer_context(request: HttpRequest, sujet: Sujet, form: ReponseForm | None) -> dict[str, Any]:
    """The form of an answer: as it was posted, or with the draft and the quote asked for by `?citer=`."""
    draft = draft_of(request.user, answer_key(sujet))
    quoted = _quoted(request, sujet)
    citation = quote_of(quoted) if quoted is not None else ""
    if form is None:
        text = str(draft.contenu.get("texte", "")) if draft else ""
        form = ReponseForm(
            initial={
                "texte": f"{text.rstrip()}\n\n{citation}" if text.strip() and citation else text or citation,
                "repond_a": quoted.pk if quoted else (draft.contenu.get("repond_a") if draft else None),
            }
        )
    return {"form": form, "citation": citation, **draft_context(answer_key(sujet), draft)}


def empty_answer_context(sujet: Sujet) -> dict[str, Any]:
    """The form of an answer that nobody has begun: the same for all who may write in the community. No query."""
    return {
        "form": cache(ReponseForm),
        "citation": "",
        "cle_editeur": sujet.communaute.slug,
        **draft_context(answer_key(sujet), None),
    }


def draft_context(cle: str, draft: Brouillon | None) -> dict[str, Any]:
    """What the editor needs to know of the draft of its form (templates/composants/editeur.html)."""
    return {"cle_brouillon": cle, "brouillon": draft}


def answer_key(sujet: Sujet) -> str:
    return f"sujet.{sujet.pk}"


def opening_key(communaute: Communaute) -> str:
    return f"communaute.{communaute.pk}"


def answered_message(sujet: Sujet, pk: int | None) -> Message | None:
    """The message that an answer says it answers: one of the same sujet that is shown, or none."""
    if not pk:
        return None
    found: Message | None = sujet.messages.visible().filter(pk=pk).first()
    return found


def _quoted(request: HttpRequest, sujet: Sujet) -> Message | None:
    asked = request.GET.get("citer", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    try:
        message = get_message(request.user, int(asked))
    except Http404:
        return None
    return message if message.sujet_id == sujet.pk and message.visible else None
