"""How fast the directory's search is with 10,000 pieces of evidence, then a million.

    make bench-annuaire

Starts PostgreSQL and Redis of its own under `.local/banc`, fills two databases (1,000 agents and 10,000 pieces; 100,000
agents and 1,000,000 pieces; kept for the next time), and measures the ranking alone and the whole page, for questions of
one word and of a paragraph. Then one more answer is written, and looked for in the same transaction. Two times are
told: what one waits, and what the processors spent on it (this process and PostgreSQL's), which others at work on the
machine hardly change. `--petite`: the small size only; `--remplir`: fill, measure nothing.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.annuaire_base import VOCABULARY, Mots, fill, write
from bench.bases import open_base, run

TAILLES = {"banc_annuaire_petit": (1_000, 10_000), "banc_annuaire_grand": (100_000, 1_000_000)}
PARAGRAPH = 90
QUESTIONS, PAGES = 100, 40
# Goals: the ranking at the large size, in ms; times large to small.
GOAL_MS, GOAL_RATIO = 100, 5


def main() -> None:
    if "--base" in sys.argv:
        print(json.dumps(_measure(sys.argv[-1], "--remplir" in sys.argv)))
        return
    found = {}
    for name in list(TAILLES)[: 1 if "--petite" in sys.argv else None]:
        environment, _ = open_base(name, "plateforme.settings", PLATEFORME_MODE="test", LOG_LEVEL="ERROR")
        said = run(environment, "-m", "bench.annuaire", *sys.argv[1:], "--base", name)
        found[name] = json.loads(said.splitlines()[-1])
    if "--remplir" not in sys.argv:
        _tell(found)


def _tell(found: dict[str, dict[str, Any]]) -> None:
    for name, rows in found.items():
        agents, pieces = TAILLES[name]
        print(f"\n{agents} agents, {pieces} preuves")
        for what, (half, most, half_spent, most_spent) in rows["temps"].items():
            print(
                f"  {what} : p50 {half:.1f} ms, p95 {most:.1f} ms ; calcul seul : p50 {half_spent:.1f} ms, p95 {most_spent:.1f} ms"
            )
        print(f"  une réponse de plus : écrite et comptée en {rows['ajout']:.1f} ms, dans sa transaction")
    if len(found) == 2:
        small, large = (rows["temps"] for rows in found.values())
        for what, (_, most, _, spent) in large.items():
            goal = f" (but : {GOAL_MS} ms)" if what.startswith("classement") else ""
            print(
                f"{what} : p95 {most:.1f} ms{goal}, {most / small[what][1]:.1f} fois la petite, calcul seul"
                f" {spent / small[what][3]:.1f} fois (but : {GOAL_RATIO})"
            )


def _measure(name: str, only_fill: bool) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import Client

    from annuaire.models import Agent
    from annuaire.recherche import rank_agents
    from annuaire.trouver.moteur import MAX

    fill(*TAILLES[name])
    if only_fill:
        return {}
    settings.ALLOWED_HOSTS = ["*"]
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"recherche": 1_000_000}
    me = Agent.objects.order_by("pk").last()
    assert me is not None
    client = Client()
    client.force_login(me)
    singles, paragraphs = _questions(Mots(3))
    # Other questions first: those of a site that has answered some, its pages in memory.
    for question in (one for kind in _questions(Mots(4)) for one in kind):
        rank_agents(me, question, limit=MAX + 1, relais=5)
    times = {}
    for what, questions in (("un mot", singles), ("un paragraphe", paragraphs)):
        times[f"classement, {what}"] = _times(
            lambda q: rank_agents(me, q, limit=MAX + 1, relais=5), questions
        )
        times[f"page, {what}"] = _times(lambda q: client.get("/annuaire/", {"q": q}), questions[:PAGES])
        times[f"page avec filtres, {what}"] = _times(
            lambda q: client.get("/annuaire/", {"q": q, "type": "DDT", "disponibilite": "oui"}),
            questions[:PAGES],
        )
    with transaction.atomic():
        place = f"communaute.{_open_place()}"
        start = time.perf_counter()
        write(
            [
                (
                    me.pk,
                    "banc.neuve",
                    place,
                    "neuve",
                    "xylopatate",
                    [],
                    datetime.now(UTC),
                    "fil.neuf",
                    "",
                    True,
                    0,
                )
            ]
        )
        other = Agent.objects.order_by("pk").first()
        assert other is not None
        assert [pk for pk, _ in rank_agents(other, "xylopatate").trouves] == [me.pk]
        added = 1000 * (time.perf_counter() - start)
        transaction.set_rollback(True)
    connection.close()
    return {"temps": times, "ajout": added}


def _questions(words: Mots) -> tuple[list[str], list[str]]:
    """Of one word, and of a paragraph. As many common words as rare ones: those of a search are not drawn as those of a
    text."""
    singles = [words.words[int(VOCABULARY ** words.chance.random()) - 1] for _ in range(QUESTIONS)]
    return singles, [words.text(PARAGRAPH) for _ in range(QUESTIONS)]


def _open_place() -> int:
    from communautes.models import Communaute

    return Communaute.objects.filter(visibilite="ouverte").values_list("pk", flat=True)[0]


def _times(do: Callable[[str], Any], questions: list[str]) -> tuple[float, float, float, float]:
    """Median and 95th percentile, in ms, of what one waits then of what is computed, after a round that warms the caches."""
    from django.db import connection

    for question in questions[:10]:
        do(question)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = f"/proc/{cursor.fetchone()[0]}/schedstat"
    waited, spent = [], []
    for question in questions:
        start, computed = time.perf_counter(), _computed(server)
        do(question)
        waited.append(1000 * (time.perf_counter() - start))
        spent.append(1000 * (_computed(server) - computed))
    return (*_half_and_most(waited), *_half_and_most(spent))


def _half_and_most(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def _computed(server: str) -> float:
    """Seconds that the processors gave to this process and to the connection's on the server."""
    return time.process_time() + int(Path(server).read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
