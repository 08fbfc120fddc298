"""What people did about a question: their voices, and how to say it. Decision 0023 has the model and its sources.

Only what the person who searches may read counts, for the order as for the sentence: what they cannot see changes
neither. All figures are absolute: what one person has done never changes the figure of another, and one more answer
never lowers who gave it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.template.defaultfilters import date as french_date
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from annuaire.models import Agent
from annuaire.preuves.access import places_clause
from annuaire.preuves.frequences import Frequences, latest_weeks, rarity
from plateforme.socle.recherche import quoted_lexeme

# Pieces looked at, and those of them that vote: what bounds the search whatever the forum's size.
LOOKED_AT = 2_500
# Where even the rarest word is in more: about so many, the latest.
LATEST = 1_500
# In fewer than this, they are all found, then the latest chosen: reading what the latest weeks hold costs more.
FOUND_AT_ONCE = 5_000
# So many times as many, at most, when only some people are looked for: most of the latest are other people's. Rather
# more than their share asks for.
AMONG_SOME, RATHER_MORE = 20, 1.5
# From this share on, each piece found is asked whether it is of one of them; below, they are listed first.
MANY = 0.05
VOTING = 1_000
# A vector kept aside, read once for all the words of the question: a copy, unchanged since no word is named.
READ_ONCE = "setweight(vecteur, 'A', ARRAY[]::text[])"
# A group of common words is made narrower while more than this many pieces are expected to hold it.
ENOUGH = 1_000
# Weights of what the words stand in: D (expertises of the sujet), C (the question), B (its title), A (the answer).
WEIGHTS = "{.6,.6,.6,1}"
# Distinct lexemes of an ordinary answer with its question.
USUAL_LENGTH = 80
# Half-lives, in days: of an answer as such, of what shows that somebody is active.
AGES, AGES_ACTIVITY = 1_000, 60
# People whose recent activity is looked at, pieces of each; activity worth half of the most.
MOST_VOICED, RECENT, HALF_ACTIVE = 200, 50, 10
# What the most active add to what they did: so many times as much. Nothing to what they declare, which no activity
# proves: who knows and writes little must not pass behind who writes everywhere.
LIVELY = 3.3
# What one may still call « lately »: one contribution of seven months ago, or several of before.
LATELY = 0.1
# Pieces, the latest, among which the people lately active are looked for.
RELAYS_AMONG = 2_000
# Words by which a person's answers are told and counted.
TOLD = 3
# Pieces counted of one person: beyond, one is told that there are more.
COUNTED = 300
# The latest pieces that answer, of each person, among which the best one is told; the rarest words that find them.
TOLD_AMONG, TOLD_BY = 50, 20


@dataclass(frozen=True)
class Terme:
    """A lexeme of the question, how many pieces hold it, and what it weighs."""

    lexeme: str
    nombre: int
    poids: float


def terms_of(stems: Sequence[str], frequences: Frequences) -> list[Terme]:
    """The question's words as evidence weighs them, the rarest first."""
    rows = [
        Terme(stem, count, rarity(frequences.preuves, count))
        for stem, count in ((stem, frequences.in_evidence(stem)) for stem in stems)
    ]
    return sorted(rows, key=lambda term: (term.nombre, term.lexeme))


def expertise_lexeme(pk: int) -> str:
    """How a piece of evidence bears the expertise of its sujet: no word of a text looks like it."""
    return f"§{pk}"


def is_expertise(lexeme: str) -> bool:
    """Whether a lexeme is an expertise's."""
    return lexeme.startswith("§")


@dataclass(frozen=True)
class Cherches:
    """What finds the texts worth looking at: `tsquery` of the rare words, any of which is enough (perhaps empty), of
    common ones that must stand together (perhaps empty), and how many texts these are thought to be in."""

    rares: str
    ensemble: str = ""
    nombre: float = 0

    @property
    def requete(self) -> str:
        return " | ".join(filter(None, (self.rares, self.ensemble)))


