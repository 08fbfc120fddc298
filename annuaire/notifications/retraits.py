"""What was told of something that is withdrawn, and perhaps put back: exactly undone, nobody told twice."""

from datetime import datetime

from django.db import transaction

from annuaire.notifications.models import Notification
from plateforme.socle.diffusion import publish_on_commit


@transaction.atomic
def silence(cle: str, quand: datetime) -> int:
    """What `cle` told of is withdrawn: its words leave the notifications, and nobody has it to read any more.

    `quand`, the moment of the withdrawal, is what `speak_again` finds them by. Returns how many were unread.
    """
    told = Notification.objects.filter(cle=cle)
    people = list(told.filter(lue_le__isnull=True).values_list("destinataire", flat=True))
    told.filter(lue_le__isnull=True).update(lue_le=quand, courriel_prevu_le=None)
    told.exclude(extrait="").update(extrait="")
    for pk in people:
        publish_on_commit(f"agent.{pk}", {"type": "notifications.lues"})
    return len(people)


def blank(cle: str) -> None:
    """Take the words of what `cle` told of out of the notifications: they must not be kept."""
    Notification.objects.filter(cle=cle).exclude(extrait="").update(extrait="")


@transaction.atomic
def speak_again(cle: str, quand: datetime, extrait: str) -> None:
    """What was withdrawn at `quand` is put back: unread again for those who had not read it. Nothing is mailed."""
    told = Notification.objects.filter(cle=cle)
    told.update(extrait=extrait[:300])
    unread = told.filter(lue_le=quand)
    for row in list(unread):
        publish_on_commit(
            f"agent.{row.destinataire_id}",
            {"type": "notification", "id": row.pk, "titre": row.titre, "url": row.url},
        )
    unread.update(lue_le=None)
