"""The shared vocabulary of expertises: looking for an entry, and what people's contributions suggest they add."""

from dataclasses import dataclass

from django.db import connection

from annuaire.models import Agent, Expertise
from annuaire.profils.models import PropositionExpertise

FOUND = 12
# Answers about an expertise from which on it is worth saying so.
ENOUGH = 3
SUGGESTED = 3
# At the beginning of a word, or nearly so for typing errors: « eau » is not in « bateau ».
_SEARCH = """
SELECT id FROM (
    SELECT e.id, e.libelle, sans_accent(%(q)s) AS demande,
        ' ' || translate(sans_accent(e.libelle || ' . ' || array_to_string(e.synonymes, ' . ')), '’''()-/', '      ') AS mots
      FROM annuaire_expertise e
) AS v CROSS JOIN LATERAL (
    SELECT position(' ' || translate(demande, '’''()-/', '      ') IN mots) > 0 AS debute, word_similarity(demande, mots) AS proche
) AS m WHERE debute OR proche >= 0.6 ORDER BY debute DESC, proche DESC, libelle LIMIT %(limite)s
"""
_SAME = """
SELECT e.id FROM annuaire_expertise e
 WHERE sans_accent(e.libelle) = sans_accent(%(q)s)
    OR EXISTS (SELECT 1 FROM unnest(e.synonymes) s WHERE sans_accent(s) = sans_accent(%(q)s))
 ORDER BY e.id LIMIT 1
"""
_SUGGESTIONS = """
SELECT e.id, count(DISTINCT p.source) FROM preuves_preuve p
  CROSS JOIN LATERAL unnest(p.expertises) AS cite JOIN annuaire_expertise e ON e.id = cite
 WHERE p.agent_id = %(agent)s AND p.genre = 'reponse'
   AND NOT EXISTS (SELECT 1 FROM preuves_masquage k WHERE k.agent_id = p.agent_id AND k.source = p.source)
   AND NOT EXISTS (SELECT 1 FROM annuaire_declarationexpertise d WHERE d.agent_id = p.agent_id AND d.expertise_id = e.id)
   AND NOT EXISTS (SELECT 1 FROM profils_suggestionecartee s WHERE s.agent_id = p.agent_id AND s.expertise_id = e.id)
 GROUP BY e.id HAVING count(DISTINCT p.source) >= %(assez)s ORDER BY 2 DESC, e.libelle LIMIT %(limite)s
"""


@dataclass(frozen=True)
class Suggestion:
    """An expertise on which somebody answered `nombre` times, and which they do not declare."""

    expertise: Expertise
    nombre: int


def search_vocabulary(question: str) -> list[Expertise]:
    """Entries named by `question`, by a synonym or an acronym too, typing errors forgiven. Two queries."""
    question = question.strip()
    if not question:
        return []
    return _entries(_SEARCH, {"q": question[:120], "limite": FOUND})


def entry_named(libelle: str) -> Expertise | None:
    """The entry of that very name, or with that synonym, accents and capitals aside."""
    return next(iter(_entries(_SAME, {"q": libelle})), None)


def merged_names() -> dict[str, list[str]]:
    """The names that the moderation made one with an entry of the vocabulary, by that entry's name. One query."""
    found: dict[str, list[str]] = {}
    rows = PropositionExpertise.objects.filter(
        etat=PropositionExpertise.Etat.FUSIONNEE, expertise__isnull=False
    ).order_by("pk")
    for name, entry in rows.values_list("libelle", "expertise__libelle"):
        names = found.setdefault(entry, [])
        if name != entry and name not in names:
            names.append(name)
    return found


def suggestions_for(agent: Agent) -> list[Suggestion]:
    """What the answers that `agent` does not hide suggest they add, and that they did not set aside. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_SUGGESTIONS, {"agent": agent.pk, "assez": ENOUGH, "limite": SUGGESTED})
        rows = cursor.fetchall()
    found = Expertise.objects.in_bulk([pk for pk, _ in rows])
    return [Suggestion(found[pk], count) for pk, count in rows]


def _entries(query: str, values: dict[str, object]) -> list[Expertise]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    found = Expertise.objects.in_bulk(ids)
    return [found[pk] for pk in ids]
