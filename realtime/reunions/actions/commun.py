"""What every write on a meeting begins and ends with."""

from typing import Any

from django.dispatch import Signal

from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from realtime.reunions.models import Reunion

# Sent with `reunion`, in the transaction that changes it, which holds its row: for the app that holds meetings.
reunion_changed = Signal()


def locked(reunion: Reunion) -> Reunion:
    """The meeting's row as it is now, held until the transaction ends: writes on one meeting take turns."""
    found: Reunion = (
        Reunion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("communaute", "serie", "organisateur")
        .get(pk=reunion.pk)
    )
    return found


def require_open(reunion: Reunion) -> None:
    """Raise for a meeting that is ended or cancelled."""
    if reunion.etat == Reunion.Etat.ANNULEE:
        raise ActionRefusee("Cette réunion est annulée.")
    if reunion.etat == Reunion.Etat.TERMINEE:
        raise ActionRefusee("Cette réunion est terminée.")


def announce(reunion: Reunion, kind: str, **details: Any) -> None:
    """Tell open pages, once committed: those of the meeting, and of its community when its list changes."""
    event = {"type": kind, "reunion": reunion.pk, **details}
    publish_on_commit(f"reunion.{reunion.pk}", event)
    reunion_changed.send(Reunion, reunion=reunion)
    if reunion.communaute_id and not reunion.en_preparation and kind in OF_THE_LIST:
        publish_on_commit(f"communaute.{reunion.communaute_id}", event)


OF_THE_LIST = {"reunion.nouvelle", "reunion.changee", "reunion.annulee"}
