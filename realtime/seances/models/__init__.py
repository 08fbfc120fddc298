"""What happens while a meeting is held."""

from realtime.seances.models.comptes_rendus import (
    CompteRendu,
    CompteurComptesRendus,
    EditionCompteRendu,
    EnvoiCompteRendu,
    VersionCompteRendu,
)
from realtime.seances.models.notes import BrouillonNote, NotePoint, VersionNote
from realtime.seances.models.paroles import Aide, Assistance, TourDeParole
from realtime.seances.models.seances import Passage, Seance
from realtime.seances.models.suites import ActionReportee, SuiteReunion
from realtime.seances.models.votes import Choix, Electeur, PoidsService, Scrutin

__all__ = [
    "ActionReportee",
    "Aide",
    "Assistance",
    "BrouillonNote",
    "Choix",
    "CompteRendu",
    "CompteurComptesRendus",
    "EditionCompteRendu",
    "Electeur",
    "EnvoiCompteRendu",
    "NotePoint",
    "Passage",
    "PoidsService",
    "Scrutin",
    "Seance",
    "SuiteReunion",
    "TourDeParole",
    "VersionCompteRendu",
    "VersionNote",
]
