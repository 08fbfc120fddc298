"""How long people take to answer questions, for the coverage of expertises (`annuaire.couverture`)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from annuaire.preuves.access import public_places

SINCE = timedelta(days=365)
_ANSWERS = """
SELECT e.expertise_id, p.agent_id, extract(epoch FROM min(p.quand) - s.cree_le)
  FROM preuves_preuve p
  JOIN forum_sujet s ON p.fil = 'sujet.' || s.id
  JOIN forum_sujet_expertises e ON e.sujet_id = s.id
 WHERE p.genre = 'reponse' AND p.quand > %s AND p.lieu = ANY(%s)
   AND NOT EXISTS (SELECT 1 FROM preuves_masquage k WHERE k.agent_id = p.agent_id AND k.source = p.source)
 GROUP BY e.expertise_id, p.agent_id, s.id, s.cree_le
"""


def answer_delays() -> tuple[str, list[Any]]:
    """The first answer of each person to each question of a year, in communities that every agent may read."""
    return _ANSWERS, [timezone.now() - SINCE, public_places()]
