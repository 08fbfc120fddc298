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
from realtime.reunions.actions.expeditions_series import send_serie_calendars
from realtime.reunions.actions.fichiers import add_file, remove_file
from realtime.reunions.actions.listes import Exterieur, Invites
from realtime.reunions.actions.nouvelles import (
    tell_of_cancellation,
    tell_of_change,
    tell_of_reunion,
    tell_of_serie,
    tell_of_serie_change,
)
from realtime.reunions.actions.nouvelles_sondages import (
    follow_closings,
    tell_of_dates,
    tell_of_dates_cancelled,
    tell_of_slots,
    tell_reopened,
    tell_the_added,
    tell_the_late,
    write_to_outsiders,
    write_withdrawn,
)
from realtime.reunions.actions.occurrences import prepare_serie
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
from realtime.reunions.actions.series import (
    Rythme,
    answer_serie,
    edit_serie,
    invite_to_serie,
    plan_serie,
    stop_serie,
    withdraw_from_serie,
)
from realtime.reunions.actions.sondages import (
    add_slots,
    cancel_dates,
    choose_slot,
    propose_dates,
    remind_late,
    say_when_free,
    say_when_free_as_guest,
)
from realtime.reunions.actions.sondages_reglages import (
    ask_more,
    ask_no_more,
    close_answers,
    remove_slot,
    reopen_answers,
)

__all__ = [
    "PREFERENCES",
    "Exterieur",
    "Invites",
    "ProjetPoint",
    "Rythme",
    "add_document",
    "add_file",
    "add_point",
    "add_slots",
    "answer",
    "answer_as_guest",
    "answer_serie",
    "ask_more",
    "ask_no_more",
    "cancel_dates",
    "cancel_reunion",
    "choose_slot",
    "close_answers",
    "create_calendar_key",
    "duplicate_reunion",
    "edit_point",
    "edit_reunion",
    "edit_serie",
    "follow_closings",
    "follow_membership",
    "invite",
    "invite_to_serie",
    "keep_point",
    "note_calendar_use",
    "order_points",
    "plan_reunion",
    "plan_serie",
    "prepare_serie",
    "propose_dates",
    "propose_point",
    "publish_reunion",
    "recall_due",
    "remind_late",
    "remove_document",
    "remove_file",
    "remove_point",
    "remove_slot",
    "reopen_answers",
    "revoke_calendar_key",
    "say_when_free",
    "say_when_free_as_guest",
    "send_calendars",
    "send_serie_calendars",
    "set_preferences",
    "set_role",
    "stop_serie",
    "tell_of_cancellation",
    "tell_of_change",
    "tell_of_dates",
    "tell_of_dates_cancelled",
    "tell_of_reunion",
    "tell_of_serie",
    "tell_of_serie_change",
    "tell_of_slots",
    "tell_reopened",
    "tell_the_added",
    "tell_the_late",
    "withdraw",
    "withdraw_from_serie",
    "write_to_outsiders",
    "write_withdrawn",
]
