"""Every write on sollicitations."""

from annuaire.sollicitations.actions.accompagnants import add_person, remove_person
from annuaire.sollicitations.actions.aides import set_counted
from annuaire.sollicitations.actions.brouillons import Projet, add_file, delete_draft, remove_file, save_draft
from annuaire.sollicitations.actions.capacites import set_capacity
from annuaire.sollicitations.actions.envois import send, tell_of_sending
from annuaire.sollicitations.actions.fins import Bilan, close, give_up
from annuaire.sollicitations.actions.pieces import remove_orphans
from annuaire.sollicitations.actions.reponses import accept, decline, mark_seen, redirect_to, why_not, write
from annuaire.sollicitations.actions.suivi import (
    end_silent,
    erase,
    propose_end,
    remind,
    see_to_those_who_left,
)

__all__ = [
    "Bilan",
    "Projet",
    "accept",
    "add_file",
    "add_person",
    "close",
    "decline",
    "delete_draft",
    "end_silent",
    "erase",
    "give_up",
    "mark_seen",
    "propose_end",
    "redirect_to",
    "remind",
    "remove_file",
    "remove_orphans",
    "remove_person",
    "save_draft",
    "see_to_those_who_left",
    "send",
    "set_capacity",
    "set_counted",
    "tell_of_sending",
    "why_not",
    "write",
]
