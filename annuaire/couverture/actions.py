"""Counting who holds what, and where. The worker's doing: nobody asks for it, so nothing is journalled.

What changed is noted by the database (migration 0002); counting it again is one statement, which writes only the lines
that are no longer the same.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from annuaire.couverture.delais import answers
from annuaire.couverture.models import PERSONNES_MIN, REPONSES_MIN

# How many noted changes are dealt with at a time.
BATCH = 10_000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('couverture'))"
# From `personne` (agent_id), where each counts, once in each place: `lieu` (agent_id, code).
_PLACES = """
sien AS MATERIALIZED (
    SELECT p.agent_id, a.territoire_id AS code FROM personne p JOIN annuaire_agent a ON a.id = p.agent_id
     WHERE a.territoire_id IS NOT NULL
    UNION SELECT p.agent_id, t.territoire_id FROM personne p
      JOIN profils_profil_territoires t ON t.profil_id = p.agent_id
),
lieu AS MATERIALIZED (
    SELECT agent_id, code FROM sien
    UNION SELECT s.agent_id, t.parent_id FROM sien s JOIN annuaire_territoire t ON t.code = s.code
     WHERE t.parent_id IS NOT NULL
    UNION SELECT p.agent_id, t.code FROM personne p CROSS JOIN annuaire_territoire t WHERE t.genre = 'national'
)
"""
_COUNT = f"""
WITH declaree AS MATERIALIZED (
    SELECT d.expertise_id, d.agent_id, d.niveau,
        CASE WHEN a.disponibilite_jusqu_au < %(jour)s THEN 'oui' ELSE a.disponibilite END AS disponibilite
    FROM annuaire_declarationexpertise d JOIN annuaire_agent a ON a.id = d.agent_id
    WHERE a.is_active AND NOT a.partenaire AND (%(expertises)s::bigint[] IS NULL OR d.expertise_id = ANY(%(expertises)s))
),
personne AS MATERIALIZED (SELECT DISTINCT agent_id FROM declaree),
{_PLACES},
compte AS MATERIALIZED (
    SELECT d.expertise_id, l.code AS territoire_id,
        count(*) FILTER (WHERE niveau = 1) AS nb_notions, count(*) FILTER (WHERE niveau = 2) AS nb_pratique,
        count(*) FILTER (WHERE niveau = 3) AS nb_expertise, count(*) FILTER (WHERE niveau = 4) AS nb_reference,
        count(*) FILTER (WHERE disponibilite = 'oui') AS disponibles,
        count(*) FILTER (WHERE disponibilite = 'limitee') AS limites,
        count(*) FILTER (WHERE disponibilite = 'non') AS indisponibles,
        count(*) FILTER (WHERE niveau >= 3 AND disponibilite <> 'non') AS referents_disponibles
    FROM declaree d JOIN lieu l USING (agent_id) GROUP BY 1, 2
),
perdu AS (
    DELETE FROM couverture_couverture c
     WHERE (%(expertises)s::bigint[] IS NULL OR c.expertise_id = ANY(%(expertises)s)) AND NOT EXISTS (
        SELECT 1 FROM compte n WHERE n.expertise_id = c.expertise_id AND n.territoire_id = c.territoire_id)
)
INSERT INTO couverture_couverture AS c (expertise_id, territoire_id, {{names}})
SELECT expertise_id, territoire_id, {{names}} FROM compte ORDER BY 1, 2
ON CONFLICT (expertise_id, territoire_id) DO UPDATE SET ({{names}}) = ({{new}})
WHERE ({{own}}) IS DISTINCT FROM ({{new}})
"""  # noqa: S608  (constants)
_COUNTED = (
    "nb_notions", "nb_pratique", "nb_expertise", "nb_reference",
    "disponibles", "limites", "indisponibles", "referents_disponibles",
)  # fmt: skip
_RECORD = """
WITH perdu AS (
    DELETE FROM couverture_releve r WHERE r.mois = %(mois)s AND NOT EXISTS (
        SELECT 1 FROM couverture_couverture c WHERE c.expertise_id = r.expertise_id AND c.territoire_id = r.territoire_id)
)
INSERT INTO couverture_releve AS r (expertise_id, territoire_id, mois, personnes, referents, disponibles)
SELECT expertise_id, territoire_id, %(mois)s, personnes, referents, referents_disponibles FROM couverture_couverture
ON CONFLICT (expertise_id, territoire_id, mois) DO UPDATE
SET (personnes, referents, disponibles) = (excluded.personnes, excluded.referents, excluded.disponibles)
WHERE (r.personnes, r.referents, r.disponibles)
    IS DISTINCT FROM (excluded.personnes, excluded.referents, excluded.disponibles)
"""
_DELAYS = f"""
WITH reponse AS MATERIALIZED (
    SELECT r.* FROM ({{answers}}) AS r (expertise_id, agent_id, secondes)
      JOIN annuaire_agent a ON a.id = r.agent_id AND a.is_active AND NOT a.partenaire
     WHERE r.secondes >= 0
),
personne AS MATERIALIZED (SELECT DISTINCT agent_id FROM reponse),
{_PLACES}
INSERT INTO couverture_delai (expertise_id, territoire_id, median, reponses)
SELECT r.expertise_id, l.code, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.secondes)), count(*)
  FROM reponse r JOIN lieu l USING (agent_id) JOIN annuaire_expertise e ON e.id = r.expertise_id
 GROUP BY 1, 2 HAVING count(*) >= %s AND count(DISTINCT r.agent_id) >= %s
"""  # noqa: S608  (constants)


def recount_changed() -> int:
    """Count again the expertises noted as changed, a batch of notes at a time; returns how many notes there were.

    Notes that come meanwhile stay for the next time. Two at once follow one another.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(
            "WITH note AS (DELETE FROM couverture_changement WHERE id IN"
            " (SELECT id FROM couverture_changement ORDER BY id LIMIT %s) RETURNING expertise_id)"
            " SELECT count(*), array_agg(DISTINCT expertise_id) FROM note",
            [BATCH],
        )
        notes, expertises = cursor.fetchone()
        if notes:
            _count(cursor, expertises)
    return int(notes)


def recount_all() -> None:
    """Count everything again: limited availabilities end by themselves, and no one writes that down."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        _count(cursor, None)


def record_month() -> None:
    """Make the record of the month that runs what the counts are now. Once a month is over, nothing changes its record."""
    month = timezone.localdate().replace(day=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_RECORD, {"mois": month})


def measure_delays() -> None:
    """Measure again how long people take to answer, over a year."""
    found = answers()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute("DELETE FROM couverture_delai")
        if found is not None:
            sql, values = found
            cursor.execute(_DELAYS.format(answers=sql), [*values, REPONSES_MIN, PERSONNES_MIN])


def _count(cursor: Any, expertises: Sequence[int] | None) -> None:
    """Of these expertises (ids), or of all when None."""
    cursor.execute(
        _COUNT.format(
            names=", ".join(_COUNTED),
            own=", ".join(f"c.{name}" for name in _COUNTED),
            new=", ".join(f"excluded.{name}" for name in _COUNTED),
        ),
        {"jour": timezone.localdate(), "expertises": expertises},
    )
