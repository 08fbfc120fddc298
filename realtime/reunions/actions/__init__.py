"""Every write on meetings, one file per feature."""

from realtime.reunions.actions.agenda import (
    PREFERENCES,
    create_calendar_key,
    note_calendar_use,
    revoke_calendar_key,
    set_preferences,
)
from realtime.reunions.actions.convives import (
    answer,
    answer_as_guest,
    follow_membership,
    invite,
    set_role,
    withdraw,
)
from realtime.reunions.actions.documents import add_document, remove_document
from realtime.reunions.actions.expeditions import send_calendars
from realtime.reunions.actions.listes import Exterieur, Invites
from realtime.reunions.actions.nouvelles import tell_of_cancellation, tell_of_change, tell_of_reunion
from realtime.reunions.actions.planification import (
    cancel_reunion,
    duplicate_reunion,
    edit_reunion,
    plan_reunion,
    publish_reunion,
)
from realtime.reunions.actions.points import (
    ProjetPoint,
    add_point,
    edit_point,
    keep_point,
    order_points,
    propose_point,
    remove_point,
)
from realtime.reunions.actions.rappels import recall_due

__all__ = [
    "PREFERENCES",
    "Exterieur",
    "Invites",
    "ProjetPoint",
    "add_document",
    "add_point",
    "answer",
    "answer_as_guest",
    "cancel_reunion",
    "create_calendar_key",
    "duplicate_reunion",
    "edit_point",
    "edit_reunion",
    "follow_membership",
    "invite",
    "keep_point",
    "note_calendar_use",
    "order_points",
    "plan_reunion",
    "propose_point",
    "publish_reunion",
    "recall_due",
    "remove_document",
    "remove_point",
    "revoke_calendar_key",
    "send_calendars",
    "set_preferences",
    "set_role",
    "tell_of_cancellation",
    "tell_of_change",
    "tell_of_reunion",
    "withdraw",
]