def narrowed(terms: Sequence[Terme], total: int) -> Cherches:
    """Those of `terms` that find the texts worth looking at.

    The rarest words; common words find only together, as many of them as leaves `ENOUGH`. `terms`: the rarest first,
    at least one.
    """
    wanted, seen = [], 0
    for index, term in enumerate(terms):
        if seen + term.nombre > LOOKED_AT:
            if seen >= ENOUGH:
                break
            first, *others = _alternatives(terms[index:], total)
            group, expected = [first.lexeme], float(first.nombre)
            for other in others:
                if expected * other.nombre / max(total, 1) < ENOUGH:
                    break
                group.append(other.lexeme)
                expected *= other.nombre / total
            # Words of one subject go together more often than chance would have it.
            return Cherches(
                " | ".join(wanted), f"({' & '.join(group)})", math.sqrt(expected * min(first.nombre, total))
            )
        wanted.append(quoted_lexeme(term.lexeme))
        seen += term.nombre
    return Cherches(" | ".join(wanted))


def _alternatives(terms: Sequence[Terme], total: int) -> list[Terme]:
    """What may be asked for together, as parts of a `tsquery`, the rarest first: each word, and the expertises as one.

    A question of one word may name several: what somebody answers is about one of them.
    """
    words = [
        Terme(quoted_lexeme(term.lexeme), term.nombre, term.poids)
        for term in terms
        if not is_expertise(term.lexeme)
    ]
    named = [term for term in terms if is_expertise(term.lexeme)]
    if named:
        query = " | ".join(quoted_lexeme(term.lexeme) for term in named)
        count = min(total, sum(term.nombre for term in named))
        words.append(Terme(f"({query})" if len(named) > 1 else query, count, named[0].poids))
    return sorted(words, key=lambda term: (term.nombre, term.lexeme))


def _looked_for(cherches: Cherches, total: int, times: int) -> list[tuple[str, list[Any], int]]:
    """The conditions on `p`, a row of `preuves_preuve`, that find these words: each with its parameters and how many
    rows to look at, the latest. What common words find is looked for among the latest weeks, apart from the rest:
    those that hold `LATEST` pieces with these words, or `times` as many."""
    plain = "p.vecteur @@ %s::tsquery"
    if cherches.nombre <= LOOKED_AT:
        return [(plain, [cherches.requete], LOOKED_AT)]
    together: tuple[str, list[Any], int] = (plain, [cherches.ensemble], LATEST)
    if cherches.nombre > FOUND_AT_ONCE and (weeks := latest_weeks(times * LATEST * total / cherches.nombre)):
        together = (f"{plain} AND preuves_semaine(p.quand) && %s::int[]", [cherches.ensemble, weeks], LATEST)
    return [(plain, [cherches.rares], LOOKED_AT), together] if cherches.rares else [together]


def note_of(
    terms: Sequence[Terme], vector: str, weights: str, usual: int | None = None
) -> tuple[str, list[Any]]:
    """SQL of the share of the question that `vector` answers, words weighted by rarity, and its parameters.

    `usual`: how many distinct words such a text ordinarily holds; a longer one holds more of the question's by chance,
    and is worth less. None: the length does not count. `ts_rank` of one word is a saturated count of it.
    """
    total = sum(term.poids for term in terms if not is_expertise(term.lexeme)) or 1.0
    # `terms` holds at least one word of the question; an expertise adds to what the words say.
    parts = [f"{term.poids / total:.6f} * ts_rank('{weights}', {vector}, %s::tsquery)" for term in terms]
    note = f"({' + '.join(parts)})"
    if usual is not None:
        # In floating point, as `date_part` below: PostgreSQL's decimal numbers are ten times slower.
        note = f"({note} / sqrt(float8 '0.6' + float8 '{0.4 / usual:.6f}' * length({vector})))"
    return note, [quoted_lexeme(term.lexeme) for term in terms]


@dataclass(frozen=True)
class Seulement:
    """The only people whose evidence is looked for: a SQL condition on `a`, a row of `annuaire_agent`, and its
    parameters. `part`: the share of those who answer that they are thought to be, 0 when nothing is known of it."""

    condition: str
    valeurs: list[Any]
    part: float

    @property
    def times(self) -> int:
        """How many times as many pieces are looked for as when everybody's count."""
        return min(AMONG_SOME, max(1, math.ceil(RATHER_MORE / self.part))) if self.part else AMONG_SOME

    @property
    def clause(self) -> str:
        """On `p`, a row of `preuves_preuve`. Said so, the planner finds the words first; else it goes through the
        people, and reads all that they wrote."""
        if self.part >= MANY:
            return f" AND EXISTS (SELECT 1 FROM annuaire_agent a WHERE a.id = p.agent_id AND {self.condition} OFFSET 0)"  # noqa: S608
        return f" AND (p.agent_id IN (SELECT a.id FROM annuaire_agent a WHERE {self.condition})) IS TRUE"  # noqa: S608


