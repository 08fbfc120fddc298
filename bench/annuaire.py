"""How fast the directory's search is with 10,000 pieces of evidence, then a million.

    make bench-annuaire

Starts PostgreSQL and Redis of its own under `.local/banc`, fills two databases (1,000 agents and 10,000 pieces; 100,000
agents and 1,000,000 pieces; kept for the next time), and measures the ranking alone and the whole page, for questions of
one word and of a paragraph. Words follow Zipf's law, as those of a language do. Then one more answer is written, and
looked for in the same transaction. `--petite`: the small size only.
"""

import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.bases import open_base, run

TAILLES = {"banc_annuaire_petit": (1_000, 10_000), "banc_annuaire_grand": (100_000, 1_000_000)}
VOCABULARY, EXPERTISES, PLACES = 30_000, 300, 40
ANSWER, QUESTION, TITLE, PARAGRAPH = 60, 40, 7, 90
BATCH = 5_000
QUESTIONS, PAGES = 120, 40
# Goals: the ranking at the large size, in ms; times large to small.
GOAL_MS, GOAL_RATIO = 100, 5


def main() -> None:
    if "--mesurer" in sys.argv:
        print(json.dumps(_measure(sys.argv[-1])))
        return
    found = {}
    for name in list(TAILLES)[: 1 if "--petite" in sys.argv else None]:
        environment, _ = open_base(name, "plateforme.settings", PLATEFORME_MODE="test")
        found[name] = json.loads(run(environment, "-m", "bench.annuaire", "--mesurer", name).splitlines()[-1])
    _tell(found)


def _tell(found: dict[str, dict[str, Any]]) -> None:
    for name, rows in found.items():
        agents, pieces = TAILLES[name]
        print(f"\n{agents} agents, {pieces} preuves")
        for what, (half, most) in rows["temps"].items():
            print(f"  {what} : p50 {half:.1f} ms, p95 {most:.1f} ms")
        print(f"  une réponse de plus : écrite et comptée en {rows['ajout']:.1f} ms, dans sa transaction")
    if len(found) == 2:
        small, large = (rows["temps"] for rows in found.values())
        for what, (_, most) in large.items():
            goal = f" (but : {GOAL_MS} ms)" if what.startswith("classement") else ""
            print(
                f"{what} : p95 {most:.1f} ms{goal}, {most / small[what][1]:.1f} fois la petite (but : {GOAL_RATIO})"
            )


class Mots:
    """Made-up words that the stemmer leaves apart, the n-th most common n times rarer than the first."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        sounds = [a + b for a in "bdfglmnprtv" for b in ("a", "i", "o", "u", "an", "ou")]
        self.words = [
            "".join(parts) + "x"
            for parts in itertools.islice(itertools.product(sounds, repeat=3), VOCABULARY)
        ]
        random.Random(1).shuffle(self.words)
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def some(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def text(self, count: int) -> str:
        return " ".join(self.some(count))


def _fill(agents: int, pieces: int) -> None:
    """People with three expertises each and a presentation, evidence in open and closed communities."""
    from django.core.management import call_command
    from django.db import connection

    from annuaire.models import Agent, DeclarationExpertise, Expertise
    from annuaire.preuves.frequences import rebuild
    from communautes.models import Communaute

    call_command("migrate", verbosity=0)
    if Agent.objects.count() >= agents:
        return
    call_command("charger_referentiels", verbosity=0)
    words = Mots(2)
    chance = words.chance
    Expertise.objects.bulk_create(
        [
            Expertise(libelle=f"{words.text(2)} {number}", slug=f"banc-{number}", domaine="Banc")
            for number in range(EXPERTISES)
        ]
    )
    expertises = list(Expertise.objects.values_list("pk", flat=True))
    for first in range(0, agents, BATCH):
        people = Agent.objects.bulk_create(
            [
                Agent(
                    email=f"a{number}@banc.invalid",
                    identifiant=f"a{number}",
                    prenom="A",
                    nom=f"{words.text(1)}{number}",
                    fonction=words.text(4),
                    biographie=words.text(25),
                    password="!",
                )
                for number in range(first, min(first + BATCH, agents))
            ]
        )
        DeclarationExpertise.objects.bulk_create(
            [
                DeclarationExpertise(
                    agent=person,
                    expertise_id=pk,
                    niveau=chance.randint(1, 4),
                    depuis=chance.randint(1990, 2025),
                )
                for person in people
                for pk in chance.sample(expertises, 3)
            ]
        )
    ids = list(Agent.objects.filter(email__endswith="@banc.invalid").values_list("pk", flat=True))
    # A fifth of the communities are closed to who searches.
    places = [
        Communaute.objects.create(
            nom=f"Banc {number}",
            slug=f"banc-{number}",
            resume="Banc",
            visibilite="ouverte" if number % 5 else "restreinte",
        ).pk
        for number in range(PLACES)
    ]
    for first in range(0, pieces, BATCH):
        _write(list(_answers(words, first, min(first + BATCH, pieces), ids, places, expertises)))
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _answers(
    words: Mots, first: int, last: int, ids: list[int], places: list[int], expertises: list[int]
) -> Iterator[tuple[Any, ...]]:
    """Answers to one another's questions, some accepted; a few people write most of them."""
    chance, now = words.chance, datetime(2026, 11, 1, tzinfo=UTC)
    question, title = words.text(QUESTION), words.text(TITLE)
    for number in range(first, last):
        if number % 4 == 0:
            question, title = words.text(QUESTION), words.text(TITLE)
        yield (
            ids[int(len(ids) * chance.random() ** 3)],
            f"banc.{number}",
            f"communaute.{chance.choice(places)}",
            title,
            words.text(ANSWER),
            [chance.choice(expertises)],
            now - timedelta(days=chance.expovariate(1 / 700)),
            f"fil.{number // 4}",
            question,
            number % 4 == 0,
            int(chance.expovariate(1)),
        )


