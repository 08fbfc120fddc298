"""Lists of sujets and messages that are one person's own: what each holds, and what it says of each row."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from annuaire.models import Agent
from forum.access import visible_sujets
from forum.models import Abonnement, MarquageLu, Mention, Sujet, SujetQuerySet

# « 99+ » beyond: no need to count further.
MOST_COUNTED = 100
# For how long a marking is offered to be undone.
UNDO_OFFERED = timedelta(minutes=15)


def with_unread_counts(sujets: Iterable[Sujet]) -> list[Sujet]:
    """`sujets`, each with `non_lus`: visible messages beyond `lu`, counted up to `MOST_COUNTED`.

    The rows carry `lu` (`with_read_mark`). One query at most, and none while nothing was ever deleted in them:
    then the numbers alone tell.
    """
    rows = list(sujets)
    to_count = []
    for sujet in rows:
        read = sujet.lu or 0
        sujet.non_lus = 0
        if read >= sujet.dernier_visible:
            continue
        if sujet.nb_messages == sujet.dernier_numero:
            sujet.non_lus = min(sujet.dernier_numero - read, MOST_COUNTED)
        else:
            to_count.append(sujet)
    if to_count:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.id, (SELECT count(*) FROM (SELECT 1 FROM forum_message m WHERE m.sujet_id = s.id"
                " AND m.numero > s.lu AND m.supprime_le IS NULL AND m.masque_le IS NULL LIMIT %s) vus)"
                " FROM unnest(%s::bigint[], %s::integer[]) AS s(id, lu)",
                [MOST_COUNTED, [sujet.pk for sujet in to_count], [sujet.lu or 0 for sujet in to_count]],
            )
            counts = dict(cursor.fetchall())
        for sujet in to_count:
            sujet.non_lus = counts[sujet.pk]
    return rows


def own_sujets(agent: Agent) -> SujetQuerySet:
    """Those that `agent` has opened, where they may still read them."""
    return visible_sujets(agent).filter(auteur=agent)


def followed_sujets(agent: Agent) -> SujetQuerySet:
    """Those whose answers `agent` wants to hear of."""
    return visible_sujets(agent).filter(
        pk__in=Abonnement.objects.filter(agent=agent, niveau=Abonnement.Niveau.SUIVRE).values("sujet")
    )


def unanswered_sujets(agent: Agent) -> SujetQuerySet:
    """Questions of others without any answer yet, on an expertise that `agent` declares."""
    tagged = Sujet.expertises.through.objects.filter(expertise__in=agent.declarations.values("expertise"))
    return visible_sujets(agent).unanswered().filter(pk__in=tagged.values("sujet")).exclude(auteur=agent)


def mentions_of(agent: Agent) -> QuerySet[Mention]:
    """Messages that cite `agent`, where they may still read them."""
    return Mention.objects.filter(
        agent=agent,
        message__supprime_le__isnull=True,
        message__masque_le__isnull=True,
        message__sujet__in=visible_sujets(agent),
    ).select_related("message__auteur__service", "message__auteur__territoire", "message__sujet__communaute")


def marking_to_undo(agent: Agent) -> MarquageLu | None:
    """The agent's last marking, while undoing it is offered."""
    return MarquageLu.objects.filter(agent=agent, fait_le__gt=timezone.now() - UNDO_OFFERED).first()
