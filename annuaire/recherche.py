"""Who knows about this, and why we think so: the directory's search.

A person is found by the words of their name, fonction, service, territory, presentation and declared expertises.
What people did counts too (`annuaire.preuves`), as far as the person who searches may read it.
The vocabulary widens a question: an acronym or a synonym of an expertise stands for it. A word that nobody carries
is taken for a typing error and compared by its groups of three letters. Accents and endings do not count.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from annuaire.models import Agent, DeclarationExpertise, Expertise
from annuaire.preuves import recherche as preuves
from plateforme.socle.recherche import quoted_lexeme

MAX_QUERY = 200
MAX_WORDS = 12
# Below, two words are different words: "urbanisme" and "urbanime" give 0.64.
CLOSE_ENOUGH = 0.5
OPEN, CLOSE = "\x02", "\x03"


@dataclass
class Resultat:
    """One person found: `raisons` are safe HTML sentences, the words found in bold."""

    agent: Agent
    score: float
    raisons: list[SafeString] = field(default_factory=list)


@dataclass(frozen=True)
class Mot:
    """A word of the question: as typed without accents, and its stem."""

    forme: str
    racine: str


@dataclass(frozen=True)
class Reconnue:
    """An expertise that the question names, and the word of the vocabulary that named it."""

    expertise: Expertise
    par: str


def search_agents(
    agent: Agent,
    question: str,
    *,
    territoire: str = "",
    limit: int = 20,
    expertises: Iterable[Expertise] = (),
    parmi: "QuerySet[Agent] | None" = None,
) -> list[Resultat]:
    """The people who best answer `question`, best first, among those `agent` may see, themselves excepted.

    `territoire`: code of a département or of a région (which takes its départements in). `expertises`: those that
    the question is known to be about, whatever its words. `parmi`: look only among these people; the caller has
    checked that `agent` may know of them, outside partners included. An empty question gives nobody. Fewer than
    ten queries whatever the number of results.
    """
    question = " ".join(question.split())[:MAX_QUERY]
    words = _words(question)
    if not words:
        return []
    recognised = _recognise(question)
    named = {item.expertise.pk for item in recognised}
    recognised += [Reconnue(item, item.libelle) for item in expertises if item.pk not in named]
    scope = _scope(agent, territoire, parmi)
    scores = _exact(agent, words, recognised, scope, limit)
    if not scores or max(cover for _, cover in scores.values()) < 1:
        for pk, found in _close(words, scope, limit).items():
            scores.setdefault(pk, found)
    best = sorted(scores.items(), key=lambda item: (-item[1][0], item[0]))[:limit]
    people = (
        Agent.objects.with_place().prefetch_related("declarations__expertise").in_bulk([pk for pk, _ in best])
    )
    results = [Resultat(people[pk], score) for pk, (score, _) in best if pk in people]
    _explain(agent, question, results, words, recognised)
    return results


def understand(text: str) -> tuple[list[Mot], list[Reconnue]]:
    """The words of `text` that mean something, and the expertises it names. Three queries."""
    text = " ".join(text.split())[:MAX_QUERY]
    words = _words(text)
    return words, _recognise(text) if words else []


def _words(question: str) -> list[Mot]:
    """The words of the question that mean something, with the stems that the database gives them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.forme, (tsvector_to_array(fr_vecteur(m.forme)))[1] FROM"
            " (SELECT DISTINCT ON (forme) forme, rang FROM"
            " regexp_split_to_table(sans_accent(%s), '[^[:alnum:]]+') WITH ORDINALITY AS t(forme, rang)"
            " ORDER BY forme, rang) AS m ORDER BY m.rang",
            [question],
        )
        return [Mot(forme, racine) for forme, racine in cursor.fetchall() if racine][:MAX_WORDS]


