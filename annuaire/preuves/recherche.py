"""What evidence adds to the expert search: who did something about these words, how much, and how to say it.

A piece of evidence answers a question when it holds most of its words, or when its sujet carries an expertise that
the question names. Only what the person who searches may read counts, for the score as for the sentence: what they
cannot see changes neither the order nor the number of results.

Each kind counts by its logarithm, and the sum levels off: the fiftieth answer adds next to nothing, so whoever writes
most does not drown whoever knows.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from annuaire.models import Agent
from annuaire.preuves.access import places_clause
from plateforme.socle.recherche import quoted_lexeme

# The latest pieces that answer a question: what bounds the search whatever the forum's size.
MAX_PREUVES = 3000
MAX_WORDS = 6
MOST = 0.6
# What the logarithm of the count of each kind weighs.
POIDS = {"reponse": 0.2, "retenue": 0.9, "utile": 0.5, "merci": 0.2, "retour": 0.7, "faq": 0.8}
# The most that evidence adds to a score, whoever has a thousand pieces.
GAIN_MAX = 3.0


def matching(agent: Agent, stems: Sequence[str], expertises: Sequence[int]) -> tuple[str, list[Any]]:
    """SQL of the latest evidence (id, agent_id, source, genre, poids, quand) that answers a question and that
    `agent` may see, with its parameters. `stems` are the question's lexemes, at least one."""
    places, values = places_clause(agent)
    sql = (
        "SELECT p.id, p.agent_id, p.source, p.genre, p.poids, p.quand FROM preuves_preuve p"  # noqa: S608
        f" WHERE (p.recherche @@ %s::tsquery OR p.expertises && %s::bigint[]) AND {places}"
        " ORDER BY p.quand DESC, p.id DESC LIMIT %s"
    )
    return sql, [most_of(stems), list(expertises), *values, MAX_PREUVES]


def most_of(stems: Sequence[str]) -> str:
    """The `tsquery` of texts that hold most of these words: all of one or two, two of three, four of six."""
    words = [quoted_lexeme(stem) for stem in stems[:MAX_WORDS]]
    needed = len(words) if len(words) < 3 else math.ceil(MOST * len(words))
    return " | ".join(f"({' & '.join(group)})" for group in combinations(words, needed))


def gains(agent: Agent, stems: Sequence[str], expertises: Sequence[int]) -> tuple[str, list[Any]]:
    """SQL of (agent_id, gain, part): what each person's evidence adds to their score, at most `GAIN_MAX`, and the
    share of the question that their evidence covers."""
    found, values = matching(agent, stems, expertises)
    weights = " ".join(f"WHEN '{genre}' THEN {weight}" for genre, weight in POIDS.items())
    sql = (
        f"SELECT agent_id, {GAIN_MAX} * (1 - exp(-sum(valeur) / {GAIN_MAX})) AS gain, {MOST} AS part FROM"  # noqa: S608
        f" (SELECT agent_id, CASE genre {weights} ELSE 0 END * ln(1 + sum(poids)) AS valeur"
        f" FROM ({found}) AS trouvee GROUP BY agent_id, genre) AS par_genre GROUP BY agent_id"
    )
    return sql, values


def reasons(
    agent: Agent, people: Sequence[Agent], question: str, stems: Sequence[str], expertises: Sequence[int]
) -> dict[int, SafeString]:
    """For each of `people` with evidence that answers: « 3 réponses, dont 1 retenue, sur « busage » », with a link
    to the contribution, or to the list of them. One query."""
    found, values = matching(agent, stems, expertises)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.agent_id, t.genre, count(*), sum(t.poids), array_agg(DISTINCT t.source), min(p.url)"  # noqa: S608
            f" FROM ({found}) AS t JOIN preuves_preuve p ON p.id = t.id"
            " WHERE t.agent_id = ANY(%s) GROUP BY t.agent_id, t.genre",
            [*values, [person.pk for person in people]],
        )
        rows = cursor.fetchall()
    by_person: dict[int, dict[str, tuple[int, int]]] = {}
    sources: dict[int, dict[str, str]] = {}
    for pk, genre, number, weight, names, url in rows:
        by_person.setdefault(pk, {})[genre] = (int(number), int(weight))
        sources.setdefault(pk, {}).update(dict.fromkeys(names, url))
    handles = {person.pk: person.identifiant for person in people}
    return {pk: _sentence(kinds, sources[pk], handles[pk], question) for pk, kinds in by_person.items()}


def _sentence(
    kinds: dict[str, tuple[int, int]], sources: dict[str, str], handle: str, question: str
) -> SafeString:
    counts = {genre: number for genre, (number, _) in kinds.items()}
    parts = []
    if counts.get("reponse"):
        parts.append(_plural(counts["reponse"], "réponse", "réponses"))
        if counts.get("retenue"):
            parts.append(f"dont {_plural(counts['retenue'], 'retenue', 'retenues')}")
    if counts.get("retour"):
        parts.append(_plural(counts["retour"], "retour d’expérience", "retours d’expérience"))
    if not parts:
        parts.append(_plural(len(sources), "contribution", "contributions"))
    if counts.get("faq"):
        parts.append(f"{counts['faq']}\u00a0dans une foire aux questions")
    for genre, said in (("utile", "Utile"), ("merci", "Merci")):
        if genre in kinds:
            parts.append(f"«\u00a0{said}\u00a0» {kinds[genre][1]}\u00a0fois")
    if len(sources) == 1:
        (address,) = sources.values()
    else:
        address = f"{reverse('annuaire:contributions', args=[handle])}?{urlencode({'q': question})}"
    subject = question if len(question) <= 60 else question[:60].rsplit(" ", 1)[0] + "…"
    said = format_html_join(", ", "{}", ((part,) for part in parts))
    return format_html('<a href="{}">{}</a> sur «\u00a0<strong>{}</strong>\u00a0»', address, said, subject)


def _plural(number: int, one: str, many: str) -> str:
    return f"{number}\u00a0{one if number < 2 else many}"
