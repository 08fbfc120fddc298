"""Merci, Utile, D’accord: what one answers without a word. Counted on the message, live on open pages."""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from annuaire.models import Agent
from communautes.access import can_write
from forum.actions.preuves import refresh_evidence
from forum.models import Message, Reaction
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

# Kinds that prove something of the author: the others need no evidence worked out.
PROVING = frozenset({Reaction.Genre.UTILE, Reaction.Genre.MERCI})


@transaction.atomic
def set_reaction(agent: Agent, message: Message, genre: str, present: bool) -> dict[str, int]:
    """Add one's reaction to a message, or take it back; returns the message's three counts.

    For those who may write in the community, a closed sujet included; never on one's own message, nor on one
    deleted or hidden (`ActionRefusee`). Says what is wanted, not "the other way round": harmless when repeated.
    Takes the message's row lock, which makes counters exact when many react at once.
    """
    if genre not in Reaction.Genre.values:
        raise ActionRefusee("Choisissez « Merci », « Utile » ou « D’accord ».")
    if not can_write(agent, message.sujet.communaute):
        raise PermissionDenied("Rejoignez la communauté pour réagir à ses messages.")
    if message.auteur_id == agent.pk:
        raise ActionRefusee("On ne réagit pas à son propre message : laissez vos collègues le faire.")
    check_limit("reaction", agent.pk)
    locked = (
        Message.objects.select_for_update(no_key=True).only("supprime_le", "masque_le").get(pk=message.pk)
    )
    if present and not locked.visible:
        raise ActionRefusee("Ce message n’est plus visible : il ne reçoit plus de réactions.")
    if present:
        changed = _insert(agent, message, genre)
    else:
        changed = bool(Reaction.objects.filter(message=message, agent=agent, genre=genre).delete()[0])
    counts = _count(message, genre, (1 if present else -1) if changed else 0)
    if changed:
        if genre in PROVING:
            refresh_evidence([message.pk])
        record(agent, "message.react" if present else "message.unreact", message, genre=genre)
        publish_on_commit(
            f"sujet.{message.sujet_id}", {"type": "message.reactions", "message": message.pk, **counts}
        )
    return counts


def _insert(agent: Agent, message: Message, genre: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_reaction (message_id, agent_id, genre, cree_le) VALUES (%s, %s, %s, now())"
            " ON CONFLICT (message_id, agent_id, genre) DO NOTHING RETURNING id",
            [message.pk, agent.pk, genre],
        )
        return cursor.fetchone() is not None


def _count(message: Message, genre: str, step: int) -> dict[str, int]:
    """Move a counter by `step` and return the three of them. `genre` is one of `Reaction.Genre`."""
    column = f"nb_{Reaction.Genre(genre).value}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE forum_message SET {column} = {column} + %s WHERE id = %s"  # noqa: S608
            " RETURNING nb_merci, nb_utile, nb_accord",
            [step, message.pk],
        )
        merci, utile, accord = cursor.fetchone()
    return {"merci": merci, "utile": utile, "accord": accord}
