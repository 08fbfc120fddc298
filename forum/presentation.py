"""What the page of a sujet shows, gathered in a bounded number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from annuaire.models import Agent
from communautes.access import readable_communautes
from communautes.models import Communaute
from forum.access import visible_sujets
from forum.actions.etats import MAX_EPINGLES
from forum.lignes import is_listed
from forum.models import (
    Brouillon,
    Message,
    PieceJointe,
    Sujet,
)
from forum.rendu import cited_pieces
from forum.reprises import places_of
from plateforme.socle.texte import plain_text

PARTICIPANTS = 8
BRANCH = 50


def pieces_of_text(agent: Agent, texte: str) -> list[PieceJointe]:
    """What will be listed under a text that `agent` is writing: their own files that it cites."""
    rows = PieceJointe.objects.filter(pk__in=cited_pieces(texte), agent=agent)
    return [piece for piece in rows.order_by("cree_le", "pk") if is_listed(piece, texte)]


QUOTED = 1500  # characters of a message that a quote takes


def quote_of(message: Message) -> str:
    """`message` as a quote with a line that says whose it is and leads to it; empty when it is not shown."""
    if not message.visible:
        return ""
    text = message.texte.strip().replace("\r\n", "\n")
    if len(text) > QUOTED:
        text = text[:QUOTED].rsplit(" ", 1)[0] + "…"
    # No signs in a name may end the link or start another.
    name = "".join(f"\\{char}" if char in r"\`*_[]<>" else char for char in message.auteur.nom_complet)
    lines = [f"[{name} a écrit]({message.get_absolute_url()}) :", "", *text.split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


@dataclass(slots=True)
class Reprise:
    """A draft with what it is about, where it is gone on with, and how it begins."""

    brouillon: Brouillon
    titre: str
    adresse: str
    extrait: str


def drafts_to_resume(agent: Agent, drafts: list[Brouillon]) -> list[Reprise]:
    """What the page « Mes brouillons » shows. One query a kind; nothing of what `agent` may no longer read."""
    wanted: dict[str, set[int]] = {}
    for draft in drafts:
        kind, _, number = draft.cle.partition(".")
        wanted.setdefault(kind, set()).add(int(number))
    targets: dict[str, tuple[str, str]] = {}
    if "communaute" in wanted:
        for row in readable_communautes(agent).filter(pk__in=wanted["communaute"]):
            targets[f"communaute.{row.pk}"] = (
                f"Nouveau sujet dans « {row.nom} »", reverse("forum:ouvrir", args=[row.slug])
            )  # fmt: skip
    if "sujet" in wanted:
        for sujet in visible_sujets(agent).filter(pk__in=wanted["sujet"]):
            targets[f"sujet.{sujet.pk}"] = (
                f"Réponse à « {sujet.titre} »", f"{sujet.get_absolute_url()}#repondre"
            )  # fmt: skip
    if "message" in wanted:
        rows = Message.objects.filter(pk__in=wanted["message"], sujet__in=visible_sujets(agent))
        for message in rows.select_related("sujet"):
            targets[f"message.{message.pk}"] = (
                f"Modification d’un message de « {message.sujet.titre} »", message.get_absolute_url()
            )  # fmt: skip
    targets |= places_of(agent, wanted)
    lost = ("Ce que vous écriviez n’est plus accessible : copiez votre texte si vous en avez besoin", "")
    return [
        Reprise(
            draft, *targets.get(draft.cle, lost), extrait=_beginning(draft, whole=draft.cle not in targets)
        )
        for draft in drafts
    ]


def _beginning(draft: Brouillon, *, whole: bool) -> str:
    titre, texte = (str(draft.contenu.get(name) or "") for name in ("titre", "texte"))
    parts = (titre, texte if whole else plain_text(texte, 200))
    return " — ".join(part for part in parts if part.strip())


def pinned_sujets(agent: Agent, communaute: Communaute) -> list[Sujet]:
    """The few sujets that stand at the head of a community's list, latest pinned first. One query."""
    return list(
        visible_sujets(agent)
        .filter(communaute=communaute, epingle_le__isnull=False)
        .with_read_mark(agent)
        .with_author()
        .order_by("-epingle_le", "-pk")[:MAX_EPINGLES]
    )


def first_since(sujet: Sujet, moment: datetime) -> int:
    """Number of the first message written at `moment` or later; of the last one if there is none."""
    since = sujet.messages.visible().filter(cree_le__gte=moment).order_by("numero")
    found: int | None = since.values_list("numero", flat=True).first()
    return found or max(sujet.dernier_visible, 1)