def voices(
    agent: Agent, terms: Sequence[Terme], total: int, among: Seulement | None, quand: datetime
) -> tuple[str, list[Any]]:
    """SQL of (agent_id, voix): what each person's answers and recent activity are worth for a question.

    `terms`: the rarest first, at least one. `total`: pieces in all. `among`: the only people looked for. A person's answers of one sujet count as the best of them; the second sujet for half, the third for
    a third…: whoever writes most does not drown whoever knows. One query at most, for what only common words find.
    """
    places, place_values = places_clause(agent)
    looked_for = _looked_for(narrowed(terms, total), total, among.times if among else 1)
    note, words = note_of(terms, "v", WEIGHTS, USUAL_LENGTH)
    only, scope_values = (among.clause, among.valeurs) if among else ("", [])
    chosen = " UNION ALL ".join(
        "(SELECT p.agent_id, coalesce(nullif(p.fil, ''), p.source) AS fil, p.valeur, p.quand, p.vecteur"  # noqa: S608
        f" FROM preuves_preuve p WHERE p.vecteur IS NOT NULL AND {holding} AND {places}{only}"
        f" ORDER BY p.quand + interval '0' DESC LIMIT {looked_at})"
        for holding, _, looked_at in looked_for
    )
    chosen_values = [value for _, held, _ in looked_for for value in (*held, *place_values, *scope_values)]
    sql = (
        # The latest are chosen before any vector is read. OFFSET 0
        # keeps the planner from undoing it, the addition from going through the dates to look for the words one by one.
        "WITH trouvee AS MATERIALIZED ("  # noqa: S608
        f" SELECT agent_id, fil, valeur, quand, {note} AS note FROM ("
        f"  SELECT agent_id, fil, valeur, quand, {READ_ONCE} AS v FROM ({chosen}) AS choisie"
        "  OFFSET 0) AS lue"
        f" ORDER BY note DESC, quand DESC LIMIT {VOTING}),"
        " par_fil AS (SELECT agent_id, max(note ^ 2 * valeur *"
        f"  (0.2 + 0.8 * 0.5 ^ (greatest(0, date_part('epoch', %s::timestamptz - quand)) / 86400.0 / {AGES}))) AS voix"
        "  FROM trouvee GROUP BY agent_id, fil),"
        " portee AS (SELECT agent_id, sqrt(sum(voix / rang)) AS voix FROM"
        "  (SELECT agent_id, voix, row_number() OVER (PARTITION BY agent_id ORDER BY voix DESC) AS rang FROM par_fil)"
        "  AS rangee GROUP BY agent_id ORDER BY 2 DESC),"
        " active AS (SELECT agent_id, sum(valeur) AS activite FROM (SELECT agent_id, max("
        f"  valeur * 0.5 ^ (greatest(0, date_part('epoch', %s::timestamptz - quand)) / 86400.0 / {AGES_ACTIVITY})) AS valeur"
        f"  FROM (SELECT x.agent_id, r.* FROM (SELECT agent_id FROM portee LIMIT {MOST_VOICED}) AS x"
        "   CROSS JOIN LATERAL (SELECT p.valeur, p.quand, coalesce(nullif(p.fil, ''), p.source) AS fil FROM preuves_preuve p"
        f"   WHERE p.agent_id = x.agent_id AND p.vecteur IS NOT NULL AND {places}"
        f"   ORDER BY p.quand DESC LIMIT {RECENT}) AS r) AS recente GROUP BY agent_id, fil) AS par_fil GROUP BY agent_id)"
        f" SELECT agent_id, voix * (1 + {LIVELY} * coalesce(activite / (activite + {HALF_ACTIVE}), 0)) AS voix"
        " FROM portee LEFT JOIN active USING (agent_id)"
    )
    return sql, [*words, *chosen_values, quand, quand, *place_values]