def _recognise(question: str) -> list[Reconnue]:
    """The expertises that the question names by their label, a synonym or an acronym, typing errors forgiven."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH terme AS (SELECT e.id, e.libelle, t.mot, sans_accent(t.mot) AS nu FROM annuaire_expertise e,"
            " unnest(e.libelle || e.synonymes) AS t(mot)), q AS (SELECT sans_accent(%s) AS nu)"
            " SELECT DISTINCT ON (terme.id) terme.id, terme.mot,"
            "  CASE WHEN ' ' || regexp_replace(q.nu, '[^[:alnum:]]+', ' ', 'g') || ' ' LIKE"
            "   '%% ' || regexp_replace(terme.nu, '[^[:alnum:]]+', ' ', 'g') || ' %%' THEN 2"
            "  ELSE word_similarity(terme.nu, q.nu) END AS force"
            " FROM terme, q WHERE ' ' || regexp_replace(q.nu, '[^[:alnum:]]+', ' ', 'g') || ' ' LIKE"
            "  '%% ' || regexp_replace(terme.nu, '[^[:alnum:]]+', ' ', 'g') || ' %%'"
            " OR (length(terme.nu) >= 6 AND word_similarity(terme.nu, q.nu) >= 0.7)"
            " OR (length(q.nu) >= 5 AND fr_vecteur(q.nu) <> '' AND fr_vecteur(terme.nu) @@"
            "  plainto_tsquery('simple', array_to_string(tsvector_to_array(fr_vecteur(q.nu)), ' ')))"
            " ORDER BY terme.id, force DESC, length(terme.mot)",
            [question],
        )
        found = {pk: word for pk, word, _ in cursor.fetchall()}
    return [Reconnue(expertise, found[expertise.pk]) for expertise in Expertise.objects.filter(pk__in=found)]


Scope = tuple[str, list[object]]


def _scope(agent: Agent, territoire: str, parmi: "QuerySet[Agent] | None") -> Scope:
    """The condition on who may be found, as SQL on `a`."""
    clauses = ["a.is_active", "a.id <> %s"]
    parameters: list[object] = [agent.pk]
    if parmi is None:
        clauses.append("NOT a.partenaire")
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


def _exact(
    agent: Agent, words: list[Mot], recognised: list[Reconnue], scope: Scope, limit: int
) -> dict[int, tuple[float, float]]:
    """By stems, declared expertises and evidence: id → (score, share of the words found)."""
    stems = [word.racine for word in words]
    query = " | ".join(quoted_lexeme(stem) for stem in stems)
    ids = [item.expertise.pk for item in recognised]
    condition, values = scope
    cover = " + ".join(["(a.recherche @@ %s::tsquery)::int"] * len(stems))
    evidence, evidence_values = preuves.gains(agent, stems, ids)
    sql = (
        "WITH declare AS (SELECT agent_id, max(niveau) AS niveau FROM annuaire_declarationexpertise"  # noqa: S608
        " WHERE expertise_id = ANY(%s) GROUP BY agent_id),"
        f" preuve AS MATERIALIZED ({evidence}),"
        " candidat AS (SELECT id FROM annuaire_agent WHERE recherche @@ %s::tsquery"
        " UNION SELECT agent_id FROM declare UNION SELECT agent_id FROM preuve),"
        f" note AS (SELECT a.id, ({cover})::float / %s AS part, d.niveau,"
        " ts_rank_cd(a.recherche, %s::tsquery, 1) AS rang,"
        " CASE WHEN a.territoire_id = %s THEN 2 WHEN t.parent_id = %s THEN 1 ELSE 0 END AS pres,"
        " a.disponibilite, coalesce(e.gain, 0) AS gain, coalesce(e.part, 0) AS part_preuve"
        " FROM candidat c JOIN annuaire_agent a ON a.id = c.id"
        " LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id"
        " LEFT JOIN preuve e ON e.agent_id = a.id"
        f" LEFT JOIN declare d ON d.agent_id = a.id WHERE {condition})"
        " SELECT id, greatest(4 * part, 5 * part_preuve) + gain + CASE WHEN niveau IS NULL THEN 0 ELSE 2 + 0.4 * niveau END + least(rang, 1)"
        " + 0.3 * pres - CASE disponibilite WHEN 'non' THEN 0.5 ELSE 0 END AS score,"
        " CASE WHEN niveau IS NULL THEN greatest(part, part_preuve) ELSE 1 END FROM note"
        " ORDER BY score DESC, id LIMIT %s"
    )
    region = agent.territoire.parent_id if agent.territoire is not None else None
    parameters = [
        ids, *evidence_values, query, *[quoted_lexeme(stem) for stem in stems], len(stems), query, agent.territoire_id, region,
        *values, limit * 2,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    best = max((cover for _, _, cover in rows), default=0)
    # Once somebody answers the whole question, those who share one word of it are noise.
    return {pk: (float(score), float(part)) for pk, score, part in rows if part >= best * 0.6}


def _close(words: list[Mot], scope: Scope, limit: int) -> dict[int, tuple[float, float]]:
    """By groups of three letters, for words typed with errors: id → (score, share of the words found)."""
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
            f" WHERE {condition} AND ({any_close}) ORDER BY proche DESC, a.id LIMIT %s",
            [*long_words, len(long_words), *values, *long_words, limit],
        )
        rows = cursor.fetchall()
    best = max((close for _, close in rows), default=0)
    return {
        pk: (3.5 * float(close), float(close)) for pk, close in rows if close >= max(CLOSE_ENOUGH, best * 0.8)
    }


def _explain(
    agent: Agent, question: str, results: list[Resultat], words: list[Mot], recognised: list[Reconnue]
) -> None:
    """Say of each result why it is there, in at most three queries."""
    if not results:
        return
    by_expertise = {item.expertise.pk: item for item in recognised}
    proved = preuves.reasons(
        agent,
        [result.agent for result in results],
        question,
        [word.racine for word in words],
        list(by_expertise),
    )
    headlines = _headlines([result.agent.pk for result in results], words)
    for result in results:
        for declared in sorted(result.agent.declarations.all(), key=lambda row: -row.niveau):
            item = by_expertise.get(declared.expertise_id)
            if item is not None:
                result.raisons.append(_declared(declared, item))
        if result.agent.pk in proved:
            result.raisons.insert(1, proved[result.agent.pk])
        for label, text in headlines.get(result.agent.pk, []):
            if label == "Expertise" and any(
                row.expertise_id in by_expertise for row in result.agent.declarations.all()
            ):
                continue
            result.raisons.append(format_html("{}\u00a0: {}", label, _bold(text)))
        if not result.raisons:
            result.raisons.append(_near(result.agent, words))
        result.raisons = result.raisons[:4]


def _declared(declared: DeclarationExpertise, item: Reconnue) -> SafeString:
    sentence = format_html(
        "Déclare <strong>{}</strong>, niveau {}",
        declared.expertise.libelle,
        declared.get_niveau_display().lower(),
    )
    if declared.depuis:
        sentence = format_html("{}, depuis {}", sentence, declared.depuis)
    if item.par != item.expertise.libelle:
        sentence = format_html("{} (pour «\u00a0{}\u00a0»)", sentence, item.par)
    return sentence


def _headlines(ids: list[int], words: list[Mot]) -> dict[int, list[tuple[str, str]]]:
    """For each person, the fields in which the words stand: (label, text with marks around the words)."""
    query = " | ".join(quoted_lexeme(word.racine) for word in words)
    options = f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=24, MinWords=8, HighlightAll=false"
    whole = f"StartSel={OPEN}, StopSel={CLOSE}, HighlightAll=true"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, champ.libelle, ts_headline('public.fr', champ.texte, %s::tsquery,"
            " CASE WHEN champ.long THEN %s ELSE %s END)"
            " FROM annuaire_agent a LEFT JOIN annuaire_service s ON s.id = a.service_id"
            " LEFT JOIN annuaire_typeservice ts ON ts.id = s.type_id"
            " LEFT JOIN annuaire_territoire t ON t.code = a.territoire_id,"
            " LATERAL (VALUES (1, 'Nom', a.prenom || ' ' || a.nom, false), (2, 'Fonction', a.fonction, false),"
            "  (3, 'Service', concat_ws(' – ', s.nom, ts.nom, s.ville), false), (4, 'Territoire', t.nom, false),"
            "  (5, 'Expertise', (SELECT string_agg(e.libelle, ', ') FROM annuaire_declarationexpertise d"
            "   JOIN annuaire_expertise e ON e.id = d.expertise_id WHERE d.agent_id = a.id), false),"
            "  (6, 'Présentation', a.biographie, true)) AS champ(rang, libelle, texte, long)"
            " WHERE a.id = ANY(%s) AND fr_vecteur(champ.texte) @@ %s::tsquery ORDER BY a.id, champ.rang",
            [query, options, whole, ids, query],
        )
        found: dict[int, list[tuple[str, str]]] = {}
        for pk, label, text in cursor.fetchall():
            found.setdefault(pk, []).append((label, text))
        return found


def _near(agent: Agent, words: list[Mot]) -> SafeString:
    """The words of a person's page that resemble the question's: for what was found despite typing errors."""
    own = re.findall(
        r"\w{3,}",
        f"{agent.nom_complet} {agent.rattachement} "
        + " ".join(
            f"{row.expertise.libelle} {' '.join(row.expertise.synonymes)}" for row in agent.declarations.all()
        ),
    )
    near = []
    for word in words:
        grams = _grams(word.forme)
        best = max(own, key=lambda candidate: _likeness(grams, _grams(candidate.lower())), default="")
        if best and best not in near and _likeness(grams, _grams(best.lower())) > 0.25:
            near.append(best)
    return format_html(
        "Mots proches de votre recherche\u00a0: <strong>{}</strong>", ", ".join(near) or agent.nom_complet
    )


def _grams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[index : index + 3] for index in range(len(padded) - 2)}


def _likeness(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right)


def _bold(text: str) -> SafeString:
    escaped = str(escape(text)).replace(OPEN, "<strong>").replace(CLOSE, "</strong>")
    return mark_safe(escaped)  # noqa: S308  (escaped just above; only our own marks become tags)
