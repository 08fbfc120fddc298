"""Every write on meetings, one file per feature."""

from realtime.reunions.actions.convives import (
    Exterieur,
    Invites,
    answer,
    follow_membership,
    invite,
    set_role,
    withdraw,
)
from realtime.reunions.actions.documents import add_document, remove_document
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

__all__ = [
    "Exterieur",
    "Invites",
    "ProjetPoint",
    "add_document",
    "add_point",
    "answer",
    "cancel_reunion",
    "duplicate_reunion",
    "edit_point",
    "edit_reunion",
    "follow_membership",
    "invite",
    "keep_point",
    "order_points",
    "plan_reunion",
    "propose_point",
    "publish_reunion",
    "remove_document",
    "remove_point",
    "set_role",
    "tell_of_cancellation",
    "tell_of_change",
    "tell_of_reunion",
    "withdraw",
]