def _write(rows: list[tuple[Any, ...]]) -> None:
    from django.db import connection, transaction

    from annuaire.preuves.actions import settle_evidence

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE banc_reponse (agent_id bigint, source text, lieu text, titre text, texte text,"
                " expertises bigint[], quand timestamptz, fil text, question text, retenue boolean, utile int)"
            )
            cursor.executemany("INSERT INTO banc_reponse VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", rows)
        settle_evidence(
            [row[1] for row in rows],
            "SELECT d.agent_id, g.genre, d.source, d.lieu, d.titre, '/' AS url, d.texte, d.expertises, g.poids, d.quand,"
            " d.fil, d.question FROM banc_reponse d, LATERAL (VALUES ('reponse', 1, true), ('retenue', 1, d.retenue),"
            " ('utile', d.utile, d.utile > 0)) AS g (genre, poids, vraie) WHERE g.vraie",
            [],
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE banc_reponse")


def _measure(name: str) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateforme.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import Client

    from annuaire.models import Agent
    from annuaire.recherche import rank_agents

    _fill(*TAILLES[name])
    settings.ALLOWED_HOSTS = ["*"]
    settings.LIMITES_PAR_MINUTE = settings.LIMITES_PAR_MINUTE | {"recherche": 1_000_000}
    me = Agent.objects.order_by("pk").last()
    assert me is not None
    client = Client()
    client.force_login(me)
    words = Mots(3)
    # As many common words as rare ones: those of a search are not drawn as those of a text.
    singles = [words.words[int(VOCABULARY ** words.chance.random()) - 1] for _ in range(QUESTIONS)]
    paragraphs = [words.text(PARAGRAPH) for _ in range(QUESTIONS)]
    times = {}
    for what, questions in (("un mot", singles), ("un paragraphe", paragraphs)):
        times[f"classement, {what}"] = _times(lambda q: rank_agents(me, q, relais=5), questions)
        times[f"page, {what}"] = _times(lambda q: client.get("/annuaire/", {"q": q}), questions[:PAGES])
    with transaction.atomic():
        place = f"communaute.{_open_place()}"
        start = time.perf_counter()
        _write(
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


def _open_place() -> int:
    from communautes.models import Communaute

    return Communaute.objects.filter(visibilite="ouverte").values_list("pk", flat=True)[0]


def _times(do: Callable[[str], Any], questions: list[str]) -> tuple[float, float]:
    """Median and 95th percentile, in ms, after a first round that warms the caches."""
    for question in questions[:10]:
        do(question)
    spent = []
    for question in questions:
        start = time.perf_counter()
        do(question)
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


if __name__ == "__main__":
    main()
