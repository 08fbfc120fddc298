"""Before one asks: sujets that say the same already, and people who could answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from annuaire.models import Agent, Expertise
from annuaire.recherche import Mot, Reconnue, Resultat, search_agents, understand
from communautes.access import readable_communautes, readers_of
from communautes.models import Communaute
from forum.access import visible_sujets
from forum.models import Sujet
from plateforme.socle.recherche import quoted_lexeme

MAX_SIMILAR = 5
MAX_EXPERTS = 5
MAX_TERMS = 8
# Titles looked at to find the best: a word that is in more of them than this tells nothing by itself.
CANDIDATES = 2000
# Below this share of the best score, a title only shares a word with the one typed.
FLOOR = 0.6
# The same for people, beside the one who could best answer.
FLOOR_PEOPLE = 0.25
# A title that shares less than this part of the words typed is about something else.
SHARE = 0.25
# Below, two words are different words.
CLOSE_ENOUGH = 0.5


@dataclass(frozen=True)
class Terme:
    """One thing that the title says: `requete` is a `tsquery`; `mot` when it may be a typing error."""

    requete: str
    mot: str = ""


def similar_sujets(
    agent: Agent, titre: str, *, sauf: int | None = None, limit: int = MAX_SIMILAR
) -> list[Sujet]:
    """Sujets that `agent` may read whose titles say nearly what `titre` says: the settled ones first, then by likeness.

    Accents, endings and typing errors are forgiven, the vocabulary's synonyms and acronyms understood, the last word
    may be unfinished. `sauf`: id of a sujet to leave out. Nothing for a title without a meaningful word. At most
    ten queries, the time of which does not grow with the forum (`CANDIDATES`).
    """
    words, recognised = understand(titre)
    if not words:
        return []
    unfinished = not titre[-1:].isspace()
    terms = _terms(words[:MAX_TERMS], recognised, unfinished=unfinished)
    places = list(readable_communautes(agent).values_list("pk", flat=True))
    scores = _by_words(terms, _frequencies(terms), places, sauf)
    if len(scores) < limit:
        for pk, score in _by_letters(_unknown(terms), places, sauf).items():
            scores[pk] = scores.get(pk, 0) + score
    if not scores:
        return []
    floor = max(max(scores.values()) * FLOOR, SHARE * min(len(words), MAX_TERMS))
    rows = (
        visible_sujets(agent)
        .with_author()
        .in_bulk([pk for pk, score in sorted(scores.items(), key=lambda row: -row[1])[:40] if score >= floor])
    )
    return sorted(
        rows.values(),
        key=lambda row: (not row.resolu, -scores[row.pk], row.nb_reponses == 0, -row.pk),
    )[:limit]


def who_could_answer(
    agent: Agent,
    communaute: Communaute,
    texte: str,
    *,
    expertises: Iterable[Expertise] = (),
    sauf: Agent | None = None,
    limit: int = MAX_EXPERTS,
) -> list[Resultat]:
    """Up to `limit` people who could answer `texte` in `communaute`, with the reasons: its members first.

    Only people who may read it. Neither `agent` nor `sauf` (the author). The caller has checked that `agent` may read
    the community. Nobody for a partner of labs: it is the directory that answers, with what people declare and did.
    """
    if agent.partenaire:
        return []
    expertises = list(expertises)
    members = Agent.objects.active().filter(adhesions__communaute=communaute)
    if sauf is not None:
        members = members.exclude(pk=sauf.pk)
    found = search_agents(agent, texte, expertises=expertises, parmi=members, limit=limit, part=FLOOR_PEOPLE)
    if len(found) < limit and communaute.visibilite == Communaute.Visibilite.OUVERTE:
        known = [result.agent.pk for result in found] + ([sauf.pk] if sauf is not None else [])
        others = readers_of(communaute).exclude(pk__in=known)
        found += search_agents(
            agent, texte, expertises=expertises, parmi=others, limit=limit - len(found), part=FLOOR_PEOPLE
        )
    return found[:limit]


def _terms(words: list[Mot], recognised: list[Reconnue], *, unfinished: bool) -> list[Terme]:
    terms = []
    for index, word in enumerate(words):
        query = quoted_lexeme(word.racine)
        if unfinished and index == len(words) - 1 and len(word.forme) >= 3:
            query = f"({query} | {quoted_lexeme(word.forme)}:*)"
        terms.append(Terme(query, word.forme))
    # What an expertise is also called counts as what was typed.
    for item in recognised[:3]:
        names = [name for name in (item.expertise.libelle, *item.expertise.synonymes) if name != item.par]
        terms += [Terme(query) for query in _phrases(names[:6])]
    return terms


def _phrases(names: list[str]) -> list[str]:
    """Each name as a `tsquery` that wants all its words."""
    if not names:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(fr_vecteur(nom)) FROM unnest(%s::text[]) AS nom", [names])
        stems = [row[0] for row in cursor.fetchall() if row[0]]
    return ["(" + " & ".join(quoted_lexeme(stem) for stem in row) + ")" for row in stems]


def _frequencies(terms: list[Terme]) -> dict[str, float]:
    """How many titles hold each of the very common stems, as the database's own statistics say: quoted lexeme → count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.mot, e.part * greatest(c.reltuples, 0) FROM pg_stats s"
            " JOIN pg_class c ON c.oid = 'forum_sujet'::regclass,"
            " unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS e(mot, part)"
            " WHERE s.schemaname = 'public' AND s.tablename = 'forum_sujet' AND s.attname = 'recherche'"
            " AND e.mot IS NOT NULL AND position(quote_literal(e.mot) IN %s) > 0",
            [" ".join(term.requete for term in terms)],
        )
        return {quoted_lexeme(word): count for word, count in cursor.fetchall()}


