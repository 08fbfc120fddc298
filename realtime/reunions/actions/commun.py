"""What every write on a meeting begins and ends with."""

from typing import Any

from django.dispatch import Signal

from annuaire.models import Agent
from plateforme.socle.diffusion import publish_all_on_commit, publish_on_commit
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
    """Tell open pages, once committed: those of the meeting; when its list changes, of its community and of those who
    are, or were, invited."""
    event = {"type": kind, "reunion": reunion.pk, **details}
    publish_on_commit(f"reunion.{reunion.pk}", event)
    reunion_changed.send(Reunion, reunion=reunion)
    if reunion.en_preparation:
        return
    if reunion.communaute_id and kind in OF_THE_LIST:
        publish_on_commit(f"communaute.{reunion.communaute_id}", event)
    if kind in OF_MY_LIST:
        people = reunion.participants.filter(agent__isnull=False).values_list("agent", flat=True)
        publish_all_on_commit([(f"agent.{pk}", _mine(reunion)) for pk in people])


def announce_to(agent: Agent, reunion: Reunion) -> None:
    """Tell one person's open lists, once committed, that what they show of `reunion` changed."""
    publish_on_commit(f"agent.{agent.pk}", _mine(reunion))


def _mine(reunion: Reunion) -> dict[str, Any]:
    return {"type": "reunions.change", "reunion": reunion.pk}


OF_THE_LIST = {"reunion.nouvelle", "reunion.changee", "reunion.annulee"}
# Who is invited changed too.
OF_MY_LIST = OF_THE_LIST | {"reunion.convives"}
