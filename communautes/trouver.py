"""What the directory asks of communities: who is in those one may list, and where a question could be put."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from annuaire.models import Agent, Expertise
from annuaire.question import words_of
from annuaire.trouver.communautes import Endroit, Groupe
from communautes.access import readable_communautes, visible_communautes
from communautes.models import Adhesion
from plateforme.socle.recherche import quoted_lexeme

MOST = 3
# Of a sujet's title; what is longer is the text.
TITRE_MAX = 160
# By what they are called and say they are about, and by the expertises they are about.
_CLOSEST = """
SELECT c.nom, c.resume, c.slug, m.est AND NOT EXISTS (SELECT 1 FROM communautes_suspension s
        WHERE s.communaute_id = c.id AND s.agent_id = %(agent)s AND s.levee_le IS NULL AND s.jusqu_au > now())
  FROM communautes_communaute c
  CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM communautes_adhesion a
        WHERE a.communaute_id = c.id AND a.agent_id = %(agent)s) AS est) AS m
  CROSS JOIN LATERAL (SELECT
        ts_rank(setweight(fr_vecteur(c.nom), 'A') || setweight(fr_vecteur(c.resume), 'B'), %(requete)s::tsquery)
        + (SELECT count(*) FROM communautes_communaute_expertises x
            WHERE x.communaute_id = c.id AND x.expertise_id = ANY(%(expertises)s)) AS note) AS n
 WHERE c.id = ANY(%(visibles)s) AND n.note > 0 ORDER BY n.note DESC, m.est DESC, c.nb_membres DESC, c.nom LIMIT %(limite)s
"""


def groups(agent: Agent, people: Sequence[int]) -> list[Groupe]:
    """The communities whose members `agent` may list, with those of `people` who are in them. One query."""
    rows = (
        Adhesion.objects.filter(
            communaute__in=readable_communautes(agent),
            # One array, not as many parameters as people: of two thousand, Django takes longer than the query.
            agent__in=RawSQL("SELECT unnest(%s::bigint[])", [list(people)]),
        )
        .values_list("communaute__slug", "communaute__nom", "agent")
        .order_by("communaute__nom")
    )
    names: dict[str, str] = {}
    members: dict[str, set[int]] = {}
    for slug, nom, person in rows:
        names[slug] = nom
        members.setdefault(slug, set()).add(person)
    return [Groupe(slug, nom, frozenset(members[slug])) for slug, nom in names.items()]


def members(agent: Agent, slugs: Sequence[str]) -> "QuerySet[Adhesion, int]":
    """Ids of the members of these communities, as far as `agent` may list them."""
    found = readable_communautes(agent).filter(slug__in=slugs)
    return Adhesion.objects.filter(communaute__in=found).values_list("agent", flat=True)


def places_to_ask(agent: Agent, question: str, expertises: Sequence[Expertise]) -> list[Endroit]:
    """The communities closest to a question, among those whose existence `agent` may know of. Three queries.

    For a member who may write, the address opens a new sujet with the question in it; for others, the community.
    """
    words = words_of(question)
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSEST,
            {
                "agent": agent.pk,
                "requete": " | ".join(quoted_lexeme(word.racine) for word in words),
                "expertises": [expertise.pk for expertise in expertises],
                "visibles": list(visible_communautes(agent).values_list("pk", flat=True)),
                "limite": MOST,
            },
        )
        rows = cursor.fetchall()
    return [
        Endroit(nom, resume, _address(slug, question, writes), writes) for nom, resume, slug, writes in rows
    ]


def _address(slug: str, question: str, writes: bool) -> str:
    if not writes:
        return reverse("communautes:communaute", args=[slug])
    given = {"genre": "question", "titre": question[:TITRE_MAX]}
    if len(question) > TITRE_MAX:
        given["texte"] = question
    return f"{reverse('forum:ouvrir', args=[slug])}?{urlencode(given)}"
