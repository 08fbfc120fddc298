"""How good a ranking of people is: test collections as they are written, and what one measures on them.

A collection is a folder: `users.jsonl`, `documents.jsonl`, `queries_JEU.jsonl` (each perhaps compressed, `.gz`) and
`qrels_JEU.tsv`. Nothing here knows how people are ranked, nor needs a database.
"""

import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEPTH = 10
MESURES = ("MAP", "MRR", "nDCG@10", "P@5", "recall@10")


class CollectionIllisible(Exception):
    """A file of the collection is missing (`absent`) or is not what it should be: the message says which, in French."""

    def __init__(self, message: str, *, absent: bool = False) -> None:
        super().__init__(message)
        self.absent = absent


@dataclass(frozen=True)
class Requete:
    """A question of the collection. `question` is the whole of it, as somebody would type it; `jour` is ISO."""

    pk: str
    question: str
    jour: str
    auteur: str | None


def read_lines(dossier: Path, nom: str) -> Iterator[dict[str, Any]]:
    """The objects of `nom.jsonl` or `nom.jsonl.gz`; raises `CollectionIllisible`."""
    path = next((p for p in (dossier / f"{nom}.jsonl", dossier / f"{nom}.jsonl.gz") if p.is_file()), None)
    if path is None:
        raise CollectionIllisible(f"Le fichier {nom}.jsonl manque dans {dossier}.", absent=True)
    read = 0
    try:
        with (
            gzip.open(path, "rt", encoding="utf8")
            if path.suffix == ".gz"
            else path.open(encoding="utf8") as lines
        ):
            for line in lines:
                read += 1
                if line.strip():
                    found = json.loads(line)
                    if not isinstance(found, dict):
                        raise ValueError("not an object")
                    yield found
    except (ValueError, OSError, EOFError) as error:
        raise CollectionIllisible(f"{path.name}, après la ligne {max(0, read - 1)} : illisible.") from error


def read_queries(dossier: Path, jeu: str) -> list[Requete]:
    """The questions of a set, in the order of the file; raises `CollectionIllisible`."""
    try:
        return [
            Requete(
                str(row["id"]),
                str(row.get("long") or row["text"]),
                str(row.get("date") or ""),
                str(row["asker"]) if row.get("asker") is not None else None,
            )
            for row in read_lines(dossier, f"queries_{jeu}")
        ]
    except KeyError as error:
        raise CollectionIllisible(f"queries_{jeu}.jsonl : il manque {error} à une ligne.") from error


def read_judgements(dossier: Path, jeu: str) -> dict[str, dict[str, int]]:
    """Question → person → gain; raises `CollectionIllisible`."""
    path = dossier / f"qrels_{jeu}.tsv"
    judged: dict[str, dict[str, int]] = {}
    try:
        for line in path.read_text(encoding="utf8").splitlines():
            query, person, gain = line.split("\t")
            judged.setdefault(query, {})[person] = int(gain)
    except (OSError, ValueError) as error:
        raise CollectionIllisible(f"Le fichier {path.name} manque ou est illisible.") from error
    return judged


def order_of(scores: Mapping[str, float], auteur: str | None) -> list[str]:
    """People best first, who asks left out; equal scores in the order of their names in the collection."""
    return sorted(
        (person for person in scores if person != auteur), key=lambda person: (-scores[person], person)
    )


def measure(ranked: Sequence[str], gains: Mapping[str, int]) -> dict[str, float]:
    """The `MESURES` of one question. `gains`: at least one person, those judged able to answer."""
    hits, precisions, reciprocal = 0, 0.0, 0.0
    for rank, person in enumerate(ranked, 1):
        if person in gains:
            hits += 1
            precisions += hits / rank
            reciprocal = reciprocal or 1 / rank
    best = _discounted(sorted(gains.values(), reverse=True)[:DEPTH])
    first = ranked[:DEPTH]
    values = (
        precisions / len(gains),
        reciprocal,
        _discounted([gains.get(person, 0) for person in first]) / best if best else 0.0,
        sum(person in gains for person in ranked[:5]) / 5,
        sum(person in gains for person in first) / len(gains),
    )
    return dict(zip(MESURES, values, strict=True))


class Profils:
    """A plain search of profiles (BM25), which the directory must at least match where people only declare."""

    K1, B = 1.2, 0.75

    def __init__(self, mots: Mapping[str, Mapping[str, int]]) -> None:
        """`mots`: how often each person's profile says each word."""
        self.holders: dict[str, list[tuple[str, int]]] = {}
        for person, counts in mots.items():
            for word, count in counts.items():
                self.holders.setdefault(word, []).append((person, count))
        lengths = {person: sum(counts.values()) for person, counts in mots.items()}
        usual = sum(lengths.values()) / max(1, len(lengths)) or 1.0
        self.weights = {person: 1 - self.B + self.B * length / usual for person, length in lengths.items()}

    def scores(self, words: Iterable[str]) -> dict[str, float]:
        """Person → score, of those whose profile says one of the words."""
        found: dict[str, float] = {}
        for word in words:
            holders = self.holders.get(word, [])
            rarity = math.log(1 + (len(self.weights) - len(holders) + 0.5) / (len(holders) + 0.5))
            for person, count in holders:
                gain = count * (self.K1 + 1) / (count + self.K1 * self.weights[person])
                found[person] = found.get(person, 0.0) + rarity * gain
        return found


def mean(
    requetes: Iterable[Requete],
    judged: Mapping[str, Mapping[str, int]],
    run: Mapping[str, Mapping[str, float]],
) -> dict[str, float]:
    """The mean of each measure over the questions that are judged; a question absent from `run` counts 0."""
    rows = [
        measure(order_of(run.get(requete.pk, {}), requete.auteur), judged[requete.pk])
        for requete in requetes
        if judged.get(requete.pk)
    ]
    if not rows:
        raise CollectionIllisible("Aucune question de ce jeu n’est jugée.")
    return {name: sum(row[name] for row in rows) / len(rows) for name in MESURES}


def _discounted(gains: Iterable[int]) -> float:
    return sum((2**gain - 1) / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
