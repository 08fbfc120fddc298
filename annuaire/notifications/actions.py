"""Telling people, and their marking it read. The one place that decides who is told what, and how."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annuaire.models import Agent
from annuaire.notifications.models import Notification
from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.typographie import tidy_title


@dataclass(frozen=True)
class Annonce:
    """What is told. `cle` names the event (`message.12`): nobody is told twice under the same one.

    `courriel`: also by e-mail, to those who want it. `fil` names the conversation it belongs to (`sujet.7`).
    """

    genre: Notification.Genre
    cle: str
    titre: str
    url: str
    extrait: str = ""
    acteur: Agent | None = None
    courriel: bool = False
    fil: str = ""


@transaction.atomic
def notify(destinataires: Iterable[Agent], annonce: Annonce) -> list[Notification]:
    """Tell each of `destinataires`, the actor and closed accounts excepted; return what was new.

    The caller has checked that each may see what is told. Called again for the same event, tells nobody
    twice: the database holds that, so a job that runs twice is harmless.
    """
    from annuaire.notifications.tasks import email_notification

    people = {agent.pk: agent for agent in destinataires if agent.is_active and agent != annonce.acteur}
    already = set(
        Notification.objects.filter(destinataire__in=people, cle=annonce.cle).values_list(
            "destinataire", flat=True
        )
    )
    rows = [
        Notification(
            destinataire=agent,
            acteur=annonce.acteur,
            genre=annonce.genre,
            cle=annonce.cle,
            titre=tidy_title(annonce.titre)[:250],
            extrait=annonce.extrait[:300],
            url=annonce.url,
            fil=annonce.fil,
        )
        for pk, agent in people.items()
        if pk not in already
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    told = list(
        Notification.objects.filter(destinataire__in=[row.destinataire_id for row in rows], cle=annonce.cle)
    )
    for notification in told:
        publish_on_commit(
            f"agent.{notification.destinataire_id}",
            {
                "type": "notification",
                "id": notification.pk,
                "titre": notification.titre,
                "url": notification.url,
            },
        )
        if annonce.courriel and people[notification.destinataire_id].courriels_immediats:
            email_notification.defer(notification_id=notification.pk)
    return told


@transaction.atomic
def take_back(cle: str) -> int:
    """Take back what was told of an event that is no longer so, from those who have not read it; returns how many.

    Told again later under the same key, they hear of it again.
    """
    unread = Notification.objects.filter(cle=cle, lue_le__isnull=True)
    people = set(unread.values_list("destinataire", flat=True))
    unread.delete()
    for pk in people:
        publish_on_commit(f"agent.{pk}", {"type": "notifications.lues"})
    return len(people)


@transaction.atomic
def mark_read(agent: Agent, notification: Notification) -> None:
    """Mark one of the agent's notifications read. Harmless when it already is."""
    Notification.objects.filter(pk=notification.pk, destinataire=agent, lue_le__isnull=True).update(
        lue_le=timezone.now()
    )
    publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})


@transaction.atomic
def mark_all_read(agent: Agent, *, fil: str = "") -> int:
    """Mark the agent's notifications read, or those of the conversation `fil`; returns how many were unread."""
    unread = Notification.objects.filter(destinataire=agent, lue_le__isnull=True)
    if fil:
        unread = unread.filter(fil=fil)
    count = unread.update(lue_le=timezone.now())
    if count:
        publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})
    return count
