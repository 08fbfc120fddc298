"""What was told of a conversation that moves, merges into another, or closes to some."""

from collections.abc import Collection

from django.db import transaction

from annuaire.notifications.models import Notification
from plateforme.socle.diffusion import publish_on_commit


@transaction.atomic
def move_thread(ancien: str, nouveau: str, agents: Collection[int]) -> None:
    """What `agents` (ids) have not read of the conversation `ancien` belongs to `nouveau` from now on."""
    Notification.objects.filter(destinataire__in=agents, fil=ancien, lue_le__isnull=True).update(fil=nouveau)


def erase_thread(fils: Collection[str]) -> None:
    """Remove all that was ever told of these conversations, read or not: their words must not be kept."""
    Notification.objects.filter(fil__in=fils).delete()


@transaction.atomic
def forget_thread(fil: str, agents: Collection[int]) -> None:
    """Take back what `agents` (ids) have not read of a conversation that they may no longer read."""
    removed = Notification.objects.filter(destinataire__in=agents, fil=fil, lue_le__isnull=True)
    people = set(removed.values_list("destinataire", flat=True))
    removed.delete()
    for pk in people:
        publish_on_commit(f"agent.{pk}", {"type": "notifications.lues"})
