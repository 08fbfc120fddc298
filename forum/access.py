"""The only way from an address to a sujet or a message, and what each may do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from annuaire.cles import key_of
from annuaire.models import Agent
from annuaire.notifications.access import UNREAD
from communautes.access import (
    COMMUNITY_FIELDS,
    SITUATION_COLUMNS,
    SITUATION_JOINS,
    Situation,
    can_animate,
    can_read,
    can_write,
    get_readable,
    get_visible,
    readers_of,
    visible_communautes,
)
from communautes.explications import animateurs_of
from communautes.models import Adhesion, Communaute
from forum.models import (
    Brouillon,
    CleFlux,
    EntreeFaq,
    Etiquette,
    Favori,
    Message,
    PieceJointe,
    ReponseType,
    Signalement,
    Sondage,
    Sujet,
    SujetQuerySet,
)
from plateforme.socle.requetes import fetch

# Kinds of sujets that wait for an outcome.
RESOLVABLE = (Sujet.Genre.QUESTION, Sujet.Genre.DISCUSSION)


def visible_sujets(agent: Agent) -> SujetQuerySet:
    return Sujet.objects.all().visible_to(agent)


def unread_sujets(agent: Agent) -> SujetQuerySet:
    """What waits to be read in the communities that `agent` has joined, with `lu` as `with_read_mark` says."""
    return visible_sujets(agent).filter(communaute__adhesions__agent=agent).unread_by(agent)


def get_sujet(agent: Agent, pk: int) -> Sujet:
    """A sujet that `agent` may read, with its author and community; 404, or 403 where one may ask to join."""
    sujet = Sujet.objects.all().with_author().filter(pk=pk).first()
    if sujet is None:
        raise Http404("Ce sujet n’existe pas.")
    _require_readable(agent, sujet, can_read(agent, sujet.communaute))
    if sujet.masque_le is not None and not can_moderate(agent, sujet):
        raise Http404("Ce sujet n’est plus visible : il a été retiré.")
    return sujet


def sujet_last_number(agent: Agent, pk: int) -> int:
    """For the channel `sujet.N`: the number of its last message, or what `get_sujet` raises."""
    return get_sujet(agent, pk).dernier_numero


def can_answer_in(agent: Agent, pk: int) -> bool:
    """For the channel `sujet.N`: `can_answer`, or what `get_sujet` raises."""
    return can_answer(agent, get_sujet(agent, pk))


# Long texts are left out: the page of a sujet shows none of them.
_SUJET = [field.attname for field in Sujet._meta.concrete_fields if field.attname != "recherche"]


@dataclass(frozen=True, slots=True)
class Lecture:
    """What one reader is to one sujet."""

    # Number of the last message seen, 0 before the first reading.
    lu: int
    niveau: str | None
    meme_besoin: bool
    # An answer was begun.
    brouillon: bool
    # Notifications of this sujet wait to be read.
    prevenu: bool
    # Notifications of the whole site that wait to be read, as `count_unread` counts them.
    non_lues: int


_LECTURE = (
    "coalesce((SELECT dernier_numero FROM forum_lecturesujet WHERE agent_id = %(agent)s AND sujet_id = s.id), 0),"  # noqa: S608  (constants)
    " (SELECT niveau FROM forum_abonnement WHERE agent_id = %(agent)s AND sujet_id = s.id),"
    " EXISTS (SELECT 1 FROM forum_memebesoin WHERE agent_id = %(agent)s AND sujet_id = s.id),"
    " EXISTS (SELECT 1 FROM forum_brouillon WHERE agent_id = %(agent)s AND cle = %(fil)s),"
    " EXISTS (SELECT 1 FROM notifications_notification WHERE destinataire_id = %(agent)s AND fil = %(fil)s"
    " AND lue_le IS NULL),"
    f" (SELECT count(*) FROM ({UNREAD}) non_lues)"
)
_TO_READ = (
    f"SELECT {', '.join(f's.{name}' for name in _SUJET)}, {', '.join(f'c.{name}' for name in COMMUNITY_FIELDS)},"  # noqa: S608  (names of our own columns)
    f" {_LECTURE},"
    " ARRAY(SELECT expertise_id FROM forum_sujet_expertises WHERE sujet_id = s.id ORDER BY 1),"
    " ARRAY(SELECT etiquette_id FROM forum_sujet_etiquettes WHERE sujet_id = s.id ORDER BY 1),"
    f" {SITUATION_COLUMNS} FROM forum_sujet s JOIN communautes_communaute c ON c.id = s.communaute_id"
    f"{SITUATION_JOINS} WHERE s.id = %(sujet)s"
)


class ALire(NamedTuple):
    """A sujet that somebody reads, with what they are to its community and to itself."""

    sujet: Sujet
    situation: Situation
    lecture: Lecture


def get_sujet_to_read(agent: Agent, pk: int) -> ALire:
    """As `get_sujet`, for the page that is read most: one query for all that it says of sujet and reader.

    The sujet comes with its community, and in `cles` with all its columns and the numbers of its tags.
    """
    rows = fetch(_TO_READ, {"sujet": pk, "agent": agent.pk, "fil": f"sujet.{pk}"})
    if not rows:
        raise Http404("Ce sujet n’existe pas.")
    row, first = rows[0], len(_SUJET)
    second = first + len(COMMUNITY_FIELDS)
    third = second + len(Lecture.__slots__)
    sujet: Sujet = Sujet.from_db(connection.alias, _SUJET, row[:first])
    sujet.communaute = Communaute.from_db(connection.alias, COMMUNITY_FIELDS, row[first:second])
    expertises, etiquettes, *situation = row[third:]
    sujet.cles = (*row[:first], tuple(expertises), tuple(etiquettes))
    found = Situation(*situation)
    _require_readable(agent, sujet, found.peut_lire(agent, sujet.communaute))
    if sujet.masque_le is not None and not (found.peut_animer and agent.is_active):
        raise Http404("Ce sujet n’est plus visible : il a été retiré.")
    return ALire(sujet, found, Lecture(*row[second:third]))


def _require_readable(agent: Agent, sujet: Sujet, readable: bool) -> None:
    if readable:
        return
    if sujet.communaute.visibilite == "privee" or agent.partenaire:
        raise Http404("Ce sujet n’existe pas.")
    raise PermissionDenied("Ce sujet est réservé aux membres de la communauté.")


def current_sujet(agent: Agent, sujet: Sujet) -> Sujet:
    """Where the messages of a merged sujet are now, through any number of merges; the sujet itself otherwise.
    404 or 403 as `get_sujet`. A merge never leads back: what was merged takes no messages."""
    while sujet.fusionne_dans_id is not None:
        sujet = get_sujet(agent, sujet.fusionne_dans_id)
    return sujet


def get_message(agent: Agent, pk: int) -> Message:
    """A message of a sujet that `agent` may read, or 404 or 403 as `get_sujet`."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=pk).first()
    if message is None:
        raise Http404("Ce message n’existe pas.")
    message.sujet = get_sujet(agent, message.sujet_id)
    return message


