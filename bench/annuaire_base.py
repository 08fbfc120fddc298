"""The databases in which the directory's search is measured: people, what they declare, and what they answered.

Words are made up; how many texts hold the n-th most common is as in the four test collections of the ranking, stop
words left out: four in ten for the first, one in ten for the hundredth. Rows go in by COPY, then are composed and
settled by the site's own functions, with the indexes aside.
"""

import itertools
import random
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

VOCABULARY, COMMON = 30_000, 30
EXPERTISES, PLACES = 300, 40
ANSWER, QUESTION, TITLE = 60, 40, 7
BATCH = 20_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
# Of a base filled to the end by what stands here: to be raised when that changes.
FILLED = "banc de l’annuaire, 3"
SEARCHED = {
    "annuaire_agent": ("agent_recherche", "agent_mots", "agent_nom_debut"),
    "preuves_preuve": ("preuve_mots", "preuve_quand", "preuve_agent", "preuve_activite"),
}


class Mots:
    """Made-up words that the stemmer leaves apart, the n-th most common about n times rarer than the first."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        sounds = [a + b for a in "bdfglmnprtv" for b in ("a", "i", "o", "u", "an", "ou")]
        self.words = [
            "".join(parts) + "x"
            for parts in itertools.islice(itertools.product(sounds, repeat=3), VOCABULARY)
        ]
        random.Random(1).shuffle(self.words)
        self.weights = list(itertools.accumulate(1 / (rank + COMMON) for rank in range(VOCABULARY)))

    def text(self, count: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=count))


def fill(agents: int, pieces: int) -> None:
    """Make the base whole, unless it is; half filled, it is emptied first. Says on the error output how far it is."""
    from django.core.management import call_command
    from django.db import connection

    from annuaire.preuves.frequences import rebuild

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        if cursor.fetchone()[0] == FILLED:
            return
        cursor.execute("TRUNCATE annuaire_agent, annuaire_expertise, communautes_communaute CASCADE")
    call_command("charger_referentiels", verbosity=0)
    words = Mots(2)
    expertises = _expertises(words)
    people = _people(words, agents, expertises)
    _recommendations(words, people, expertises)
    _evidence(pieces, people, _places(), expertises)
    _say("fréquences des mots")
    rebuild()
    _say("statistiques de PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f'COMMENT ON DATABASE "{connection.settings_dict["NAME"]}" IS %s', [FILLED])
    _say("base prête")


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def _expertises(words: Mots) -> list[int]:
    from annuaire.models import Expertise

    Expertise.objects.bulk_create(
        Expertise(libelle=f"{words.text(2)} {number}", slug=f"banc-{number}", domaine="Banc")
        for number in range(EXPERTISES)
    )
    return list(Expertise.objects.filter(domaine="Banc").order_by("pk").values_list("pk", flat=True))


def _people(words: Mots, count: int, expertises: list[int]) -> list[int]:
    """With a place, a presentation, three expertises, and of every other one two missions."""
    from django.db import connection

    from annuaire.models import Agent, Service, Territoire, TypeService
    from plateforme.demo.volume import rebuilt_indexes, without_triggers

    chance = words.chance
    kinds = TypeService.objects.filter(sigle__in=("DDT", "PREF"))
    Service.objects.bulk_create(
        (
            Service(type=kind, territoire=place, nom=f"{kind.sigle} {place.code}", ville="")
            for kind in kinds
            for place in Territoire.objects.filter(genre=Territoire.Genre.DEPARTEMENT)
        ),
        ignore_conflicts=True,
    )
    services = list(Service.objects.order_by("pk").values_list("pk", "territoire_id"))
    _say(f"agents : {count}")

    def rows() -> Iterator[Sequence[Any]]:
        for number in range(count):
            service, territoire = chance.choice(services)
            yield (
                "!", False, f"a{number}@banc.invalid", f"a{number}", "A", f"{words.text(1)}{number}", words.text(4),
                service, "", territoire, False, "", words.text(25), chance.choice(("oui", "oui", "oui", "non")), True,
                False, NOW, "",
            )  # fmt: skip

    with ExitStack() as aside:
        aside.enter_context(rebuilt_indexes("annuaire_agent", SEARCHED["annuaire_agent"]))
        for table in ("annuaire_agent", "annuaire_declarationexpertise", "profils_mission"):
            aside.enter_context(without_triggers(table))
        _copy(
            "annuaire_agent (password, is_superuser, email, identifiant, prenom, nom, fonction, service_id, organisme,"
            " territoire_id, partenaire, telephone, biographie, disponibilite, is_active, is_staff, date_joined, mots)",
            rows(),
        )
        people = list(
            Agent.objects.filter(email__endswith="@banc.invalid").order_by("pk").values_list("pk", flat=True)
        )
        _copy(
            "annuaire_declarationexpertise (agent_id, expertise_id, niveau, depuis)",
            (
                (pk, expertise, chance.randint(1, 4), chance.randint(1990, 2025))
                for pk in people
                for expertise in chance.sample(expertises, 3)
            ),
        )
        _copy(
            "profils_mission (agent_id, titre, debut, precision)",
            (
                (pk, words.text(5), chance.randint(2000, 2026), words.text(8))
                for pk in people[::2]
                for _ in range(2)
            ),
        )
        for first in range(0, count, BATCH):
            with connection.cursor() as cursor:
                cursor.execute("SELECT annuaire_rafraichir(%s)", [people[first : first + BATCH]])
    return people


def _recommendations(words: Mots, people: list[int], expertises: list[int]) -> None:
    """One for two people, most of them of a few."""
    chance, count = words.chance, len(people)
    pairs = {
        (people[int(count * chance.random() ** 2)], chance.choice(people), chance.choice(expertises))
        for _ in range(count // 2)
    }
    _copy(
        "profils_recommandation (agent_id, auteur_id, expertise_id, contexte, cree_le, motif_retrait)",
        (
            (*pair, words.text(20), NOW - timedelta(days=chance.expovariate(1 / 500)), "")
            for pair in sorted(pairs)
            if pair[0] != pair[1]
        ),
    )


def _places() -> list[int]:
    """A fifth of the communities are closed to who searches."""
    from communautes.models import Communaute

    return [
        Communaute.objects.create(
            nom=f"Banc {number}",
            slug=f"banc-{number}",
            resume="Banc",
            visibilite=Communaute.Visibilite.OUVERTE if number % 5 else Communaute.Visibilite.PRIVEE,
        ).pk
        for number in range(PLACES)
    ]


def _evidence(pieces: int, people: list[int], places: list[int], expertises: list[int]) -> None:
    """By two threads: while one draws words, the database makes vectors for the other."""
    from django.db import connection

    from plateforme.demo.volume import rebuilt_indexes

    _say(f"preuves : {pieces}")
    firsts, failures = iter(range(0, pieces, BATCH)), []

    def work() -> None:
        try:
            for first in firsts:
                last = min(first + BATCH, pieces)
                write(list(_answers(Mots(first + 10), first, last, people, places, expertises)))
                if first // BATCH % 5 == 4:
                    _say(f"  preuves : {100 * last // pieces} %")
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    with rebuilt_indexes("preuves_preuve", SEARCHED["preuves_preuve"]):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        _say("index des preuves")


def _answers(
    words: Mots, first: int, last: int, people: list[int], places: list[int], expertises: list[int]
) -> Iterator[Sequence[Any]]:
    """Answers to one another's questions, some accepted; a few people write most of them."""
    chance = words.chance
    for number in range(first, last):
        if number % 4 == 0 or number == first:
            question, title = words.text(QUESTION), words.text(TITLE)
        yield (
            people[int(len(people) * chance.random() ** 3)],
            f"banc.{number}",
            f"communaute.{chance.choice(places)}",
            title,
            words.text(ANSWER),
            [chance.choice(expertises)],
            NOW - timedelta(days=chance.expovariate(1 / 700)),
            f"fil.{number // 4}",
            question,
            number % 4 == 0,
            int(chance.expovariate(1)),
        )


def write(rows: list[Sequence[Any]]) -> None:
    """Settle answers as the forum does its own, in a transaction: agent, source, place, title, text, expertises, when,
    thread, question, accepted, found useful."""
    from django.db import connection, transaction

    from annuaire.preuves.actions import settle_evidence

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE banc_reponse (agent_id bigint, source text, lieu text, titre text, texte text,"
                " expertises bigint[], quand timestamptz, fil text, question text, retenue boolean, utile int)"
            )
        _copy("banc_reponse", rows)
        settle_evidence(
            [row[1] for row in rows],
            "SELECT d.agent_id, g.genre, d.source, d.lieu, d.titre, '/' AS url, d.texte, d.expertises, g.poids, d.quand,"
            " d.fil, d.question FROM banc_reponse d, LATERAL (VALUES ('reponse', 1, true), ('retenue', 1, d.retenue),"
            " ('utile', d.utile, d.utile > 0)) AS g (genre, poids, vraie) WHERE g.vraie",
            [],
        )
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE banc_reponse")


def _copy(table: str, rows: Iterable[Sequence[Any]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
