"""How rare a word is: what makes one word of a question weigh more than another.

Counted from what every agent of the State may read and from nothing else (public places, what their authors do not
hide, profiles of the directory): a word said only in a closed community weighs as a word that nobody says.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from annuaire.preuves.access import public_places

TOTAL = ""
# Before the number of a week, counted from that of the 3rd of January 2000 (`preuves_semaine`): how many pieces it saw.
WEEK = "§s"
_COUNT = """
CREATE TEMPORARY TABLE preuves_compte AS
SELECT word AS mot, coalesce(p.ndoc, 0) AS preuves, coalesce(a.ndoc, 0) AS profils
FROM ts_stat(format({public}, %s::text[])) AS p
FULL JOIN ts_stat('SELECT recherche FROM annuaire_agent WHERE is_active AND NOT partenaire') AS a USING (word)
WHERE greatest(p.ndoc, a.ndoc) > 1
UNION ALL
SELECT '{week}' || (preuves_semaine(p.quand))[1], count(*), 0 FROM preuves_preuve p
WHERE p.vecteur IS NOT NULL AND p.lieu = ANY(%s) GROUP BY 1
UNION ALL
SELECT '', (SELECT count(*) FROM preuves_preuve p WHERE p.vecteur IS NOT NULL AND p.lieu = ANY(%s)),
    (SELECT count(*) FROM annuaire_agent WHERE is_active AND NOT partenaire)
"""
_PUBLIC = (
    "'SELECT p.vecteur FROM preuves_preuve p WHERE p.vecteur IS NOT NULL AND p.lieu = ANY(%%L::text[]) AND NOT EXISTS"
    " (SELECT 1 FROM preuves_masquage k WHERE k.agent_id = p.agent_id AND k.source = p.source)'"
)


@dataclass(frozen=True)
class Frequences:
    """How many pieces and profiles there are in all, and how many hold each lexeme asked about."""

    preuves: int
    profils: int
    mots: Mapping[str, tuple[int, int]]

    def in_evidence(self, lexeme: str) -> int:
        return self.mots.get(lexeme, (1, 1))[0] or 1

    def in_profiles(self, lexeme: str) -> int:
        return self.mots.get(lexeme, (1, 1))[1] or 1


def frequencies(lexemes: Iterable[str]) -> Frequences:
    """One query. All zero until the first count: every word then weighs the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mot, preuves, profils FROM preuves_frequence WHERE mot = ANY(%s)", [[TOTAL, *lexemes]]
        )
        rows = {mot: (preuves, profils) for mot, preuves, profils in cursor.fetchall()}
    preuves, profils = rows.pop(TOTAL, (0, 0))
    return Frequences(preuves, profils, rows)


def rarity(total: int, count: int) -> float:
    """What a word held by `count` of `total` weighs (BM25's idf), always above zero."""
    count = min(count, total) if total else 1
    return math.log(1 + (max(total, 1) - count + 0.5) / (count + 0.5))


def latest_weeks(pieces: float) -> list[int]:
    """The latest weeks that saw `pieces` pieces between them, and those not counted yet; empty when there are not so
    many. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(semaine) FILTER (WHERE cumul >= %s), max(semaine), (preuves_semaine(now()))[1] FROM ("
            " SELECT semaine, sum(preuves) OVER (ORDER BY semaine DESC) AS cumul FROM ("
            "  SELECT substr(mot, %s)::int AS semaine, preuves FROM preuves_frequence WHERE mot LIKE %s) AS comptee"
            ") AS cumulee",
            [pieces, len(WEEK) + 1, f"{WEEK}%"],
        )
        first, last, current = cursor.fetchone()
    return [] if first is None else list(range(first, max(current, last) + 2))


@transaction.atomic
def rebuild() -> None:
    """Count again. For the nightly task; writes only the lines that changed. A word that one holds alone is not kept."""
    places = public_places()
    with connection.cursor() as cursor:
        # Two at once would each write what the other counts.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('preuves.frequences'))")
        cursor.execute(_COUNT.format(public=_PUBLIC, week=WEEK), [places, places, places])
        cursor.execute(
            "DELETE FROM preuves_frequence f WHERE NOT EXISTS (SELECT 1 FROM preuves_compte c WHERE c.mot = f.mot)"
        )
        cursor.execute(
            "INSERT INTO preuves_frequence AS f (mot, preuves, profils) SELECT mot, preuves, profils FROM preuves_compte"
            " ON CONFLICT (mot) DO UPDATE SET preuves = excluded.preuves, profils = excluded.profils"
            " WHERE (f.preuves, f.profils) IS DISTINCT FROM (excluded.preuves, excluded.profils)"
        )
        cursor.execute("DROP TABLE preuves_compte")