def get_own_withdrawn(agent: Agent, pk: int) -> Message:
    """As `get_message`; the author of a sujet withdrawn with its opening still reaches it, to put it back."""
    message = Message.objects.select_related("sujet__communaute", "auteur").filter(pk=pk).first()
    if (
        message is not None
        and message.sujet.masque_le is not None
        and message.supprime_par_id == agent.pk
        and can_read(agent, message.sujet.communaute)
    ):
        return message
    return get_message(agent, pk)


def favori_of(agent: Agent, message: Message) -> Favori | None:
    """The bookmark that `agent` has on `message`, if any; one that was removed is none."""
    return Favori.objects.kept().filter(agent=agent, message=message).first()


def get_own_favori(agent: Agent, message_id: int) -> Favori:
    """The bookmark of `agent` on a message, removed ones included, or 404. One's own even when the message no
    longer is for them to read: it says nothing of it."""
    found = Favori.objects.select_related("message").filter(agent=agent, message=message_id).first()
    if found is None or not agent.is_active:
        raise Http404("Ce message n’est pas dans vos favoris.")
    return found


def get_message_history(agent: Agent, pk: int) -> Message:
    """A message whose versions `agent` may read: a withdrawn one's only for its author and the animation."""
    message = get_message(agent, pk)
    if not message.visible and message.auteur_id != agent.pk and not can_moderate(agent, message.sujet):
        raise PermissionDenied("L’historique d’un message retiré est réservé à son auteur et à l’animation.")
    return message


