"""How good the directory's search is, on a test collection in a database of its own."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from annuaire.collections import (
    LANGUES,
    BaseRefusee,
    instant_of_query,
    load,
    own_database,
    readable_by_all,
    speak,
    words_of_profiles,
)
from annuaire.evaluation import CollectionIllisible, Profils, mean, read_judgements, read_queries
from annuaire.models import Agent
from annuaire.question import cleaned, words_of
from annuaire.recherche import rank_agents

# People ranked for a question: beyond, they change no measure that one could read.
LIMIT = 500


class Command(BaseCommand):
    help = (
        "Mesure la recherche de l’annuaire sur une collection d’essai, dans une base à part, effacée à la fin. La base "
        "du site n’est ni lue ni changée ; le compte PostgreSQL doit pouvoir créer une base."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dossier", type=Path, help="le dossier de la collection")
        parser.add_argument("--jeu", choices=("topic", "question"), required=True, help="le jeu de questions")
        parser.add_argument(
            "--langue", "--language", choices=LANGUES, default="french", help="la langue de la collection"
        )
        parser.add_argument(
            "--repere",
            action="store_true",
            help="classer, pour comparer, par une simple recherche dans les profils (BM25)",
        )
        parser.add_argument("--run", type=Path, help="où écrire le classement : question, personne, note")

    def handle(self, *args: Any, **options: Any) -> None:
        dossier, jeu = options["dossier"], options["jeu"]
        try:
            requetes, judged = read_queries(dossier, jeu), read_judgements(dossier, jeu)
            if options["run"]:
                # Before what takes minutes, rather than after it.
                options["run"].touch()
            with own_database():
                speak(options["langue"])
                people = load(dossier)
                with readable_by_all():
                    run, times = self.rank(requetes, people, repere=options["repere"])
            if options["run"]:
                self.write(options["run"], run)
            measures = mean(requetes, judged, run)
        except (CollectionIllisible, BaseRefusee) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Écriture impossible : {error}") from error
        except DatabaseError as error:
            raise CommandError(f"La base d’essai n’a pas pu servir : {error}") from error
        times.sort()
        said = " ".join(f"{name}={value:.3f}" for name, value in measures.items())
        self.stdout.write(
            f"{dossier.resolve().name} {jeu} questions={len(judged.keys() & run.keys())} {said}"
        )
        self.stdout.write(
            f"ms par question : moyenne {1000 * sum(times) / len(times):.1f}, médiane {1000 * _at(times, 0.5):.1f},"
            f" p95 {1000 * _at(times, 0.95):.1f}"
        )

    def rank(
        self, requetes: list[Any], people: dict[str, int], *, repere: bool
    ) -> tuple[dict[str, dict[str, float]], list[float]]:
        """The ranking of each question, asked by its author, else by somebody of whom nothing is known."""
        names = {pk: name for name, pk in people.items()}
        nobody = Agent.objects.create_user("personne@evaluation.invalid", prenom="", nom="")
        authors = Agent.objects.in_bulk([people[r.auteur] for r in requetes if r.auteur in people])
        profils = Profils(words_of_profiles(names)) if repere else None
        run, times = {}, []
        for requete in requetes:
            asker = authors.get(people.get(requete.auteur or "", 0), nobody)
            try:
                quand = instant_of_query(requete.jour) if requete.jour else timezone.now()
            except ValueError as error:
                raise CollectionIllisible(f"La date « {requete.jour} » est illisible.") from error
            start = time.perf_counter()
            if profils:
                run[requete.pk] = profils.scores(
                    [word.racine for word in words_of(cleaned(requete.question))]
                )
                times.append(time.perf_counter() - start)
                continue
            ranked = rank_agents(asker, requete.question, limit=LIMIT, relais=LIMIT, quand=quand)
            times.append(time.perf_counter() - start)
            run[requete.pk] = {
                names[pk]: score for pk, score in (*ranked.trouves, *ranked.relais) if pk in names
            }
        return run, times

    def write(self, path: Path, run: dict[str, dict[str, float]]) -> None:
        """With every digit: rounded, people hardly active would be worth the same, and be ordered by name."""
        with path.open("w", encoding="utf8") as out:
            for query, scores in run.items():
                for person, score in scores.items():
                    out.write(f"{query}\t{person}\t{score!r}\n")


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
