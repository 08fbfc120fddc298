"""What the page of a sujet shows, gathered in a bounded number of queries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from annuaire.models import Agent
from communautes.access import readable_communautes
from communautes.models import Communaute
from forum.access import RESOLVABLE, UNDO, can_accept, visible_sujets
from forum.actions.etats import MAX_EPINGLES
from forum.models import (
    Abonnement,
    Brouillon,
    LectureSujet,
    MemeBesoin,
    Message,
    PieceJointe,
    Reaction,
    Sujet,
)
from forum.pages import Pages, bounds, last_page, number_address, page_of, pages_around
from forum.pages import message_address as message_address  # where the views look for it
from forum.rendu import cited_pieces
from forum.sondages import poll_view
from plateforme.socle.texte import plain_text

PARTICIPANTS = 8
BRANCH = 50


@dataclass(slots=True)
class Droits:
    """What the reader may do on this sujet: the same for all its messages."""

    lecteur: Agent
    ecrire: bool
    animer: bool
    accepter: bool
    resoudre: bool = False
    classer: bool = False
    reagir: bool = False
    # Whether the reader said they have the same need; None when it is not theirs to say.
    meme_besoin: bool | None = None


@dataclass(slots=True)
class Ligne:
    """One message with what the reader's own state makes of it. No query is made from a template."""

    message: Message
    accepte: bool = False
    mien: bool = False
    # The kinds of the reader's own reactions.
    reactions: frozenset[str] = frozenset()

    # Files under it, those shown in the text left out.
    pieces: list[PieceJointe] = field(default_factory=list)

    @property
    def annulable(self) -> bool:
        """Whether the reader deleted it and may still change their mind."""
        message = self.message
        return (
            self.mien
            and message.supprime_le is not None
            and message.supprime_par_id == message.auteur_id
            and timezone.now() - message.supprime_le < UNDO
        )

    @property
    def nb_reactions(self) -> int:
        return self.message.nb_merci + self.message.nb_utile + self.message.nb_accord


def lines(agent: Agent, sujet: Sujet, messages: list[Message]) -> list[Ligne]:
    """`messages` of `sujet` with the state of the reader `agent`. One query a kind of state."""
    reacted: dict[int, set[str]] = {}
    for pk, genre in Reaction.objects.filter(agent=agent, message__in=messages).values_list(
        "message_id", "genre"
    ):
        reacted.setdefault(pk, set()).add(genre)
    pieces = _pieces_under(messages)
    return [
        Ligne(
            message=message,
            pieces=pieces.get(message.pk, []),
            accepte=message.pk == sujet.message_accepte_id,
            mien=message.auteur_id == agent.pk,
            reactions=frozenset(reacted.get(message.pk, ())),
        )
        for message in messages
    ]


def _pieces_under(messages: list[Message]) -> dict[int, list[PieceJointe]]:
    """Files to list under each message: those it cites but does not show. No query when none cites any."""
    citing = {message.pk: message for message in messages if "/pieces/" in message.texte}
    found: dict[int, list[PieceJointe]] = {}
    if citing:
        for piece in PieceJointe.objects.filter(message__in=citing).order_by("cree_le", "pk"):
            if _is_listed(piece, citing[piece.message_id].texte):
                found.setdefault(piece.message_id, []).append(piece)
    return found


def pieces_of_text(agent: Agent, texte: str) -> list[PieceJointe]:
    """What will be listed under a text that `agent` is writing: their own files that it cites."""
    rows = PieceJointe.objects.filter(pk__in=cited_pieces(texte), agent=agent)
    return [piece for piece in rows.order_by("cree_le", "pk") if _is_listed(piece, texte)]


def _is_listed(piece: PieceJointe, texte: str) -> bool:
    """A file that the text cites, unless it is a picture that the text shows."""
    return f"/pieces/{piece.pk}/image/" not in texte and f"/pieces/{piece.pk}/" in texte


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


def rights(agent: Agent, sujet: Sujet, *, write: bool, animate: bool) -> Droits:
    """What `agent` may do; `write` and `animate` as `community_context` found them."""
    return Droits(
        agent,
        ecrire=write and sujet.ouvert,
        animer=animate,
        accepter=can_accept(agent, sujet),
        resoudre=sujet.genre in RESOLVABLE and (animate or (write and sujet.auteur_id == agent.pk)),
        classer=animate or (write and sujet.auteur_id == agent.pk),
        reagir=write,
        meme_besoin=MemeBesoin.objects.filter(sujet=sujet, agent=agent).exists()
        if sujet.genre == Sujet.Genre.QUESTION and sujet.auteur_id != agent.pk
        else None,
    )


