"""Every write on the forum, one file per feature."""

from forum.actions.etats import (
    archive_dormant,
    archive_sujet,
    close_sujet,
    pin_sujet,
    reopen_sujet,
    resolve_sujet,
    unarchive_sujet,
    unpin_sujet,
    unresolve_sujet,
)
from forum.actions.publication import (
    accept_message,
    mark_read,
    open_sujet,
    publish_message,
    set_following,
    tell_of_message,
    withdraw_acceptance,
)

__all__ = [
    "accept_message",
    "archive_dormant",
    "archive_sujet",
    "close_sujet",
    "mark_read",
    "open_sujet",
    "pin_sujet",
    "publish_message",
    "reopen_sujet",
    "resolve_sujet",
    "set_following",
    "tell_of_message",
    "unarchive_sujet",
    "unpin_sujet",
    "unresolve_sujet",
    "withdraw_acceptance",
]
