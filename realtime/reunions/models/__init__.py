"""Meetings: when, with whom and about what; series of them."""

from realtime.reunions.models.agenda import Changement, CleAgenda, PreferenceReunions, Rappel
from realtime.reunions.models.convives import Convive, Habitue, Participant
from realtime.reunions.models.fichiers import FichierReunion, PieceReunion
from realtime.reunions.models.reunions import DocumentReunion, PointOrdreDuJour, Reunion, ReunionQuerySet
from realtime.reunions.models.series import Serie
from realtime.reunions.models.sondages import Creneau, Disponibilite, SondageDates, Sonde

__all__ = [
    "Changement",
    "CleAgenda",
    "Convive",
    "Creneau",
    "Disponibilite",
    "DocumentReunion",
    "FichierReunion",
    "Habitue",
    "Participant",
    "PieceReunion",
    "PointOrdreDuJour",
    "PreferenceReunions",
    "Rappel",
    "Reunion",
    "ReunionQuerySet",
    "Serie",
    "SondageDates",
    "Sonde",
]