def get_awaited(agent: Agent, pk: int) -> Sujet:
    """A question whose « même besoin » people `agent` may know by name: theirs, or of a community they animate."""
    sujet = get_sujet(agent, pk)
    if sujet.auteur_id != agent.pk and not can_animate(agent, sujet.communaute):
        raise PermissionDenied("Cette liste est réservée à la personne qui a posé la question.")
    return sujet


def get_faq_entry(agent: Agent, pk: int) -> EntreeFaq:
    """An entry or a proposal of the FAQ of a community that `agent` animates; 404, or 403 for its readers."""
    entree: EntreeFaq | None = (
        EntreeFaq.objects.select_related("communaute", "message__auteur", "message__sujet__communaute")
        .filter(pk=pk)
        .first()
    )
    if entree is None or not visible_communautes(agent).filter(pk=entree.communaute_id).exists():
        raise Http404("Cette réponse ne figure pas dans la foire aux questions.")
    if not can_animate(agent, entree.communaute):
        raise PermissionDenied("Cette page est réservée aux personnes qui animent la communauté.")
    return entree


def get_piece(agent: Agent, pk: UUID) -> PieceJointe:
    """A file that `agent` may open, or 404 (or 403 where one may ask to join).

    Until it is in a message, only whoever sent it; then whoever may read the sujet where the message is now,
    as long as the message is shown; its moderators also when it is not.
    """
    piece = PieceJointe.objects.select_related("message").filter(pk=pk).first()
    missing = Http404("Cette pièce jointe n’existe pas, ou a été retirée.")
    if piece is None:
        raise missing
    if piece.message is None:
        if piece.agent_id != agent.pk or not agent.is_active:
            raise missing
        return piece
    sujet = get_sujet(agent, piece.message.sujet_id)
    if not piece.message.visible and not can_moderate(agent, sujet):
        raise missing
    return piece


def own_drafts(agent: Agent) -> QuerySet[Brouillon]:
    """The drafts of `agent`, latest first."""
    return Brouillon.objects.filter(agent=agent).order_by("-modifie_le")


def draft_of(agent: Agent, cle: str) -> Brouillon | None:
    """What `agent` was writing in the form `cle`, if anything."""
    return Brouillon.objects.filter(agent=agent, cle=cle).first()


def can_answer(agent: Agent, sujet: Sujet) -> bool:
    """Members write in sujets that are open."""
    return sujet.ouvert and can_write(agent, sujet.communaute)


def can_moderate(agent: Agent, sujet: Sujet) -> bool:
    """Whoever animates the community moderates its forum."""
    return can_animate(agent, sujet.communaute)


def can_accept(agent: Agent, sujet: Sujet) -> bool:
    """Who asked, or an animateur, chooses the answer that settles a question."""
    if sujet.genre != Sujet.Genre.QUESTION:
        return False
    if sujet.auteur_id == agent.pk:
        return can_write(agent, sujet.communaute)
    return can_animate(agent, sujet.communaute)


def can_resolve(agent: Agent, sujet: Sujet) -> bool:
    """Who opened a question or a discussion, or an animateur, says that it is settled."""
    if sujet.genre not in RESOLVABLE:
        return False
    if sujet.auteur_id == agent.pk and can_write(agent, sujet.communaute):
        return True
    return can_animate(agent, sujet.communaute)


