"""The words of a decision and of a task, as they are kept."""

import re

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from communautes.suites.models import DECISION_MAX, LIBELLE_MAX, Decision
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.texte import render_markdown, validate_source
from plateforme.socle.typographie import tidy_title

DECISION_MIN, LIBELLE_MIN = 10, 3
# What begins a line in minutes and would make a list, a title or a quote of the paragraph.
_MARK = re.compile(r"^(?:[-*+•>–]\s+|#{1,6}\s+)+")
_RANK = re.compile(r"^(\d{1,9})([.)])(?=\s)")


def one_line(texte: str) -> str:
    """`texte` on one line, without what the database cannot hold: a form refuses it, a frame may bring it."""
    return " ".join(texte.replace("\x00", "").encode(errors="ignore").decode().split())


def check_decision(texte: str) -> tuple[str, SafeString]:
    """A decision's text on one line, and its HTML: one paragraph. Raises `ActionRefusee` (field `texte`)."""
    texte = _MARK.sub("", one_line(texte))
    try:
        validate_source(texte)
    except ValidationError as error:
        raise ActionRefusee(error.messages[0], champ="texte") from None
    if len(texte) < DECISION_MIN:
        raise ActionRefusee("Écrivez la décision en une phrase qui se comprend seule.", champ="texte")
    if len(texte) > DECISION_MAX:
        raise ActionRefusee(
            f"Une décision tient en {DECISION_MAX} caractères : il y en a {len(texte)}. Gardez ce qui est décidé ; "
            "le lien mène au reste.",
            champ="texte",
        )
    return texte, render_decision(texte)


def render_decision(texte: str) -> SafeString:
    """The HTML of a text that `check_decision` has passed, or is passing; raises `ActionRefusee` if it is no
    single paragraph."""
    # « 2. Le seuil… » is a sentence, not the second entry of a list.
    html = render_markdown(_RANK.sub(r"\1\\\2", texte))
    whole = html.strip()
    if not (whole.startswith("<p>") and whole.endswith("</p>") and whole.count("<p>") == 1):
        raise ActionRefusee(
            "Écrivez la décision en un seul paragraphe : ni titre, ni liste, ni tableau.", champ="texte"
        )
    return html


def render_again(texte: str) -> SafeString:
    """The HTML of a decision that is kept: a paragraph for the renderer of its day, whatever it is for this one."""
    try:
        return render_decision(texte)
    except ActionRefusee:
        return render_markdown(texte)


def check_libelle(libelle: str) -> str:
    """What is to be done, on one line. Raises `ActionRefusee` (field `libelle`)."""
    libelle = tidy_title(one_line(libelle))
    if len(libelle) < LIBELLE_MIN:
        raise ActionRefusee("Dites ce qu’il y a à faire, en quelques mots.", champ="libelle")
    if len(libelle) > LIBELLE_MAX:
        raise ActionRefusee(
            f"Dites ce qu’il y a à faire en {LIBELLE_MAX} caractères au plus.", champ="libelle"
        )
    return libelle


def said(decision: Decision) -> str:
    """What a page says once a decision is noted, from wherever."""
    if decision.confirmee:
        return f"C’est noté : {decision.nom[0].lower()}{decision.nom[1:]}."
    return "Merci : votre proposition est entre les mains de l’animation."
