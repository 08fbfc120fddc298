"""The meeting's own state while it is held: for the app that holds it."""

from realtime.reunions.actions.commun import announce
from realtime.reunions.models import Reunion


def set_held(reunion: Reunion, etat: Reunion.Etat) -> None:
    """Note that the meeting is on, or over. The caller has checked permission and holds its row
    (`commun.locked`), in the transaction that writes what is held."""
    reunion.etat = etat
    reunion.save(update_fields=["etat"])
    announce(reunion, "reunion.changee")
