"""Writing evidence, and what a person hides of theirs."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from annuaire.models import Agent
from annuaire.preuves.models import Masquage, Preuve
from plateforme.socle.journal import record
from plateforme.socle.limites import check_limit

# One row of a source bears what is searched: its answer if it is one.
_SETTLE = """
WITH brute AS MATERIALIZED ({wanted}),
voulue AS MATERIALIZED (
    SELECT agent_id, genre, source, lieu, left(titre, 250) AS titre, url, texte, expertises, poids, quand, fil,
        CASE WHEN rang = 1 THEN preuves_vecteur(texte, titre, question, expertises) END AS vecteur,
        CASE WHEN rang = 1 THEN valeur END AS valeur
    FROM (
        SELECT *, row_number() OVER (PARTITION BY source, agent_id ORDER BY genre <> 'reponse', genre) AS rang,
            max(CASE genre WHEN 'document' THEN 0.5 WHEN 'reunion' THEN 0.3 ELSE 1 END) OVER meme
            + max((genre = 'retenue')::int) OVER meme + 0.5 * max((genre = 'faq')::int) OVER meme
            + 0.3 * ln(1 + sum(CASE WHEN genre IN ('utile', 'merci') THEN poids ELSE 0 END) OVER meme) AS valeur
        FROM brute WINDOW meme AS (PARTITION BY source, agent_id)
    ) AS pesee
),
retiree AS (
    DELETE FROM preuves_preuve p WHERE p.source = ANY(%s) AND NOT EXISTS (
        SELECT 1 FROM voulue v WHERE v.source = p.source AND v.genre = p.genre AND v.agent_id = p.agent_id)
)
INSERT INTO preuves_preuve AS p ({columns})
SELECT {columns} FROM voulue ORDER BY source, genre
ON CONFLICT (source, genre, agent_id) DO UPDATE SET ({values}) = ({excluded})
WHERE ({own}) IS DISTINCT FROM ({excluded})
"""
_VALUES = ("lieu", "titre", "url", "texte", "expertises", "poids", "quand", "fil", "vecteur", "valeur")


def settle_evidence(sources: Sequence[str], wanted: str, parameters: Sequence[Any]) -> None:
    """Make the evidence of `sources` exactly what the query `wanted` gives, in the caller's transaction.

    `wanted` is SQL written in the code of the calling app, never made of what somebody typed. Its columns:
    agent_id, genre, source, lieu, titre, url, texte, expertises, poids, quand, fil, question (what was answered, or
    null). Writes nothing when nothing changed. The caller holds the locks that make callers for the same source follow one another.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE.format(
                wanted=wanted,
                columns=", ".join(("agent_id", "genre", "source", *_VALUES)),
                values=", ".join(_VALUES),
                own=", ".join(f"p.{name}" for name in _VALUES),
                excluded=", ".join(f"excluded.{name}" for name in _VALUES),
            ),
            [*parameters, list(sources)],
        )


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
