"""Every write on notifications, one file per feature."""

from annuaire.notifications.actions.annonces import Annonce, notify, take_back
from annuaire.notifications.actions.appareils import add_appareil, remove_appareil
from annuaire.notifications.actions.envois import hold_back
from annuaire.notifications.actions.lectures import (
    mark_all_read,
    mark_read,
    set_group_read,
    set_read,
    undo_all_read,
)
from annuaire.notifications.actions.reglages import (
    hear_on_site,
    set_settings,
    set_working_days,
    settings_of,
    stop,
)

__all__ = [
    "Annonce",
    "add_appareil",
    "hear_on_site",
    "hold_back",
    "mark_all_read",
    "mark_read",
    "notify",
    "remove_appareil",
    "set_group_read",
    "set_read",
    "set_settings",
    "set_working_days",
    "settings_of",
    "stop",
    "take_back",
    "undo_all_read",
]