def _by_words(
    terms: list[Terme], counts: dict[str, float], places: list[int], sauf: int | None
) -> dict[int, float]:
    """id → share of what the title says that another title says too; rare words weigh more."""

    def count(term: Terme) -> float:
        return max((number for stem, number in counts.items() if stem in term.requete), default=1.0)

    ordered = sorted(terms, key=count)
    rare = [term for term in ordered if count(term) <= CANDIDATES / 2]
    common = [term for term in ordered if count(term) > CANDIDATES / 2]
    # A common word finds nothing by itself, unless the title has no other: two of them together do.
    wanted = [term.requete for term in rare]
    wanted += [f"({a.requete} & {b.requete})" for i, a in enumerate(common) for b in common[i + 1 :]]
    query = " | ".join(wanted or [term.requete for term in common])
    weights = [1.0 if term in rare else 0.4 for term in terms]
    score = " + ".join(["%s * (recherche @@ %s::tsquery)::int"] * len(terms))
    parameters: list[object] = []
    for term, weight in zip(terms, weights, strict=True):
        parameters += [weight, term.requete]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, ({score}) AS force FROM (SELECT id, recherche, dernier_message_le FROM forum_sujet"  # noqa: S608
            " WHERE recherche @@ %s::tsquery AND communaute_id = ANY(%s) AND masque_le IS NULL"
            " AND fusionne_dans_id IS NULL AND id IS DISTINCT FROM %s LIMIT %s) AS s"
            " ORDER BY force DESC, dernier_message_le DESC LIMIT 60",
            [*parameters, query, places, sauf, CANDIDATES],
        )
        return {pk: float(force) for pk, force in cursor.fetchall()}


def _unknown(terms: list[Terme]) -> list[str]:
    """The long words that no title holds: typed with an error, perhaps."""
    words = [(term.mot, term.requete) for term in terms if len(term.mot) >= 5]
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mot FROM unnest(%s::text[], %s::text[]) AS t(mot, requete) WHERE NOT EXISTS"
            " (SELECT 1 FROM forum_sujet WHERE recherche @@ t.requete::tsquery)",
            [[word for word, _ in words], [query for _, query in words]],
        )
        return [word for (word,) in cursor.fetchall()]


def _by_letters(long_words: list[str], places: list[int], sauf: int | None) -> dict[int, float]:
    """By groups of three letters, for words typed with errors: id → likeness, below that of a word found."""
    if not long_words:
        return {}
    close = " OR ".join(["%s <%% sans_accent(titre)"] * len(long_words))
    score = " + ".join(["word_similarity(%s, sans_accent(titre))"] * len(long_words))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(CLOSE_ENOUGH)]
        )
        cursor.execute(
            f"SELECT id, 0.8 * ({score}) AS force FROM (SELECT id, titre FROM forum_sujet WHERE ({close})"  # noqa: S608
            " AND communaute_id = ANY(%s) AND masque_le IS NULL AND fusionne_dans_id IS NULL"
            " AND id IS DISTINCT FROM %s LIMIT %s) AS s ORDER BY force DESC, id DESC LIMIT 20",
            [*long_words, *long_words, places, sauf, CANDIDATES // 4],
        )
        return {pk: float(force) for pk, force in cursor.fetchall()}
