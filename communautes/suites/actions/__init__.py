"""Every write on decisions and tasks. Each works within a caller's transaction: meetings write as they go."""

from communautes.suites.actions.annonces import tell_of_cancellation, tell_of_decision
from communautes.suites.actions.decisions import (
    DecisionDepassee,
    cancel_decision,
    confirm_decision,
    edit_decision,
    note_in_register,
    propose_decision,
)
from communautes.suites.actions.rappels import send_reminders
from communautes.suites.actions.rendus import rerender_decisions
from communautes.suites.actions.taches import (
    TacheDepassee,
    change_task,
    create_task,
    set_task_state,
    take_task,
)

__all__ = [
    "DecisionDepassee",
    "TacheDepassee",
    "cancel_decision",
    "change_task",
    "confirm_decision",
    "create_task",
    "edit_decision",
    "note_in_register",
    "propose_decision",
    "rerender_decisions",
    "send_reminders",
    "set_task_state",
    "take_task",
    "tell_of_cancellation",
    "tell_of_decision",
]
