"""What happens while a meeting is held."""

from realtime.seances.models.paroles import Aide, Assistance, TourDeParole
from realtime.seances.models.seances import Passage, Seance
from realtime.seances.models.votes import Choix, Electeur, Scrutin

__all__ = ["Aide", "Assistance", "Choix", "Electeur", "Passage", "Scrutin", "Seance", "TourDeParole"]
