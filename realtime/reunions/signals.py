"""What happens below and concerns meetings."""

from typing import Any

from django.utils import timezone

from communautes.models import Adhesion
from realtime.reunions.models import Reunion, Serie, SondageDates
from realtime.reunions.models.reunions import LONGEST


def on_membership(sender: object, instance: Adhesion, **kwargs: Any) -> None:
    """Listens to the saving and the removal of memberships: meetings to come follow, by the worker."""
    from realtime.reunions.tasks import follow_membership

    if kwargs.get("created") is False and not (
        kwargs.get("update_fields") is None or "role" in kwargs["update_fields"]
    ):
        return
    coming = Reunion.objects.filter(communaute=instance.communaute_id, debut__gte=timezone.now() - LONGEST)
    series = Serie.objects.filter(communaute=instance.communaute_id, arretee_le__isnull=True)
    dates = SondageDates.objects.filter(communaute=instance.communaute_id, etat=SondageDates.Etat.OUVERT)
    if coming.exists() or series.exists() or dates.exists():
        follow_membership.defer(communaute_id=instance.communaute_id, agent_id=instance.agent_id)
