"""Every write on profiles."""

from annuaire.profils.actions.photos import remove_photo, set_photo
from annuaire.profils.actions.sections import (
    ProfilChange,
    set_expertises,
    set_missions,
    update_availability,
    update_contact,
    update_identity,
    update_presentation,
)

__all__ = [
    "ProfilChange",
    "remove_photo",
    "set_expertises",
    "set_missions",
    "set_photo",
    "update_availability",
    "update_contact",
    "update_identity",
    "update_presentation",
]