def lately_active(
    agent: Agent, scope: tuple[str, list[Any]], sauf: Sequence[int], quand: datetime, limit: int
) -> list[tuple[int, float]]:
    """(id, how active) of the people lately most active where `agent` may read, the most active first. One query.

    `scope`: SQL condition on `a`, a row of `annuaire_agent`. They know nothing of the question: they may know who does.
    """
    places, place_values = places_clause(agent)
    condition, values = scope
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, x.activite FROM (SELECT agent_id, sum(valeur) AS activite FROM"  # noqa: S608
            "  (SELECT agent_id, max(valeur * 0.5 ^ (greatest(0, date_part('epoch', %s::timestamptz - quand))"
            f"    / 86400.0 / {AGES_ACTIVITY})) AS valeur FROM (SELECT p.agent_id, p.valeur, p.quand,"
            "     coalesce(nullif(p.fil, ''), p.source) AS fil FROM preuves_preuve p"
            f"     WHERE p.vecteur IS NOT NULL AND {places} ORDER BY p.quand DESC LIMIT {RELAYS_AMONG}) AS recente"
            "   GROUP BY agent_id, fil) AS par_fil GROUP BY agent_id) AS x"
            f" JOIN annuaire_agent a ON a.id = x.agent_id WHERE {condition} AND NOT a.id = ANY(%s)"
            " ORDER BY x.activite DESC, hashtextextended(a.identifiant, 0) LIMIT %s",
            [quand, *place_values, *values, list(sauf), limit],
        )
        return [(pk, float(activity)) for pk, activity in cursor.fetchall()]


@dataclass(frozen=True)
class Fait:
    """What a person did that answers: the words told, and what was counted of the sources that hold them all."""

    mots: tuple[str, ...]
    genres: dict[str, tuple[int, int]]
    sources: int
    url: str
    dernier: datetime


def reasons(
    agent: Agent, people: Sequence[Agent], terms: Sequence[Terme], dits: dict[str, str]
) -> dict[int, SafeString]:
    """For each of `people` with evidence that answers: « 3 réponses, dont 1 retenue, sur « busage » », with a link
    to the contribution, or to the list of them. `dits`: what was typed, by lexeme, in its order. Two queries.

    What is told: the rarest words of the person's best piece; what is counted: their pieces that hold all of them.
    """
    if not terms or not people:
        return {}
    told = _words_of_best(agent, [person.pk for person in people], terms)
    if not told:
        return {}
    places, values = places_clause(agent)
    rows = list(told.items())
    with connection.cursor() as cursor:
        cursor.execute(
            # A source has one line of each kind.
            "SELECT p.agent_id, p.genre, count(*), sum(p.poids), min(p.url), max(p.quand)"  # noqa: S608
            " FROM unnest(%s::bigint[], %s::text[]) AS dit(agent_id, requete)"
            " CROSS JOIN LATERAL (SELECT p.agent_id, p.source FROM preuves_preuve p WHERE p.vecteur IS NOT NULL"
            # The array is what the index holds: what somebody wrote is not read to find those words in it.
            f"  AND p.vecteur @@ dit.requete::tsquery AND ARRAY[p.agent_id] && ARRAY[dit.agent_id] AND {places}"
            f"  ORDER BY p.quand + interval '0' DESC LIMIT {COUNTED + 1}) AS comptee"
            " JOIN preuves_preuve p ON p.agent_id = comptee.agent_id AND p.source = comptee.source"
            f" WHERE {places} GROUP BY p.agent_id, p.genre",
            [
                [pk for pk, _ in rows],
                [" & ".join(quoted_lexeme(lexeme) for lexeme in lexemes) for _, lexemes in rows],
                *values,
                *values,
            ],
        )
        found: dict[int, list[tuple[Any, ...]]] = {}
        for pk, *row in cursor.fetchall():
            found.setdefault(pk, []).append(tuple(row))
    handles = {person.pk: person.identifiant for person in people}
    sentences = {}
    for pk, lines in found.items():
        words = sorted((dits[lexeme] for lexeme in told[pk] if lexeme in dits), key=list(dits.values()).index)
        sentences[pk] = _sentence(
            Fait(
                tuple(words),
                {genre: (int(number), int(weight)) for genre, number, weight, *_ in lines},
                max(line[1] for line in lines),
                lines[0][3],
                max(line[4] for line in lines),
            ),
            handles[pk],
        )
    return sentences


