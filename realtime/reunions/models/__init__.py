"""Meetings: when, with whom and about what; series of them."""

from realtime.reunions.models.convives import Convive, Habitue, Participant
from realtime.reunions.models.reunions import DocumentReunion, PointOrdreDuJour, Reunion, ReunionQuerySet
from realtime.reunions.models.series import Serie

__all__ = [
    "Convive",
    "DocumentReunion",
    "Habitue",
    "Participant",
    "PointOrdreDuJour",
    "Reunion",
    "ReunionQuerySet",
    "Serie",
]
