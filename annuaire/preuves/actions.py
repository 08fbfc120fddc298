"""Writing evidence, and what a person hides of theirs."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from annuaire.models import Agent
from annuaire.preuves.models import Masquage, Preuve
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

_SETTLE = """
WITH voulue AS MATERIALIZED ({wanted}),
retiree AS (
    DELETE FROM preuves_preuve p WHERE p.source = ANY(%s) AND NOT EXISTS (
        SELECT 1 FROM voulue v WHERE v.source = p.source AND v.genre = p.genre AND v.agent_id = p.agent_id)
)
INSERT INTO preuves_preuve AS p (agent_id, genre, source, lieu, titre, url, texte, expertises, poids, quand)
SELECT agent_id, genre, source, lieu, left(titre, 250), url, texte, expertises, poids, quand
FROM voulue ORDER BY source, genre
ON CONFLICT (source, genre, agent_id) DO UPDATE SET
    lieu = excluded.lieu, titre = excluded.titre, url = excluded.url, texte = excluded.texte,
    expertises = excluded.expertises, poids = excluded.poids, quand = excluded.quand
WHERE (p.lieu, p.titre, p.url, p.texte, p.expertises, p.poids, p.quand) IS DISTINCT FROM
    (excluded.lieu, excluded.titre, excluded.url, excluded.texte, excluded.expertises, excluded.poids,
     excluded.quand)
"""


def settle_evidence(sources: Sequence[str], wanted: str, parameters: Sequence[Any]) -> None:
    """Make the evidence of `sources` exactly what the query `wanted` gives, in the caller's transaction.

    `wanted` is SQL written in the code of the calling app, never made of what somebody typed. Its columns:
    agent_id, genre, source, lieu, titre, url, texte, expertises, poids, quand. Writes nothing when nothing
    changed. The caller holds the locks that make callers for the same source follow one another.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE.format(wanted=wanted), [*parameters, list(sources)])


def forget_sources(sources: Sequence[str]) -> int:
    """Take back all evidence of sources that are no more; returns how many pieces."""
    return Preuve.objects.filter(source__in=sources).delete()[0]


@transaction.atomic
def set_hidden(agent: Agent, source: str, hidden: bool) -> None:
    """Hide one's own contribution `source` from one's page and from the search, or show it again."""
    check_limit("profil", agent.pk)
    if hidden:
        Masquage.objects.bulk_create([Masquage(agent=agent, source=source)], ignore_conflicts=True)
    else:
        Masquage.objects.filter(agent=agent, source=source).delete()
    record(agent, "preuve.hide" if hidden else "preuve.show", agent, source=source)