def _words_of_best(agent: Agent, people: list[int], terms: Sequence[Terme]) -> dict[int, list[str]]:
    """For each person, the `TOLD` rarest lexemes of the question that their best piece holds."""
    places, values = places_clause(agent)
    note, words = note_of(terms, "v", WEIGHTS, USUAL_LENGTH)
    query = " | ".join(quoted_lexeme(term.lexeme) for term in terms[:TOLD_BY])
    ordered = [term.lexeme for term in terms]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (agent_id) agent_id, ARRAY(SELECT mot FROM unnest(%s::text[]) WITH ORDINALITY AS t(mot, rang)"  # noqa: S608
            f" WHERE mot = ANY(tsvector_to_array(v)) ORDER BY rang), {note} AS note FROM"
            f" (SELECT p.agent_id, p.quand, {READ_ONCE} AS v FROM unnest(%s::bigint[]) AS qui(id)"
            "  CROSS JOIN LATERAL (SELECT p.agent_id, p.quand, p.vecteur FROM preuves_preuve p WHERE p.vecteur IS NOT NULL"
            f"   AND ARRAY[p.agent_id] && ARRAY[qui.id] AND p.vecteur @@ %s::tsquery AND {places}"
            f"   ORDER BY p.quand + interval '0' DESC LIMIT {TOLD_AMONG}) AS p OFFSET 0) AS lue"
            " ORDER BY agent_id, note DESC, quand DESC",
            [ordered, *words, people, query, *values],
        )
        return {pk: lexemes[:TOLD] for pk, lexemes, _ in cursor.fetchall()}


def _sentence(fait: Fait, handle: str) -> SafeString:
    counts = {genre: number for genre, (number, _) in fait.genres.items()}
    parts = []
    if fait.sources > COUNTED:
        parts.append(f"plus de {COUNTED}\u00a0contributions")
        counts = {}
    elif counts.get("reponse"):
        parts.append(_plural(counts["reponse"], "réponse", "réponses"))
        if counts.get("retenue"):
            parts.append(f"dont {_plural(counts['retenue'], 'retenue', 'retenues')}")
    if counts.get("retour"):
        parts.append(_plural(counts["retour"], "retour d’expérience", "retours d’expérience"))
    if counts.get("document"):
        parts.append(_plural(counts["document"], "document partagé", "documents partagés"))
    if counts.get("reunion"):
        parts.append(_plural(counts["reunion"], "réunion animée", "réunions animées"))
    if not parts:
        parts.append(_plural(fait.sources, "contribution", "contributions"))
    if counts.get("faq"):
        parts.append(f"{counts['faq']}\u00a0dans une foire aux questions")
    for genre, said in (("utile", "Utile"), ("merci", "Merci")):
        if genre in counts:
            parts.append(f"«\u00a0{said}\u00a0» {fait.genres[genre][1]}\u00a0fois")
    words = " ".join(fait.mots)
    if fait.sources == 1:
        address = fait.url
    else:
        address = reverse("annuaire:contributions", args=[handle]) + (
            f"?{urlencode({'q': words})}" if words else ""
        )
    said = format_html_join(", ", "{}", ((part,) for part in parts))
    subject = (
        format_html("sur «\u00a0<strong>{}</strong>\u00a0»", words)
        if words
        else "sur des sujets de cette expertise"
    )
    when = f"{'la dernière ' if fait.sources > 1 else ''}en {french_date(localtime(fait.dernier), 'F Y')}"
    return format_html('<a href="{}">{}</a> {}, {}', address, said, subject, when)


def _plural(number: int, one: str, many: str) -> str:
    return f"{number}\u00a0{one if number < 2 else many}"


def carried(agent: Agent, queries: Sequence[str]) -> list[bool]:
    """Which of these `tsquery` find a profile of the directory or a piece that `agent` may read. One query."""
    places, values = places_clause(agent)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT"  # noqa: S608
            " EXISTS (SELECT 1 FROM annuaire_agent a WHERE a.recherche @@ m.requete::tsquery AND a.is_active"
            "  AND NOT a.partenaire)"
            f" OR EXISTS (SELECT 1 FROM preuves_preuve p WHERE p.vecteur @@ m.requete::tsquery AND {places})"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS m(requete, rang) ORDER BY m.rang",
            [*values, list(queries)],
        )
        return [found for (found,) in cursor.fetchall()]
