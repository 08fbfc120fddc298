"""Every write on profiles."""

from annuaire.profils.actions.expertises import (
    accept_proposal,
    add_expertise,
    dismiss_suggestion,
    merge_proposal,
    propose_expertise,
    refuse_proposal,
)
from annuaire.profils.actions.photos import remove_photo, set_photo
from annuaire.profils.actions.recommandations import (
    ask_recommendation,
    decline,
    moderate_recommendation,
    recommend,
    report_recommendation,
    set_recommendation_hidden,
    withdraw,
)
from annuaire.profils.actions.sections import (
    ProfilChange,
    set_expertises,
    set_missions,
    update_availability,
    update_contact,
    update_identity,
    update_presentation,
)

__all__ = [
    "ProfilChange",
    "accept_proposal",
    "add_expertise",
    "ask_recommendation",
    "decline",
    "dismiss_suggestion",
    "merge_proposal",
    "moderate_recommendation",
    "propose_expertise",
    "recommend",
    "refuse_proposal",
    "remove_photo",
    "report_recommendation",
    "set_expertises",
    "set_missions",
    "set_photo",
    "set_recommendation_hidden",
    "update_availability",
    "update_contact",
    "update_identity",
    "update_presentation",
    "withdraw",
]
