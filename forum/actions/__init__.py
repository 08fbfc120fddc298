"""Every write on the forum, one file per feature."""

from forum.actions.annonces import set_level, tell_of_message
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
from forum.actions.flux import create_feed_key, note_feed_use, revoke_feed_key
from forum.actions.lecture import (
    mark_communaute_read,
    mark_everything_read,
    mark_read,
    mark_sujet_read,
    mark_unread_from,
    undo_marking,
)
from forum.actions.memes_besoins import set_meme_besoin
from forum.actions.mentions import set_mentions
from forum.actions.preuves import refresh_evidence, refresh_evidence_of_sujet
from forum.actions.publication import (
    open_sujet,
    publish_message,
)
from forum.actions.reactions import set_reaction
from forum.actions.reponses import accept_message, drop_acceptance, tell_of_acceptance, withdraw_acceptance
from forum.actions.retraits import (
    delete_message,
    lock_message,
    restore_message,
    retire_message,
    undelete_message,
)
from forum.actions.sondages import (
    ProjetSondage,
    close_sondage,
    finish_due_sondage,
    tell_of_closing,
    vote,
    withdraw_vote,
)

__all__ = [
    "ProjetSondage",
    "accept_message",
    "archive_dormant",
    "archive_sujet",
    "close_sondage",
    "close_sujet",
    "create_feed_key",
    "delete_message",
    "drop_acceptance",
    "finish_due_sondage",
    "lock_message",
    "mark_communaute_read",
    "mark_everything_read",
    "mark_read",
    "mark_sujet_read",
    "mark_unread_from",
    "note_feed_use",
    "open_sujet",
    "pin_sujet",
    "publish_message",
    "refresh_evidence",
    "refresh_evidence_of_sujet",
    "reopen_sujet",
    "resolve_sujet",
    "restore_message",
    "retire_message",
    "revoke_feed_key",
    "set_level",
    "set_meme_besoin",
    "set_mentions",
    "set_reaction",
    "tell_of_acceptance",
    "tell_of_closing",
    "tell_of_message",
    "unarchive_sujet",
    "undelete_message",
    "undo_marking",
    "unpin_sujet",
    "unresolve_sujet",
    "vote",
    "withdraw_acceptance",
    "withdraw_vote",
]
