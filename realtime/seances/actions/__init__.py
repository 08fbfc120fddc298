"""Every write in a meeting that is held, one file per feature."""

from realtime.seances.actions.annonces import tell_of_opening
from realtime.seances.actions.deroulement import end, move, open_seance, pause, resume
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

__all__ = [
    "answer_help",
    "call_for_help",
    "correct_attendance",
    "end",
    "end_speech",
    "give_floor",
    "lower_hand",
    "move",
    "note_presence",
    "open_seance",
    "pause",
    "raise_hand",
    "resume",
    "set_hands_by_point",
    "tell_of_opening",
]
