"""Finding sujets again."""

from django.db import connection

from annuaire.models import Agent
from forum.access import visible_sujets
from forum.models import Sujet


def search_sujets(agent: Agent, question: str, *, limit: int = 20) -> list[Sujet]:
    """Sujets that `agent` may read whose title or messages hold all the words, the title first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(fr_vecteur(%s))", [question])
        stems = cursor.fetchone()[0]
    if not stems:
        return []
    query = " & ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
    return list(
        visible_sujets(agent)
        .with_author()
        .extra(  # the vector columns are the house's own: Django's search functions would rebuild them
            where=[
                "(forum_sujet.recherche @@ %s::tsquery OR forum_sujet.id IN"
                " (SELECT sujet_id FROM forum_message WHERE recherche @@ %s::tsquery))"
            ],
            params=[query, query],
            select={"dans_titre": "forum_sujet.recherche @@ %s::tsquery"},
            select_params=[query],
        )
        .order_by("-dans_titre", "-dernier_message_le")[:limit]
    )
