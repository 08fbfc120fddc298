"""What a person has read: noted as they read, moved by hand, and taken back."""

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.actions import mark_all_read
from communautes.access import can_read
from communautes.models import Communaute
from forum.access import unread_sujets, visible_sujets
from forum.models import LectureSujet, MarquageLu, Message, Sujet, SujetQuerySet
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee

# Reading moves the mark forward only. While a « tout marquer comme lu » can be undone, what is read moves the
# mark that would be put back as well: undoing does not undo what was read since.
SET_READ = (
    "INSERT INTO forum_lecturesujet AS l (agent_id, sujet_id, dernier_numero) VALUES (%s, %s, %s)"
    " ON CONFLICT (agent_id, sujet_id) DO UPDATE SET"
    " dernier_numero = greatest(l.dernier_numero, excluded.dernier_numero),"
    " avant_marquage = CASE WHEN l.avant_marquage IS NULL THEN NULL"
    " ELSE greatest(l.avant_marquage, excluded.dernier_numero) END"
    " WHERE l.dernier_numero < excluded.dernier_numero OR l.avant_marquage < excluded.dernier_numero"
)


def set_read(agent_id: int, sujet_id: int, numero: int) -> bool:
    """Note, in the caller's transaction, that messages up to `numero` were seen. True when it was not known."""
    with connection.cursor() as cursor:
        cursor.execute(SET_READ, [agent_id, sujet_id, numero])
        moved: int = cursor.rowcount
    return moved > 0


@transaction.atomic
def mark_read(agent: Agent, sujet: Sujet, numero: int) -> None:
    """Note that `agent` was shown up to message `numero`. Never goes back: two devices may say it in any order.

    Their other open pages are told. The caller has found `sujet` through the access door.
    """
    numero = min(numero, sujet.dernier_numero)
    if numero > 0 and set_read(agent.pk, sujet.pk, numero):
        publish_on_commit(f"agent.{agent.pk}", {"type": "lecture", "sujet": sujet.pk, "numero": numero})
    # What one was told of these messages is read with them, and does not leave by e-mail.
    mark_all_read(agent, fil=f"sujet.{sujet.pk}", rang=numero)


@transaction.atomic
def mark_unread_from(agent: Agent, message: Message) -> None:
    """Have the sujet wait to be read again from `message` on. A choice of its own: no undoing touches it."""
    if not can_read(agent, message.sujet.communaute):
        raise PermissionDenied("Ce sujet ne vous est pas ouvert.")
    LectureSujet.objects.update_or_create(
        agent=agent,
        sujet_id=message.sujet_id,
        defaults={"dernier_numero": message.numero - 1, "avant_marquage": None},
    )
    publish_on_commit(
        f"agent.{agent.pk}",
        {"type": "lecture", "sujet": message.sujet_id, "numero": message.numero - 1, "retour": True},
    )


def mark_sujet_read(agent: Agent, sujet: Sujet) -> int:
    """Mark one sujet read without opening it; can be undone. Returns 1, or 0 when it was read already."""
    return _mark(agent, visible_sujets(agent).unread_by(agent).filter(pk=sujet.pk))


def mark_communaute_read(agent: Agent, communaute: Communaute) -> int:
    """Mark read all the sujets of a community; can be undone. Returns how many there were."""
    return _mark(agent, visible_sujets(agent).unread_by(agent).filter(communaute=communaute))


def mark_everything_read(agent: Agent) -> int:
    """Mark read what waits in all of the agent's communities; can be undone. Returns how many sujets."""
    return _mark(agent, unread_sujets(agent))


@transaction.atomic
def undo_marking(agent: Agent) -> int:
    """Put the marks back as they were before the last marking, save what was read since. Returns how many.

    Raises `ActionRefusee` when there is nothing to undo (any more).
    """
    marquage = MarquageLu.objects.select_for_update().filter(agent=agent).first()
    if marquage is None:
        raise ActionRefusee("Il n’y a plus rien à annuler.")
    marquage.delete()
    undone = LectureSujet.objects.filter(agent=agent, avant_marquage__isnull=False).update(
        dernier_numero=F("avant_marquage"), avant_marquage=None
    )
    publish_on_commit(f"agent.{agent.pk}", {"type": "lectures"})
    return undone


@transaction.atomic
def _mark(agent: Agent, sujets: SujetQuerySet) -> int:
    """One statement whatever their number. It takes the place of the last marking as what can be undone.

    When nothing is unread (the second of two clicks) nothing changes, so that the first can still be undone.
    """
    # Markings of one person take turns.
    Agent.objects.select_for_update(no_key=True).only("pk").get(pk=agent.pk)
    if not sujets.exists():
        return 0
    LectureSujet.objects.filter(agent=agent, avant_marquage__isnull=False).update(avant_marquage=None)
    rows = sujets.annotate(lecteur=Value(agent.pk), avant=Coalesce("lu", 0)).order_by()
    query, params = rows.values_list("lecteur", "pk", "dernier_numero", "avant").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO forum_lecturesujet AS l (agent_id, sujet_id, dernier_numero, avant_marquage)"
            f" {query} ON CONFLICT (agent_id, sujet_id) DO UPDATE SET"
            " avant_marquage = l.dernier_numero, dernier_numero = excluded.dernier_numero"
            " WHERE l.dernier_numero < excluded.dernier_numero",
            params,
        )
        marked: int = cursor.rowcount
    MarquageLu.objects.update_or_create(agent=agent, defaults={"nombre": marked, "fait_le": timezone.now()})
    publish_on_commit(f"agent.{agent.pk}", {"type": "lectures"})
    return marked