def can_edit(agent: Agent, message: Message) -> bool:
    """Its author, or anyone who may write when it is a wiki, while the sujet is open; an animateur always."""
    if not message.visible:
        return False
    if (message.auteur_id == agent.pk or message.wiki) and can_answer(agent, message.sujet):
        return True
    return can_moderate(agent, message.sujet)


def can_rename(agent: Agent, sujet: Sujet) -> bool:
    """Who opened it, while it is open; an animateur always."""
    return (sujet.auteur_id == agent.pk and can_answer(agent, sujet)) or can_moderate(agent, sujet)


# How long the author of a message may change their mind after deleting it.
UNDO = timedelta(days=1)


def can_delete(agent: Agent, message: Message) -> bool:
    """One takes back one's own words, even where one may no longer write; not what the animation has hidden."""
    return (
        message.auteur_id == agent.pk
        and message.masque_le is None
        and can_read(agent, message.sujet.communaute)
    )


def can_undelete(agent: Agent, message: Message) -> bool:
    """Who deleted it, for `UNDO`; an animateur at any time."""
    if message.supprime_le is None:
        return False
    if message.supprime_par_id == agent.pk and timezone.now() - message.supprime_le < UNDO:
        return can_read(agent, message.sujet.communaute)
    return can_animate(agent, message.sujet.communaute)


def get_sondage(agent: Agent, pk: int) -> Sondage:
    """The poll of a sujet that `agent` may read; 404 for a sujet without one, else as `get_sujet`."""
    sujet = get_sujet(agent, pk)
    sondage = Sondage.objects.filter(pk=pk).first()
    if sondage is None:
        raise Http404("Ce sujet n’a pas de sondage.")
    sondage.sujet = sujet
    return sondage


def get_etiquette(agent: Agent, pk: int | str) -> Etiquette:
    """A free tag of a community that `agent` may read; 404, or 403 where one may ask to join."""
    tag = (
        Etiquette.objects.select_related("communaute").filter(pk=pk).first()
        if isinstance(pk, int) or (pk.isdecimal() and len(pk) < 19)
        else None
    )
    if tag is None:
        raise Http404("Cette étiquette n’existe pas.")
    get_readable(agent, tag.communaute.slug)
    return tag


def can_tag(agent: Agent, sujet: Sujet) -> bool:
    """Who opened a sujet, or an animateur, says what it is filed under."""
    return can_close_poll(agent, sujet)


def can_note(agent: Agent, sujet: Sujet) -> bool:
    """Who opened a sujet proposes what was decided there; whoever animates notes it."""
    return can_close_poll(agent, sujet)


def can_close_poll(agent: Agent, sujet: Sujet) -> bool:
    """Who launched a poll, or an animateur, ends it before its date."""
    if sujet.auteur_id == agent.pk and can_write(agent, sujet.communaute):
        return True
    return can_animate(agent, sujet.communaute)


def readers_among(sujet: Sujet, agents: Iterable[Agent]) -> list[Agent]:
    """Those of `agents` who may read `sujet` at this moment; a hidden one is read by who animates.

    One query, whatever their number.
    """
    agents = list(agents)
    if sujet.masque_le is not None:
        leaders = set(
            sujet.communaute.adhesions.filter(role=Adhesion.Role.ANIMATEUR, agent__in=agents).values_list(
                "agent", flat=True
            )
        )
        return [agent for agent in agents if agent.is_active and agent.pk in leaders]
    readable = set(
        readers_of(sujet.communaute)
        .filter(pk__in=[agent.pk for agent in agents])
        .values_list("pk", flat=True)
    )
    return [agent for agent in agents if agent.pk in readable]


