"""Every write on the forum, one file per feature."""

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
    "mark_read",
    "open_sujet",
    "publish_message",
    "set_following",
    "tell_of_message",
    "withdraw_acceptance",
]
