"""What the page of a sujet shows, gathered in a bounded number of queries."""

from dataclasses import dataclass
from typing import Any

from annuaire.models import Agent
from communautes.models import Communaute
from forum.access import RESOLVABLE, can_accept, visible_sujets
from forum.actions.etats import MAX_EPINGLES
from forum.models import Abonnement, LectureSujet, MemeBesoin, Message, Reaction, Sujet
from forum.sondages import poll_view

PAGE = 20
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
    return [
        Ligne(
            message=message,
            accepte=message.pk == sujet.message_accepte_id,
            mien=message.auteur_id == agent.pk,
            reactions=frozenset(reacted.get(message.pk, ())),
        )
        for message in messages
    ]


def rights(agent: Agent, sujet: Sujet, *, write: bool, animate: bool) -> Droits:
    """What `agent` may do; `write` and `animate` as `community_context` found them."""
    return Droits(
        agent,
        ecrire=write and sujet.ouvert,
        animer=animate,
        accepter=can_accept(agent, sujet),
        resoudre=sujet.genre in RESOLVABLE and (animate or (write and sujet.auteur_id == agent.pk)),
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


def thread_page(agent: Agent, sujet: Sujet, apres: int, *, write: bool) -> dict[str, Any]:
    """Messages numbered `apres` + 1 to `apres` + `PAGE`, with what `agent` may do about them."""
    messages = messages_after(sujet, apres, PAGE)
    read = (
        LectureSujet.objects.filter(agent=agent, sujet=sujet).values_list("dernier_numero", flat=True).first()
    )
    last_shown = messages[-1].numero if messages else apres
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
        "lu": read or 0,
        "dernier_montre": last_shown,
        "page_suivante": last_shown if last_shown < sujet.dernier_numero else None,
        "page_precedente": max(apres - PAGE, 0) if apres > 0 else None,
        "suivi": niveau == Abonnement.Niveau.SUIVRE,
        "participants": list(
            Agent.objects.filter(messages__sujet=sujet).with_place().distinct().order_by("pk")[:PARTICIPANTS]
        ),
        "sondage": poll_view(agent, sujet.sondage, write=write)
        if sujet.genre == Sujet.Genre.SONDAGE and hasattr(sujet, "sondage")
        else None,
        "expertises": list(sujet.expertises.all()[:8]),
    }


def message_address(message: Message) -> str:
    """Address of the page of the sujet that shows `message`, at the message."""
    start = (message.numero - 1) // PAGE * PAGE
    query = f"?apres={start}" if start else ""
    return f"{message.sujet.get_absolute_url()}{query}#message-{message.numero}"


def messages_after(sujet: Sujet, numero: int, limit: int = BRANCH) -> list[Message]:
    """The messages that follow number `numero`, in order, with their authors."""
    return list(
        sujet.messages.filter(numero__gt=numero)
        .select_related("auteur__service", "auteur__territoire")
        .order_by("numero")[:limit]
    )
