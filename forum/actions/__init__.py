"""Every write on the forum, one file per feature."""

from forum.actions.annonces import set_level, tell_of_message
from forum.actions.edition import edit_message, purge_version, rename_sujet, restore_version, set_wiki
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
from forum.actions.etiquettes import edit_tags, merge_etiquettes, rename_etiquette
from forum.actions.favoris import keep_message, remove_favori, restore_favori
from forum.actions.flux import create_feed_key, note_feed_use, revoke_feed_key
from forum.actions.fusion import merge_sujets, split_sujet
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
from forum.actions.moderation import hide_message, unhide_message, warn_author
from forum.actions.preuves import refresh_evidence, refresh_evidence_of_sujet
from forum.actions.publication import (
    open_sujet,
    publish_message,
)
from forum.actions.rappels import see_reminder, tell_due_reminders
from forum.actions.reactions import set_reaction
from forum.actions.reponses import accept_message, drop_acceptance, tell_of_acceptance, withdraw_acceptance
from forum.actions.reponses_types import delete_canned, save_canned
from forum.actions.retraits import (
    delete_message,
    lock_message,
    restore_message,
    retire_message,
    undelete_message,
)
from forum.actions.signalements import (
    Decision,
    claim_reports,
    decide_reports,
    release_reports,
    report_message,
)
from forum.actions.sondages import (
    ProjetSondage,
    close_sondage,
    finish_due_sondage,
    tell_of_closing,
    vote,
    withdraw_vote,
)
from forum.actions.structure import hide_sujet, move_sujet, unhide_sujet
from forum.actions.suites import make_task, note_decision

__all__ = [
    "Decision",
    "ProjetSondage",
    "accept_message",
    "archive_dormant",
    "archive_sujet",
    "claim_reports",
    "close_sondage",
    "close_sujet",
    "create_feed_key",
    "decide_reports",
    "delete_canned",
    "delete_message",
    "drop_acceptance",
    "edit_message",
    "edit_tags",
    "finish_due_sondage",
    "hide_message",
    "hide_sujet",
    "keep_message",
    "lock_message",
    "make_task",
    "mark_communaute_read",
    "mark_everything_read",
    "mark_read",
    "mark_sujet_read",
    "mark_unread_from",
    "merge_etiquettes",
    "merge_sujets",
    "move_sujet",
    "note_decision",
    "note_feed_use",
    "open_sujet",
    "pin_sujet",
    "publish_message",
    "purge_version",
    "refresh_evidence",
    "refresh_evidence_of_sujet",
    "release_reports",
    "remove_favori",
    "rename_etiquette",
    "rename_sujet",
    "reopen_sujet",
    "report_message",
    "resolve_sujet",
    "restore_favori",
    "restore_message",
    "restore_version",
    "retire_message",
    "revoke_feed_key",
    "save_canned",
    "see_reminder",
    "set_level",
    "set_meme_besoin",
    "set_mentions",
    "set_reaction",
    "set_wiki",
    "split_sujet",
    "tell_due_reminders",
    "tell_of_acceptance",
    "tell_of_closing",
    "tell_of_message",
    "unarchive_sujet",
    "undelete_message",
    "undo_marking",
    "unhide_message",
    "unhide_sujet",
    "unpin_sujet",
    "unresolve_sujet",
    "vote",
    "warn_author",
    "withdraw_acceptance",
    "withdraw_vote",
]
