"""What happens while a meeting is held."""

from realtime.seances.models.paroles import Aide, Assistance, TourDeParole
from realtime.seances.models.seances import Passage, Seance

__all__ = ["Aide", "Assistance", "Passage", "Seance", "TourDeParole"]
