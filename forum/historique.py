"""What the history page and the merge page show, gathered in a bounded number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annuaire.models import Agent
from forum.actions.edition import REPERE_FIN, REPERE_LEURS, REPERE_NOTRES
from forum.models import Message, VersionMessage
from plateforme.socle.differences import Conflit, Morceau, differences, merge

PAGE = 50
# A passage that did not change is shown by both its ends beyond this length, in characters.
PASSAGE = 400


@dataclass(slots=True)
class Etape:
    """One version of a message: who wrote it and when. `texte` is None once it was emptied."""

    numero: int
    auteur: Agent | None
    date: datetime
    courante: bool = False
    effacee_le: datetime | None = None
    motif: str = ""


def history(message: Message, avant: int = 0) -> dict[str, Any]:
    """The versions of `message`, latest first, `PAGE` at a time: those before `avant` when it is given."""
    rows = message.versions.defer("texte").select_related("auteur").order_by("-numero")
    if avant:
        rows = rows.filter(numero__lt=avant)
    found = list(rows[: PAGE + 1])
    steps = [] if avant else [_current(message)]
    steps += [
        Etape(row.numero, row.auteur, row.cree_le, effacee_le=row.effacee_le, motif=row.motif_effacement)
        for row in found[:PAGE]
    ]
    return {"etapes": steps, "avant": found[PAGE - 1].numero if len(found) > PAGE else None}


def comparison(message: Message, de: int, a: int) -> dict[str, Any] | None:
    """What changed from version `de` to version `a`; None when one of them is no more, or never was."""
    texts = {message.version: message.texte}
    for row in message.versions.filter(numero__in=[de, a], effacee_le__isnull=True):
        texts[row.numero] = row.texte
    if de not in texts or a not in texts:
        return None
    return {"de": de, "a": a, "morceaux": folded(differences(texts[de], texts[a]))}


def folded(pieces: list[Morceau]) -> list[Morceau | int]:
    """`pieces` with the middle of long passages that did not change as its length in characters."""
    shown: list[Morceau | int] = []
    for index, piece in enumerate(pieces):
        if piece.sorte != "egal" or len(piece.texte) <= PASSAGE:
            shown.append(piece)
            continue
        half = PASSAGE // 2
        head = "" if index == 0 else piece.texte[:half]
        tail = "" if index == len(pieces) - 1 else piece.texte[-half:]
        if head:
            shown.append(Morceau("egal", head))
        shown.append(len(piece.texte) - len(head) - len(tail))
        if tail:
            shown.append(Morceau("egal", tail))
    return shown


def merging(actuel: Message, depuis: int, texte: str) -> dict[str, Any]:
    """What to show to somebody whose text meets another: `depuis` is the version they started from.

    `proposition` is the joined text, with marks around what is to be chosen; their own text when what both
    started from is no more.
    """
    base = (
        VersionMessage.objects.filter(message=actuel, numero=depuis, effacee_le__isnull=True)
        .values_list("texte", flat=True)
        .first()
    )
    par = actuel.modifie_par if actuel.modifie_le is not None else actuel.auteur
    date = actuel.modifie_le or actuel.cree_le
    if base is None and depuis == actuel.version:
        base = actuel.texte
    return joining(base, actuel.texte, texte, par=par, date=date)


def joining(
    base: str | None,
    actuel: str,
    texte: str,
    *,
    par: Agent | None,
    date: datetime | None,
    nom: str = "l’autre personne",
) -> dict[str, Any]:
    """What templates/forum/historique/fusion.html shows of two changes of one text: `actuel`, by `par`, and `texte`.

    `base` is what both started from, None when it is no more; `nom`: whose `actuel` is, when it is nobody's.
    """
    context: dict[str, Any] = {"par": par, "date": date, "votre_texte": texte}
    if base is None:
        return context | {"leurs": differences(actuel, texte), "proposition": texte, "sans_base": True}
    fusion = merge(base, actuel, texte)
    nom = par.nom_complet if par is not None else nom
    return context | {
        "leurs": differences(base, actuel),
        "notres": differences(base, texte),
        "conflits": fusion.conflits,
        "proposition": "".join(_proposed(part, nom) for part in fusion.parties),
        "repere": REPERE_NOTRES,
    }


def _proposed(part: str | Conflit, nom: str) -> str:
    if isinstance(part, str):
        return part
    return f"{REPERE_LEURS % nom}{part.leurs}{REPERE_NOTRES}{part.notres}{REPERE_FIN}"


def _current(message: Message) -> Etape:
    changed = message.modifie_le is not None
    return Etape(
        message.version,
        message.modifie_par if changed else message.auteur,
        message.modifie_le or message.cree_le,
        courante=True,
    )