def pinned_sujets(agent: Agent, communaute: Communaute) -> list[Sujet]:
    """The few sujets that stand at the head of a community's list, latest pinned first. One query."""
    return list(
        visible_sujets(agent)
        .filter(communaute=communaute, epingle_le__isnull=False)
        .with_read_mark(agent)
        .with_author()
        .order_by("-epingle_le", "-pk")[:MAX_EPINGLES]
    )


def thread_page(agent: Agent, sujet: Sujet, page: int | None = None, *, write: bool) -> dict[str, Any]:
    """One page of a sujet for `agent`; without `page`, the one where they go on reading."""
    read = (
        LectureSujet.objects.filter(agent=agent, sujet=sujet).values_list("dernier_numero", flat=True).first()
    ) or 0
    pages = pages_around(sujet, min(page or _page_to_go_on(sujet, read), last_page(sujet)))
    first, last = bounds(pages.page)
    messages = messages_between(sujet, first, last)
    accepted = None
    if sujet.message_accepte_id:
        accepted = (
            Message.objects.filter(pk=sujet.message_accepte_id)
            .select_related("auteur__service", "auteur__territoire")
            .first()
        )
    shown = lines(agent, sujet, messages if accepted is None else [*messages, accepted])
    niveau = Abonnement.objects.filter(agent=agent, sujet=sujet).values_list("niveau", flat=True).first()
    return {
        "sujet": sujet,
        "lignes": shown[: len(messages)],
        "retenue": shown[-1] if accepted is not None else None,
        "pages": pages,
        "reprise": page is None,
        **progress(sujet, pages, messages, read),
        "niveau": niveau,
        "participants": list(
            Agent.objects.filter(messages__sujet=sujet).with_place().distinct().order_by("pk")[:PARTICIPANTS]
        ),
        "sondage": poll_view(agent, sujet.sondage, write=write)
        if sujet.genre == Sujet.Genre.SONDAGE and hasattr(sujet, "sondage")
        else None,
        "etiquettes": list(sujet.etiquettes.all()),
        "expertises": list(sujet.expertises.all()[:8]),
    }


def progress(sujet: Sujet, pages: Pages, messages: list[Message], read: int) -> dict[str, Any]:
    """Where the reader is in the sujet, and what they have not read. `read`: their mark before this page.

    `dernier_montre` is what may be noted as read: numbers without a row any more (moved elsewhere) included.
    `premier_non_lu`: number of the message of this page under the line « Nouveaux messages », which is drawn
    for those who come back only. No query.
    """
    first, last = bounds(pages.page)
    shown = max(min(last, sujet.dernier_numero), messages[-1].numero if messages else 0)
    unread = next((message.numero for message in messages if message.visible and message.numero > read), None)
    back = read > 0 and read < sujet.dernier_visible
    if not back:
        go_on = ""
    elif unread is not None and first <= read + 1:
        go_on = "#premier-non-lu"
    else:
        go_on = number_address(sujet, read + 1)
    return {
        "lu": read,
        "premier_montre": messages[0].numero if messages else first,
        "dernier_montre": shown,
        "premier_non_lu": unread if back and first <= read + 1 else None,
        "adresse_non_lu": go_on,
        "adresse_debut": number_address(sujet, 1),
        "adresse_fin": number_address(sujet, max(sujet.dernier_visible, 1)),
        "complet": shown >= sujet.dernier_numero,
    }


def _page_to_go_on(sujet: Sujet, read: int) -> int:
    """The page of the first message not read, or of the last one read; the beginning for who comes first."""
    if not 0 < read < sujet.dernier_visible:
        return page_of(min(read, sujet.dernier_numero))
    following = sujet.messages.visible().filter(numero__gt=read).order_by("numero")
    return page_of(following.values_list("numero", flat=True).first() or read)


def first_since(sujet: Sujet, moment: datetime) -> int:
    """Number of the first message written at `moment` or later; of the last one if there is none."""
    since = sujet.messages.visible().filter(cree_le__gte=moment).order_by("numero")
    found: int | None = since.values_list("numero", flat=True).first()
    return found or max(sujet.dernier_visible, 1)


def messages_between(sujet: Sujet, first: int, last: int) -> list[Message]:
    """The messages numbered `first` to `last`, in order, with their authors."""
    return list(
        sujet.messages.filter(numero__gte=first, numero__lte=last)
        .select_related("auteur__service", "auteur__territoire")
        .order_by("numero")
    )


def messages_after(sujet: Sujet, numero: int, limit: int = BRANCH) -> list[Message]:
    """The messages that follow number `numero`, in order, with their authors."""
    return list(
        sujet.messages.filter(numero__gt=numero)
        .select_related("auteur__service", "auteur__territoire")
        .order_by("numero")[:limit]
    )
