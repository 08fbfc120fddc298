"""Who could be trained by whom: proposals, of which nobody is told.

For an expertise: who holds it, is available and offers to train; with people who have notions or practice of it, or who
know another expertise of the same domaine. Near first. Read through the profiles, as everybody may read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from annuaire.couverture.lecture import Etendue
from annuaire.couverture.models import NIVEAU_REFERENT
from annuaire.models import Agent, DeclarationExpertise, Expertise

# Trainers considered for one expertise.
MOST_TRAINERS = 5
# `voulue` (id, domaine): the expertises. A trainer from the territory looked at, or else from elsewhere. Without a
# territory, those who would learn are looked for in the régions of the trainers: near first.
_PAIRS = """
WITH voulue AS MATERIALIZED (SELECT id, domaine FROM annuaire_expertise WHERE id = ANY(%(expertises)s)),
formateur AS MATERIALIZED (
    SELECT v.id AS expertise_id, f.* FROM voulue v CROSS JOIN LATERAL (
        SELECT a.id AS agent_id, a.territoire_id, coalesce(t.parent_id, t.code) AS region
          FROM annuaire_declarationexpertise d
          JOIN annuaire_agent a ON a.id = d.agent_id AND a.is_active AND NOT a.partenaire
          JOIN profils_profil p ON p.agent_id = a.id AND 'formation' = ANY(p.aides)
          LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id
         WHERE d.expertise_id = v.id AND d.niveau >= %(referent)s
           AND (a.disponibilite <> 'non' OR a.disponibilite_jusqu_au < %(jour)s)
         ORDER BY (t.code = %(region)s OR t.parent_id = %(region)s) DESC NULLS LAST, d.niveau DESC, d.depuis, a.nom, a.id
         LIMIT %(formateurs)s
    ) AS f
),
apprenant AS MATERIALIZED (
    SELECT v.id AS expertise_id, d.agent_id, d.expertise_id AS connue, d.niveau, a.nom,
        CASE WHEN t.genre = 'departement' THEN t.code END AS departement, coalesce(t.parent_id, t.code) AS region
      FROM voulue v
      JOIN annuaire_expertise e ON e.domaine = v.domaine
      JOIN annuaire_declarationexpertise d ON d.expertise_id = e.id
      JOIN annuaire_agent a ON a.id = d.agent_id AND a.is_active AND NOT a.partenaire
      JOIN annuaire_territoire t ON t.code = a.territoire_id
     WHERE %(region)s IN ('', t.code, t.parent_id)
       AND NOT EXISTS (SELECT 1 FROM annuaire_declarationexpertise r
            WHERE r.agent_id = d.agent_id AND r.expertise_id = v.id AND r.niveau >= %(referent)s)
),
paire AS (
    SELECT f.expertise_id, f.agent_id AS formateur, l.agent_id AS apprenant, l.connue, l.niveau, l.nom,
        l.departement = f.territoire_id AS meme_departement, l.region = f.region AS meme_region,
        (l.connue = f.expertise_id)::int * 2 + (l.niveau >= 2)::int
        + CASE WHEN l.departement = f.territoire_id THEN 2 WHEN l.region = f.region THEN 1 ELSE 0 END AS note
      FROM formateur f JOIN apprenant l ON l.expertise_id = f.expertise_id AND l.agent_id <> f.agent_id
     WHERE %(region)s <> '' OR l.region = f.region
),
choisie AS (
    SELECT DISTINCT ON (expertise_id, apprenant) * FROM paire
     ORDER BY expertise_id, apprenant, note DESC, niveau DESC, connue, formateur
)
SELECT expertise_id, formateur, apprenant, connue, niveau, coalesce(meme_departement, false), coalesce(meme_region, false)
  FROM (SELECT *, row_number() OVER (PARTITION BY expertise_id
            ORDER BY note DESC, meme_departement DESC NULLS LAST, niveau DESC, nom, apprenant) AS rang
          FROM choisie) AS rangee
 WHERE rang <= %(chacune)s ORDER BY array_position(%(expertises)s, expertise_id), rang
"""


@dataclass(frozen=True)
class Binome:
    """`apprenant` could be trained in `expertise` by `formateur`; `raison` says why, as a French sentence."""

    expertise: Expertise
    formateur: Agent
    apprenant: Agent
    raison: str


def propose_pairs(agent: Agent, expertises: Sequence[Expertise], etendue: Etendue, each: int) -> list[Binome]:
    """At most `each` pairs for each of these expertises, in their order, that `agent` may see. Three queries."""
    if not expertises:
        return []
    region = etendue.region
    with connection.cursor() as cursor:
        cursor.execute(
            _PAIRS,
            {
                "expertises": [row.pk for row in expertises],
                "referent": NIVEAU_REFERENT,
                "jour": timezone.localdate(),
                "region": region.code if region is not None else "",
                "formateurs": MOST_TRAINERS,
                "chacune": each,
            },
        )
        rows = cursor.fetchall()
    people = (
        Agent.objects.visible_to(agent).with_place().in_bulk([pk for row in rows for pk in (row[1], row[2])])
    )
    named = Expertise.objects.in_bulk({row[3] for row in rows})
    wanted = {row.pk: row for row in expertises}
    return [
        Binome(
            wanted[expertise],
            people[trainer],
            people[learner],
            _reason(named[known], niveau, known == expertise, same_departement, same_region),
        )
        for expertise, trainer, learner, known, niveau, same_departement, same_region in rows
        if trainer in people and learner in people and known in named
    ]


def _reason(known: Expertise, niveau: int, same: bool, same_departement: bool, same_region: bool) -> str:
    """« A déjà la pratique de cette expertise ; même département »."""
    if same:
        what = (
            "en a déjà la pratique" if niveau >= DeclarationExpertise.Niveau.PRATIQUE else "en a des notions"
        )
    else:
        level = DeclarationExpertise.Niveau(niveau).label.lower()
        what = f"connaît «\u00a0{known.libelle}\u00a0», du même domaine (niveau {level})"
    where = "même département" if same_departement else "même région" if same_region else "à distance"
    return f"{what}, {where}"
