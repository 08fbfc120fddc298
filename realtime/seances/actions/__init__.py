"""Every write in a meeting that is held, one file per feature."""

from realtime.seances.actions.annonces import tell_of_opening
from realtime.seances.actions.comptes_rendus import (
    CompteRenduDepasse,
    correct_minutes,
    drop_correction,
    edit_minutes,
    start_minutes,
    submit_minutes,
    tell_of_minutes,
    validate_minutes,
)
from realtime.seances.actions.courriels import send_minutes_outside
from realtime.seances.actions.deroulement import close_chat, end, move, open_seance, pause, resume
from realtime.seances.actions.notes import drop_draft, give_pen, keep_draft, save_note, take_pen
from realtime.seances.actions.paroles import (
    answer_help,
    call_for_help,
    end_speech,
    give_floor,
    lower_hand,
    raise_hand,
    set_hands_by_point,
)
from realtime.seances.actions.presences import correct_attendance, note_presence
from realtime.seances.actions.publication import publish_minutes, tell_sujet_of_correction
from realtime.seances.actions.suites import confirm_suite, note_action, note_decision, set_aside
from realtime.seances.actions.suivi import follow, mark_followed, postpone
from realtime.seances.actions.votes import (
    ORDINAIRES,
    ProjetScrutin,
    close_vote,
    drop_vote,
    open_vote,
    prepare_vote,
    services_of,
    vote,
)

__all__ = [
    "ORDINAIRES",
    "CompteRenduDepasse",
    "ProjetScrutin",
    "answer_help",
    "call_for_help",
    "close_chat",
    "close_vote",
    "confirm_suite",
    "correct_attendance",
    "correct_minutes",
    "drop_correction",
    "drop_draft",
    "drop_vote",
    "edit_minutes",
    "end",
    "end_speech",
    "follow",
    "give_floor",
    "give_pen",
    "keep_draft",
    "lower_hand",
    "mark_followed",
    "move",
    "note_action",
    "note_decision",
    "note_presence",
    "open_seance",
    "open_vote",
    "pause",
    "postpone",
    "prepare_vote",
    "publish_minutes",
    "raise_hand",
    "resume",
    "save_note",
    "send_minutes_outside",
    "services_of",
    "set_aside",
    "set_hands_by_point",
    "start_minutes",
    "submit_minutes",
    "take_pen",
    "tell_of_minutes",
    "tell_of_opening",
    "tell_sujet_of_correction",
    "validate_minutes",
    "vote",
]
