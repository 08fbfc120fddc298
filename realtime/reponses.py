"""Threads of salons: who follows one, how far each has read it, what becomes of the counts of its root.

A reply is a line as any other, with a number of its salon; what is said here of it is said under the lock that gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from annuaire.models import Agent, AgentQuerySet
from annuaire.notifications.actions import Annonce, notify
from annuaire.notifications.actions.lectures import mark_threads_read
from annuaire.notifications.fils import forget_thread
from annuaire.notifications.genres import Genre, Niveau
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit
from plateforme.socle.requetes import fetch
from plateforme.socle.texte import extract_mentions
from realtime.access import members_of
from realtime.etats import ResumeFil, summaries_of
from realtime.fichiers.presentation import extract_of
from realtime.models import MessageSalon, Salon, SourdineSalon, SuiviFil

# By person, then salon and number of the root: the number up to which they have read.
Lus = Mapping[tuple[int, tuple[int, int]], int]


def keep_replies(replies: Sequence[MessageSalon]) -> Mapping[int, ResumeFil]:
    """Count replies that were just written, and have their authors and those they answer follow; gives the summary of
    each root. In the transaction that numbered them, which holds their salon."""
    counted: dict[int, list[MessageSalon]] = {}
    for reply in replies:
        counted.setdefault(reply.racine_id, []).append(reply)
    follows: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        for pk, some in counted.items():
            cursor.execute(
                "UPDATE realtime_messagesalon SET nb_reponses = nb_reponses + %s,"
                " derniere_reponse_le = greatest(derniere_reponse_le, %s) WHERE id = %s",
                [len(some), max(reply.cree_le for reply in some), pk],
            )
            # Who began hears of it; who answers has read so far.
            follows.setdefault((pk, some[0].racine.auteur_id), 0)
            for reply in some:
                follows[pk, reply.auteur_id] = max(reply.numero, follows.get((pk, reply.auteur_id), 0))
        keys = sorted(follows)
        cursor.execute(
            "INSERT INTO realtime_suivifil (racine_id, agent_id, lu, repondu)"
            " SELECT dit.racine, dit.agent, dit.numero, dit.numero"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS dit (racine, agent, numero)"
            " ORDER BY dit.racine, dit.agent"
            " ON CONFLICT (racine_id, agent_id) DO UPDATE SET suit = true, repondu = excluded.repondu,"
            " lu = greatest(realtime_suivifil.lu, excluded.lu) WHERE excluded.repondu > realtime_suivifil.repondu",
            [[racine for racine, _ in keys], [agent for _, agent in keys], [follows[key] for key in keys]],
        )
    return summaries_of(counted)


def count_again(reply: MessageSalon) -> None:
    """Count the replies of a thread again when one was deleted or put back. In the transaction that holds its salon."""
    if reply.racine_id is None:
        return
    change = 1 if reply.visible else -1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_messagesalon racine SET nb_reponses = nb_reponses + %s, derniere_reponse_le ="
            " (SELECT m.cree_le FROM realtime_messagesalon m WHERE m.racine_id = racine.id AND m.supprime_le IS NULL"
            " ORDER BY m.numero DESC LIMIT 1) WHERE racine.id = %s",
            [change, reply.racine_id],
        )
        cursor.execute(
            "UPDATE realtime_suivifil suivi SET repondu = coalesce((SELECT m.numero FROM realtime_messagesalon m"
            " WHERE m.racine_id = suivi.racine_id AND m.auteur_id = suivi.agent_id AND m.supprime_le IS NULL"
            " ORDER BY m.numero DESC LIMIT 1), 0) WHERE suivi.racine_id = %s AND suivi.agent_id = %s",
            [reply.racine_id, reply.auteur_id],
        )


@transaction.atomic
def follow_fil(agent: Agent, racine: MessageSalon, suit: bool) -> None:
    """Hear of the replies of a thread, or no longer. `racine` comes from `access.get_root`. Harmless when repeated; whoever
    answers again hears of it again. Raises `ActionRefusee` when asked too often."""
    check_limit("reaction", agent.pk)
    last = Salon.objects.filter(pk=racine.salon_id).values_list("dernier_numero", flat=True).get()
    row, new = SuiviFil.objects.get_or_create(
        racine=racine, agent=agent, defaults={"suit": suit, "lu": last if suit else 0}
    )
    if not new and row.suit == suit:
        return
    # What was said while one did not listen is not news.
    SuiviFil.objects.filter(pk=row.pk).update(suit=suit, lu=max(row.lu, last) if suit else row.lu)
    record(agent, "line.follow" if suit else "line.unfollow", racine)


@transaction.atomic
def mark_fils_read(lus: Lus) -> None:
    """Note how far people have read threads; never goes back. Those that are gone are passed over; what was told of
    these replies is read too. The caller knows that each may read there."""
    keys = sorted(lus)
    found = fetch(
        "SELECT lu.agent, racine.id, least(lu.numero, salon.dernier_numero)"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS lu (agent, salon, racine, numero)"
        " JOIN realtime_salon salon ON salon.id = lu.salon"
        " JOIN realtime_messagesalon racine ON racine.salon_id = lu.salon AND racine.numero = lu.racine",
        [
            [agent for agent, _ in keys],
            [salon for _, (salon, _) in keys],
            [racine for _, (_, racine) in keys],
            [lus[key] for key in keys],
        ],
    )
    if not found:
        return
    with connection.cursor() as cursor:
        # In one order for all: two processes that mark the same people wait for each other, never in a circle.
        cursor.execute(
            "WITH lus AS MATERIALIZED (SELECT suivi.id, lu.numero"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS lu (agent, racine, numero)"
            " JOIN realtime_suivifil suivi ON suivi.racine_id = lu.racine AND suivi.agent_id = lu.agent"
            " WHERE suivi.lu < lu.numero ORDER BY suivi.id FOR UPDATE OF suivi)"
            " UPDATE realtime_suivifil suivi SET lu = lus.numero FROM lus WHERE suivi.id = lus.id",
            [list(column) for column in zip(*found, strict=True)],
        )
    mark_threads_read({(agent, f"fil.{racine}"): numero for agent, racine, numero in found})


def tell_of_reply(message: MessageSalon) -> None:
    """Tell of a reply those who follow its thread and have not read it, and those whom it calls, who follow from then on.
    In the transaction of `actions.tell_of_salon_message`; harmless when repeated."""
    salon, auteur = message.salon, message.auteur
    people = members_of(salon)
    called = people.filter(identifiant__in=extract_mentions(message.texte))
    _have_follow(message, called.exclude(pk=auteur.pk))
    asleep = SourdineSalon.objects.filter(salon=salon).values_list("agent", flat=True)
    place = salon.nom if salon.genre != Salon.Genre.DIRECT else ""
    in_place = f" de « {place} »" if place else ""
    heard = Annonce(
        genre=Genre.PRIVE if salon.prive else Genre.FIL,
        cle=f"salon.{message.pk}",
        titre=f"{auteur.nom_complet} a répondu dans un fil{in_place}",
        extrait=extract_of(message, 280),
        url=message.get_absolute_url(),
        acteur=auteur,
        fil=f"fil.{message.racine_id}",
        rang=message.numero,
        intitule=place,
        niveaux=dict.fromkeys(asleep, Niveau.SOURDINE),
    )
    notify(
        called,
        replace(heard, genre=Genre.SALON, titre=f"{auteur.nom_complet} vous cite dans un fil{in_place}"),
    )
    notify(_listeners(message, people).exclude(pk__in=called.values("pk")), heard)


def forget_fils(salon: Salon, agent: Agent) -> None:
    """Whoever leaves a salon follows nothing there, and has nothing to read of it. In the caller's transaction."""
    rows = SuiviFil.objects.filter(agent=agent, racine__salon=salon)
    for racine in rows.values_list("racine", flat=True):
        forget_thread(f"fil.{racine}", [agent.pk])
    rows.delete()


def _listeners(message: MessageSalon, people: AgentQuerySet) -> AgentQuerySet:
    """Those of `people` who hear of a reply and have not read it; between two, both do unless they left the thread."""
    rows = SuiviFil.objects.filter(racine=message.racine_id)
    done = rows.filter(Q(suit=False) | Q(lu__gte=message.numero))
    if message.salon.genre != Salon.Genre.DIRECT:
        people = people.filter(pk__in=rows.filter(suit=True).values("agent"))
    return people.exclude(pk__in=done.values("agent"))


def _have_follow(message: MessageSalon, called: QuerySet[Agent]) -> None:
    """Whoever is called in a thread hears of the rest, unless they have left it."""
    SuiviFil.objects.bulk_create(
        (
            SuiviFil(racine_id=message.racine_id, agent_id=pk, lu=message.numero - 1)
            for pk in called.values_list("pk", flat=True)
        ),
        ignore_conflicts=True,
    )
