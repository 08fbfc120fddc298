"""How long people take to answer what they are asked, for the coverage of expertises (`annuaire.couverture`)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

SINCE = timedelta(days=365)
# Taking it on, declining and handing over are answers, like words.
_ANSWERS = """
SELECT s.expertise_id, d.agent_id, extract(epoch FROM min(m.cree_le) - d.cree_le)
  FROM sollicitations_destinataire d
  JOIN sollicitations_sollicitation s ON s.id = d.sollicitation_id
  JOIN sollicitations_messagefil m ON m.fil_id = d.id AND m.auteur_id = d.agent_id
 WHERE s.expertise_id IS NOT NULL AND d.cree_le > %s AND m.evenement IN ('', 'accepte', 'repond', 'decline', 'redirige')
 GROUP BY s.expertise_id, d.agent_id, d.id, d.cree_le
"""


def answer_delays() -> tuple[str, list[Any]]:
    """The first answer of each person asked in a year about a named expertise: numbers alone, no word of a thread."""
    return _ANSWERS, [timezone.now() - SINCE]
