"""Who knows about this: the directory's search.

A person is found by what they declare (expertises with their level, the words of their profile) and by what they did
(`annuaire.preuves`), as far as the person who searches may read it. Both are measured on one scale, the share of the
question that is answered, rare words weighing more: who only declares is found, who only answers too.
The vocabulary widens a question: an acronym or a synonym of an expertise stands for it. A word that nobody carries
is taken for a typing error and compared by its groups of three letters. Accents and endings do not count.
Decision 0023 has the model, its sources and its measures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from annuaire.declare import declared
from annuaire.models import Agent, Expertise
from annuaire.preuves import recherche as preuves
from annuaire.preuves.frequences import Frequences, frequencies, rarity
from annuaire.preuves.recherche import Terme
from annuaire.question import (
    MAX_WORDS,
    Mot,
    Reconnue,
    cleaned,
    recognise,
    understand,
    words_of,
)
from annuaire.raisons import explain
from plateforme.socle.recherche import quoted_lexeme

__all__ = ["Classement", "Mot", "Parmi", "Reconnue", "Resultat", "rank_agents", "search_agents", "understand"]

# Below, two words are different words: "urbanisme" and "urbanime" give 0.64.
CLOSE_ENOUGH = 0.5
# What words found by their likeness are worth, beside words found as they are.
CLOSE_WORTH = 0.5
# Questions of more words than this are no longer compared by groups of letters.
FEW_WORDS = 6
# Profiles: weights of the presentation (D), of missions (C), of fonction, service and territory (B), of name and
# expertises (A).
PROFILE_WEIGHTS = "{.8,.8,.8,1}"
# Words of a long question that are looked for in profiles, shorter than what people write: the 40 of `MAX_WORDS`, and
# ten more.
PROFILE_WORDS = 50
# Between two who are worth the same: the nearest, and who is available.
NEAR, BUSY = 0.02, 0.04

# Within the transaction; NULL is back to what the site sets.
SET_PLANNER = (
    "set_config('enable_seqscan', %s, true), set_config('max_parallel_workers_per_gather', %s, true)"
)


@dataclass
class Resultat:
    """One person found: `raisons` are safe HTML sentences, the words found in bold. `relais`: nothing of theirs
    answers, they are lately active and may know who does."""

    agent: Agent
    score: float
    raisons: list[SafeString] = field(default_factory=list)
    relais: bool = False


@dataclass(frozen=True)
class Parmi:
    """Some of the agents of the State: a SQL condition on `a`, a row of `annuaire_agent`, and its parameters. `part`:
    the share of those who answer that they are thought to be, 0 when nothing is known of it."""

    condition: str
    valeurs: list[Any]
    part: float = 0.0


@dataclass(frozen=True)
class Classement:
    """What a question finds: (id, score), best first, then those who may know who knows; and how it was read. `total`:
    how many are found, with those beyond the limit."""

    trouves: list[tuple[int, float]]
    total: int = 0
    relais: list[tuple[int, float]] = field(default_factory=list)
    mots: list[Mot] = field(default_factory=list)
    termes: list[Terme] = field(default_factory=list)
    reconnues: list[Reconnue] = field(default_factory=list)


def search_agents(
    agent: Agent,
    question: str,
    *,
    territoire: str = "",
    limit: int = 20,
    expertises: Iterable[Expertise] = (),
    parmi: "QuerySet[Agent] | Parmi | None" = None,
    part: float = 0.0,
    relais: int = 0,
    quand: datetime | None = None,
) -> list[Resultat]:
    """The people who best answer `question`, best first, with the reasons; as `rank_agents`.

    `part`: leave out who is worth less than this part of the best. Fewer than twenty queries, whatever the number
    of results.
    """
    ranked = rank_agents(
        agent,
        question,
        territoire=territoire,
        limit=limit,
        expertises=expertises,
        parmi=parmi,
        relais=relais,
        quand=quand,
    )
    best = ranked.trouves[0][1] if ranked.trouves else 0.0
    kept = [(pk, score) for pk, score in ranked.trouves if score >= best * part]
    people = (
        Agent.objects.with_place()
        .prefetch_related("declarations__expertise")
        .in_bulk([pk for pk, _ in (*kept, *ranked.relais)])
    )
    results = [Resultat(people[pk], score) for pk, score in kept if pk in people]
    results += [
        Resultat(people[pk], score, relais=True)
        for pk, score in ranked.relais
        if pk in people and score >= -1 / (1 + preuves.LATELY)
    ]
    explain(agent, results, ranked.mots, ranked.termes, ranked.reconnues)
    return results


def rank_agents(
    agent: Agent,
    question: str,
    *,
    territoire: str = "",
    limit: int = 20,
    expertises: Iterable[Expertise] = (),
    parmi: "QuerySet[Agent] | Parmi | None" = None,
    relais: int = 0,
    quand: datetime | None = None,
) -> Classement:
    """The ranking alone: who answers `question` among those `agent` may see, themselves excepted.

    `territoire`: code of a département or of a région (which takes its départements in). `expertises`: those that
    the question is known to be about, whatever its words. `parmi`: look only among these people; the caller has
    checked that `agent` may know of them: with a queryset, outside partners included. `relais`: when fewer than `limit` answer, add
    up to this many people lately active, who may know who does. `quand`: as if it were asked then. An empty question
    gives nobody. At most twelve queries. The order depends on no id: who is worth the same is ordered by a draw that
    each question makes anew, and that is always the same for the same question.
    """
    question = cleaned(question)
    words = words_of(question)
    if not words:
        return Classement([])
    recognised = recognise(question)
    named = {item.expertise.pk for item in recognised}
    recognised += [Reconnue(item, item.libelle) for item in expertises if item.pk not in named]
    counts = frequencies(
        [word.racine for word in words] + [preuves.expertise_lexeme(item.expertise.pk) for item in recognised]
    )
    words = _most_telling(agent, words, counts)
    terms = preuves.terms_of(
        [word.racine for word in words[:MAX_WORDS]]
        + [preuves.expertise_lexeme(item.expertise.pk) for item in recognised],
        counts,
    )
    scope = _scope(agent, territoire, parmi)
    among = _only_if_narrow(scope, territoire, parmi)
    quand = quand or timezone.now()
    found, total = _found(agent, question, words, terms, recognised, counts, scope, among, quand, limit)
    missing = _missing(agent, words, recognised) if len(words) <= FEW_WORDS else []
    if missing:
        total -= len(found)
        _add_close(found, missing, _share(missing, words, counts), scope, limit)
        total += len(found)
    best = sorted(found.items(), key=lambda row: -row[1])[:limit]
    room = min(relais, limit - len(best))
    others = preuves.lately_active(agent, scope, [pk for pk, _ in best], quand, room) if room > 0 else []
    relays = [(pk, -1 / (1 + active)) for pk, active in others]
    return Classement(best, total, relays, words, terms, recognised)


def _most_telling(agent: Agent, words: list[Mot], counts: Frequences) -> list[Mot]:
    """The rarest words, in order. Of a long question, those that nobody carries are left out: they find nobody. One
    query, for long questions."""
    known = [word for word in words if word.racine in counts.mots]
    unknown = [word for word in words if word.racine not in counts.mots]
    known.sort(key=lambda word: sum(counts.mots[word.racine]))
    if len(words) <= MAX_WORDS:
        return known + unknown
    # What one person or one piece holds alone is not counted: it is as rare as can be, or new.
    alone = preuves.carried(agent, [quoted_lexeme(word.racine) for word in unknown])
    kept = [*(word for word, found in zip(unknown, alone, strict=True) if found), *known][:PROFILE_WORDS]
    return kept or unknown[:1]


Scope = tuple[str, list[Any]]


def _scope(agent: Agent, territoire: str, parmi: "QuerySet[Agent] | Parmi | None") -> Scope:
    """The condition on who may be found, as SQL on `a`."""
    clauses = ["a.is_active", "a.id <> %s"]
    parameters: list[Any] = [agent.pk]
    if parmi is None:
        clauses.append("NOT a.partenaire")
    elif isinstance(parmi, Parmi):
        clauses += ["NOT a.partenaire", f"({parmi.condition})"]
        parameters += parmi.valeurs
    else:
        sql, values = parmi.order_by().values("pk").query.sql_with_params()
        clauses.append(f"a.id IN ({sql})")
        parameters += values
    if territoire:
        clauses.append(
            "a.territoire_id IN (SELECT code FROM annuaire_territoire WHERE code = %s OR parent_id = %s)"
        )
        parameters += [territoire, territoire]
    return " AND ".join(clauses), parameters


def _only_if_narrow(
    scope: Scope, territoire: str, parmi: "QuerySet[Agent] | Parmi | None"
) -> preuves.Seulement | None:
    """The people that evidence is looked for of, when they are not nearly everybody."""
    if parmi is None and not territoire:
        return None
    return preuves.Seulement(*scope, parmi.part if isinstance(parmi, Parmi) else 0.0)


def _found(
    agent: Agent,
    question: str,
    words: Sequence[Mot],
    terms: Sequence[Terme],
    recognised: Sequence[Reconnue],
    counts: Frequences,
    scope: Scope,
    among: preuves.Seulement | None,
    quand: datetime,
    limit: int,
) -> tuple[dict[int, float], int]:
    """By stems, declared expertises and evidence: id → score, best first, and how many there are in all."""
    evidence, evidence_values = preuves.voices(agent, terms, counts.preuves, among, quand)
    own = sorted(
        (
            Terme(word.racine, count, rarity(counts.profils, count))
            for word, count in ((word, counts.in_profiles(word.racine)) for word in words)
        ),
        key=lambda term: (term.nombre, term.lexeme),
    )
    note, note_values = preuves.note_of(own, "a.recherche", PROFILE_WEIGHTS)
    query = preuves.narrowed(own, counts.profils).requete
    condition, values = scope
    named, named_values = declared(_shares(own, recognised), quand)
    near = (
        f"CASE WHEN a.territoire_id = %s THEN float8 '{NEAR}'"  # noqa: S608
        f" WHEN a.territoire_id IN (SELECT code FROM annuaire_territoire WHERE parent_id = %s) THEN float8 '{NEAR / 2}'"
        f" ELSE 0 END - CASE a.disponibilite WHEN 'non' THEN float8 '{BUSY}' ELSE 0 END"
    )
    region = agent.territoire.parent_id if agent.territoire is not None else None
    near_values = [agent.territoire_id, region]
    sql = (
        f"WITH preuve AS MATERIALIZED ({evidence}), declare AS MATERIALIZED ({named}),"  # noqa: S608
        " autre AS MATERIALIZED (SELECT id, sum(dit) AS dit, sum(fait) AS fait FROM ("
        "  SELECT agent_id AS id, 0 AS dit, voix AS fait FROM preuve UNION ALL SELECT agent_id, note, 0 FROM declare)"
        "  AS un GROUP BY id),"
        # What decides between two who are worth the same is read along with the profile: most are found by it.
        " profil AS MATERIALIZED ("
        f" SELECT a.id, {_joined(f'{note} + coalesce(autre.dit, 0)', 'coalesce(autre.fait, 0)')} + {near} AS score,"
        "   a.identifiant"
        "   FROM annuaire_agent a LEFT JOIN autre USING (id)"
        f"  WHERE a.recherche @@ %s::tsquery AND {condition}),"
        " trouve AS (SELECT id, score, identifiant FROM profil"
        f"  UNION ALL SELECT a.id, {_joined('autre.dit', 'autre.fait')} + {near}, a.identifiant"
        "   FROM autre JOIN annuaire_agent a USING (id)"
        f"  WHERE NOT EXISTS (SELECT 1 FROM profil WHERE profil.id = autre.id) AND {condition})"
        # A hash of the name, other for each question: cheaper than a digest, for each of twenty thousand rows.
        " SELECT id, score, (SELECT count(*) FROM trouve) FROM trouve"
        " ORDER BY score DESC, hashtextextended(identifiant, hashtextextended(%s, 0)) LIMIT %s"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # What it costs to read a vector kept aside, the planner does not know: it would rather read them all. And
        # starting processes takes longer than what they would save.
        cursor.execute(f"SELECT {SET_PLANNER}", ["off", "0"])
        cursor.execute(
            sql,
            [
                *evidence_values, *named_values, *note_values, *near_values, query, *values,
                *near_values, *values, question, limit,
            ],
        )  # fmt: skip
        rows = cursor.fetchall()
        # In a transaction of the caller's, the rest of it is planned as ever.
        cursor.execute(f"SELECT {SET_PLANNER}", [None, None])
    return {pk: float(score) for pk, score, _ in rows}, rows[0][2] if rows else 0


def _joined(said: str, done: str) -> str:
    """SQL of what one declares with what one did: more than either, less than their sum, for they often say the same."""
    return f"sqrt(({said}) ^ float8 '2' + ({done}) ^ float8 '2')"


def _shares(own: Sequence[Terme], recognised: Sequence[Reconnue]) -> dict[int, float]:
    """id of each expertise named → the share of the question that names it, less when only part of a name is typed."""
    total = sum(term.poids for term in own) or 1.0
    weights = {term.lexeme: term.poids for term in own}
    # Named by a word typed with an error; in a long question, by words too common to be looked for.
    unsaid = 1 / len(own) if len(own) <= FEW_WORDS else min(weights.values()) / total
    shares = {}
    for item in recognised:
        if item.racines is None:
            shares[item.expertise.pk] = 1.0
            continue
        if not item.racines:
            continue
        said = [stem for stem in item.racines if stem in weights]
        share = sum(weights[stem] for stem in said) / total if said else unsaid
        shares[item.expertise.pk] = share * (max(1, len(said)) / len(item.racines)) ** 0.5
    return shares


def _missing(agent: Agent, words: Sequence[Mot], recognised: Sequence[Reconnue]) -> list[Mot]:
    """The words that nobody carries, in their profile, in what `agent` may read, or through an expertise."""
    named = {stem for item in recognised for stem in item.racines or ()}
    asked = [word for word in words if word.racine not in named]
    if not asked:
        return []
    carried = preuves.carried(agent, [quoted_lexeme(word.racine) for word in asked])
    return [word for word, found in zip(asked, carried, strict=True) if not found]


def _share(some: Sequence[Mot], words: Sequence[Mot], counts: Frequences) -> float:
    """The share of the question that some of its words are."""
    weights = {word.racine: rarity(counts.profils, counts.in_profiles(word.racine)) for word in words}
    return sum(weights[word.racine] for word in some) / (sum(weights.values()) or 1.0)


def _add_close(
    found: dict[int, float], missing: Sequence[Mot], share: float, scope: Scope, limit: int
) -> None:
    """To those found, add who is only found by words like those `missing`, which are that share of the question.

    Unless these are most of the question, whoever holds the other words as they are typed passes before."""
    least = min(found.values(), default=0.0)
    for pk, score in _close(missing, scope, limit).items():
        if pk in found:
            found[pk] += share * score
        elif found and share <= 0.5:
            found[pk] = least - 1 + share * score
        else:
            found[pk] = share * score


def _close(words: Sequence[Mot], scope: Scope, limit: int) -> dict[int, float]:
    """By groups of three letters, for words typed with errors: id → score."""
    long_words = [word.forme for word in words if len(word.forme) >= 4]
    if not long_words:
        return {}
    condition, values = scope
    any_close = " OR ".join(["%s <%% a.mots"] * len(long_words))
    total = " + ".join(["word_similarity(%s, a.mots)"] * len(long_words))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(CLOSE_ENOUGH)]
        )
        cursor.execute(
            f"SELECT a.id, ({total}) / %s AS proche FROM annuaire_agent a"  # noqa: S608
            f" WHERE {condition} AND ({any_close}) ORDER BY proche DESC, hashtextextended(a.identifiant, 0) LIMIT %s",
            [*long_words, len(long_words), *values, *long_words, limit],
        )
        rows = cursor.fetchall()
    best = max((close for _, close in rows), default=0)
    return {pk: CLOSE_WORTH * float(close) for pk, close in rows if close >= max(CLOSE_ENOUGH, best * 0.8)}
