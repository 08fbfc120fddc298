"""What people declare, and what colleagues say of it, for the expertises that a question names: SQL of the search."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

# What an expertise that the question names in full is worth, by level; ten years of it add a tenth.
LEVELS = {1: 0.35, 2: 0.5, 3: 0.65, 4: 0.8}
LONG_SINCE, LONG_SINCE_WORTH = 10, 0.08
# What colleagues' recommendations for it add at most, how many fresh ones add half of that, and their half-life in days.
ADVISED_WORTH, HALF_ADVISED, AGES_ADVISED = 0.3, 2, 1_000
# The same of help asked for in private, of which who asked said that it was useful.
HELPED_WORTH, HALF_HELPED, AGES_HELPED = 0.2, 2, 1_000


def declared(shares: Mapping[int, float], quand: datetime) -> tuple[str, list[Any]]:
    """SQL of (agent_id, note): what each person's expertises among those named are worth, and its parameters.

    Each for its share of the question; all together at most what the best one would be worth for the whole question.
    `shares`: the share of the question that names each expertise, by its id. Whoever is recommended for an expertise
    that they do not declare counts too, and so does whoever was of use for it. Only recommendations that every agent may
    read count, as on people's pages: `annuaire.profils.access.standing_recommandations` says the same. Of help given in
    private, only what people's pages say counts, to how many colleagues it was useful, as in
    `annuaire.sollicitations.comptes.useful_to`: no word of a thread is read.
    """
    # In floating point: PostgreSQL's decimal numbers are ten times slower.
    levels = " ".join(f"WHEN {level} THEN float8 '{worth}'" for level, worth in LEVELS.items())
    sql = (
        "WITH nommee AS (SELECT * FROM unnest(%s::bigint[], %s::float[]) AS x(expertise_id, part)),"  # noqa: S608
        " dite AS ("
        f" SELECT d.agent_id, d.expertise_id, n.part, CASE d.niveau {levels} END"
        f"  + float8 '{LONG_SINCE_WORTH / LONG_SINCE}' * least({LONG_SINCE}, greatest(0, coalesce(%s - d.depuis, 0))) AS vaut"
        "  FROM nommee n JOIN annuaire_declarationexpertise d USING (expertise_id)"
        f" UNION ALL SELECT agent_id, expertise_id, part, float8 '{ADVISED_WORTH}' * fraiches / (fraiches + {HALF_ADVISED}) FROM ("
        "  SELECT r.agent_id, n.expertise_id, n.part,"
        f"   sum(float8 '0.5' ^ (greatest(0, date_part('epoch', %s::timestamptz - r.cree_le)) / {86_400 * AGES_ADVISED})) AS fraiches"
        "  FROM nommee n JOIN profils_recommandation r USING (expertise_id) JOIN annuaire_agent q ON q.id = r.auteur_id"
        "  WHERE r.masquee_le IS NULL AND r.retiree_le IS NULL AND q.is_active"
        "  GROUP BY r.agent_id, n.expertise_id, n.part) AS recommandee"
        f" UNION ALL SELECT agent_id, expertise_id, part, float8 '{HELPED_WORTH}' * fraiches / (fraiches + {HALF_HELPED}) FROM ("
        "  SELECT agent_id, expertise_id, part,"
        f"   sum(float8 '0.5' ^ (greatest(0, date_part('epoch', %s::timestamptz - le)) / {86_400 * AGES_HELPED})) AS fraiches"
        "  FROM (SELECT d.agent_id, n.expertise_id, n.part, max(s.finie_le) AS le"
        "   FROM nommee n JOIN sollicitations_sollicitation s USING (expertise_id)"
        "   JOIN sollicitations_destinataire d ON d.sollicitation_id = s.id AND d.utile = 'oui' AND d.compte"
        "   LEFT JOIN sollicitations_capacite c ON c.agent_id = d.agent_id"
        "   WHERE s.etat = 'close' AND c.montre_aides IS NOT FALSE"
        "   GROUP BY d.agent_id, n.expertise_id, n.part, s.demandeur_id) AS aide"
        "  GROUP BY agent_id, expertise_id, part) AS aidee)"
        " SELECT agent_id, least(sum(part * vaut), max(vaut)) AS note FROM ("
        "  SELECT agent_id, part, sum(vaut) AS vaut FROM dite GROUP BY agent_id, expertise_id, part) AS reunie"
        " GROUP BY agent_id"
    )
    return sql, [list(shares), list(shares.values()), quand.year, quand, quand]
