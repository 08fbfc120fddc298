"""What every write in a meeting that is held begins and ends with."""

from typing import Any

from plateforme.socle.diffusion import publish_on_commit
from plateforme.socle.erreurs import ActionRefusee
from realtime.seances.models import Seance


class EtapeDepassee(ActionRefusee):
    """Somebody else moved the meeting on since the step one was looking at."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un d’autre vient de faire avancer la réunion : voici où elle en est. Rien n’a été changé."
        )


def locked(seance: Seance) -> Seance:
    """The row as it is now, with its meeting, held until the transaction ends: writes in one meeting take turns."""
    return (
        Seance.objects.select_for_update(of=("self",), no_key=True)
        .select_related("reunion__communaute", "reunion__organisateur", "point", "salon")
        .get(pk=seance.pk)
    )


def require_on(seance: Seance) -> None:
    """Raise for a meeting that is over."""
    if seance.levee:
        raise ActionRefusee("La réunion est terminée.")


def require_step(seance: Seance, etape: int) -> None:
    """Raise when the meeting moved on since `etape`."""
    if seance.etape != etape:
        raise EtapeDepassee()


def tell(seance: Seance, quoi: str, *fields: str, **details: Any) -> None:
    """Write the row that the caller holds under its next version, and tell open pages once committed.

    `quoi` names what changed, for pages to announce; what it is now, they ask for.
    """
    seance.version += 1
    seance.save(update_fields=["version", *fields])
    publish_on_commit(
        f"seance.{seance.pk}", {"type": "seance.change", "version": seance.version, "quoi": quoi, **details}
    )