def feed_key(cle: str) -> CleFlux:
    """The feed key of an active account, with its owner, or 404. The only way into feeds: no session there."""
    found: CleFlux | None = key_of(CleFlux, cle)
    if found is None:
        raise Http404("Cette clé de flux n’existe pas.")
    return found


def feed_key_of(agent: Agent) -> CleFlux | None:
    """What is known of one's own key: since when, last used when."""
    return CleFlux.objects.filter(agent=agent).first()


# --- Reports ---------------------------------------------------------------------------------


def get_moderated(agent: Agent, slug: str) -> Communaute:
    """A community whose queue of reports `agent` may see: who animates it; the site's staff, for what nobody who
    animates may decide. 404, or 403."""
    found: Communaute | None = Communaute.objects.filter(slug=slug).first()
    if found is not None and (can_animate(agent, found) or (agent.is_staff and agent.is_active)):
        return found
    get_visible(agent, slug)
    raise PermissionDenied("Cette page est réservée aux personnes qui animent la communauté.")


def handlers_of(message: Message) -> list[Agent]:
    """Who may decide about a report of `message`: those who animate, its author excepted; the site's staff when
    that leaves nobody."""
    animateurs = [agent for agent in animateurs_of(message.sujet.communaute) if agent.pk != message.auteur_id]
    return animateurs or list(
        Agent.objects.active().filter(is_staff=True).exclude(pk=message.auteur_id).order_by("pk")
    )


def can_handle(agent: Agent, message: Message) -> bool:
    """Whether `agent` may decide about a report of `message`; never one's own."""
    return agent in handlers_of(message)


def reports_to_handle(agent: Agent) -> QuerySet[Signalement]:
    """The reports that `agent` may decide about, wherever they are: the rule of `handlers_of`, for many.

    Nobody sees those of their own messages, nor who made them.
    """
    if not agent.is_active:
        return Signalement.objects.none()
    leaders = Adhesion.objects.filter(role=Adhesion.Role.ANIMATEUR)
    animated = Q(communaute__in=leaders.filter(agent=agent).values("communaute"))
    rows = Signalement.objects.exclude(message__auteur=agent)
    if not agent.is_staff:
        return rows.filter(animated)
    # For the site's staff, too, what is left when nobody who animates may decide.
    others = leaders.filter(communaute=OuterRef("communaute"), agent__is_active=True)
    return rows.filter(animated | ~Exists(others.exclude(agent=OuterRef("message__auteur"))))


def reports_for(agent: Agent, communaute: Communaute) -> QuerySet[Signalement]:
    """Those of `reports_to_handle` that are of `communaute`."""
    return reports_to_handle(agent).filter(communaute=communaute)


def get_reported(agent: Agent, communaute: Communaute, pk: int) -> Message:
    """A message reported in `communaute`, that `agent` may decide about; or 404."""
    message: Message | None = (
        Message.objects.select_related(
            "sujet__communaute", "auteur__service", "auteur__territoire", "masque_par"
        )
        .filter(pk__in=reports_for(agent, communaute).filter(message=pk).values("message"))
        .first()
    )
    if message is None:
        raise Http404("Ce signalement n’existe pas.")
    return message


def get_canned(agent: Agent, communaute: Communaute, pk: int) -> ReponseType:
    """A canned answer of a community that `agent` animates, or 404."""
    found: ReponseType | None = ReponseType.objects.filter(pk=pk, communaute=communaute).first()
    if found is None or not can_animate(agent, communaute):
        raise Http404("Cette réponse type n’existe pas.")
    return found


def get_known_member(communaute: Communaute, identifiant: str) -> Agent:
    """Somebody who is or was of the community, for those who animate it (`get_animated`); or 404."""
    found: Agent | None = Agent.objects.with_place().filter(identifiant=identifiant).first()
    if found is None or not (
        Adhesion.objects.filter(communaute=communaute, agent=found).exists()
        or Message.objects.filter(auteur=found, sujet__communaute=communaute).exists()
    ):
        raise Http404("Cette personne n’est pas connue de la communauté.")
    return found
