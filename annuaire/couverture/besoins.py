"""The needs that the directory did not answer, with the expertise that each names. Nobody's: see `annuaire.besoins`."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from annuaire.couverture.lecture import Etendue
from annuaire.models import Expertise

SINCE = timedelta(days=365)
# Asked less often, a need may be of one person, who might be known by it.
OFTEN = 3
SHOWN = 12
# A need names an expertise when it holds all the words of its name, or of a synonym: the longest of them.
_NEEDS = """
WITH besoin AS MATERIALIZED (
    SELECT r.question, sum(r.nombre) AS nombre, max(r.jour) AS dernier FROM annuaire_recherchesansreponse r
      LEFT JOIN annuaire_territoire t ON t.code = r.territoire_id
     WHERE r.jour > %(depuis)s AND (%(code)s = 'FR' OR t.code = %(code)s OR t.parent_id = %(code)s)
     GROUP BY r.question HAVING sum(r.nombre) >= %(souvent)s ORDER BY 2 DESC, r.question LIMIT %(montres)s
),
terme AS MATERIALIZED (
    SELECT e.id, plainto_tsquery('public.fr', t.mot) AS requete FROM annuaire_expertise e,
        unnest(e.libelle || e.synonymes) AS t(mot)
)
SELECT b.question, b.nombre, (
    SELECT terme.id FROM terme WHERE numnode(terme.requete) > 0 AND fr_vecteur(b.question) @@ terme.requete
     ORDER BY numnode(terme.requete) DESC, terme.id LIMIT 1)
  FROM besoin b ORDER BY b.nombre DESC, b.question
"""


@dataclass(frozen=True)
class Groupe:
    """What was asked about one expertise, or about none that is known: (need, how many times), the most asked first."""

    expertise: Expertise | None
    besoins: list[tuple[str, int]]

    @property
    def nombre(self) -> int:
        return sum(count for _, count in self.besoins)


def unanswered_needs(etendue: Etendue) -> list[Groupe]:
    """The needs most often without answer over a year in the territory looked at, by expertise. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEEDS,
            {
                "depuis": timezone.localdate() - SINCE,
                "code": etendue.code,
                "souvent": OFTEN,
                "montres": SHOWN,
            },
        )
        rows = cursor.fetchall()
    known = Expertise.objects.in_bulk({pk for _, _, pk in rows if pk is not None})
    found: dict[int | None, list[tuple[str, int]]] = {}
    for question, count, pk in rows:
        found.setdefault(pk if pk in known else None, []).append((question, int(count)))
    groups = [Groupe(known.get(pk) if pk is not None else None, needs) for pk, needs in found.items()]
    return sorted(groups, key=lambda group: (group.expertise is None, -group.nombre))
