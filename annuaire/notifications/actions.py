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

    `courriel`: also by e-mail, to those who want it.
    """

    genre: Notification.Genre
    cle: str
    titre: str
    url: str
    extrait: str = ""
    acteur: Agent | None = None
    courriel: bool = False


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
def mark_read(agent: Agent, notification: Notification) -> None:
    """Mark one of the agent's notifications read. Harmless when it already is."""
    Notification.objects.filter(pk=notification.pk, destinataire=agent, lue_le__isnull=True).update(
        lue_le=timezone.now()
    )
    publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})


@transaction.atomic
def mark_all_read(agent: Agent, *, url_prefix: str = "") -> int:
    """Mark the agent's notifications read, or those that lead to an address starting with `url_prefix`.

    Returns how many were unread: opening a sujet reads what was told of it.
    """
    unread = Notification.objects.filter(destinataire=agent, lue_le__isnull=True)
    if url_prefix:
        unread = unread.filter(url__startswith=url_prefix)
    count = unread.update(lue_le=timezone.now())
    if count:
        publish_on_commit(f"agent.{agent.pk}", {"type": "notifications.lues"})
    return count
