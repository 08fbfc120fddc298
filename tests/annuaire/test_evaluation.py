"""What is measured of a ranking, on a collection small enough to be worked out by hand."""

import gzip
import json
import math
from pathlib import Path

import pytest

from annuaire.evaluation import (
    CollectionIllisible,
    mean,
    measure,
    order_of,
    read_judgements,
    read_lines,
    read_queries,
)


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    queries = [
        {"id": "q1", "text": "busage", "long": "busage d’un fossé", "date": "2026-01-01", "asker": "zoe"},
        {"id": "q2", "text": "crue", "long": "", "date": "2026-01-02", "asker": None},
        {"id": "jamais", "text": "sans jugement", "date": "2026-01-02", "asker": None},
    ]
    with gzip.open(tmp_path / "queries_topic.jsonl.gz", "wt", encoding="utf8") as lines:
        lines.write("".join(json.dumps(row) + "\n" for row in queries))
    (tmp_path / "qrels_topic.tsv").write_text("q1\tana\t2\nq1\tlou\t1\nq2\tana\t1\n", encoding="utf8")
    return tmp_path


def test_the_measures_are_those_worked_out_by_hand(dossier: Path) -> None:
    queries, judged = read_queries(dossier, "topic"), read_judgements(dossier, "topic")
    assert [query.question for query in queries] == ["busage d’un fossé", "crue", "sans jugement"]
    # zoe asks: she is not ranked, so ana is second and lou third. Nothing is found for q2: it counts 0.
    run = {"q1": {"zoe": 9.0, "ben": 3.0, "ana": 2.0, "lou": 1.0}}
    ndcg = (3 / math.log2(3) + 1 / math.log2(4)) / (3 / math.log2(2) + 1 / math.log2(3))
    expected = {
        "MAP": (1 / 2 + 2 / 3) / 2 / 2, "MRR": 1 / 2 / 2, "nDCG@10": ndcg / 2, "P@5": 2 / 5 / 2, "recall@10": 1 / 2,
    }  # fmt: skip
    assert mean(queries, judged, run) == pytest.approx(expected)


def test_equal_scores_do_not_depend_on_the_order_in_which_they_come() -> None:
    assert order_of({"b": 1.0, "a": 1.0, "c": 2.0}, None) == order_of({"c": 2.0, "a": 1.0, "b": 1.0}, None)
    assert order_of({"b": 1.0, "a": 1.0}, "a") == ["b"]


def test_only_the_first_ones_count_where_a_measure_says_so() -> None:
    far = measure([f"p{rank:02}" for rank in range(20)], {"p10": 1})
    assert far["MAP"] == far["MRR"] == pytest.approx(1 / 11)
    assert far["nDCG@10"] == far["P@5"] == far["recall@10"] == 0


def test_a_collection_that_cannot_be_read_says_which_file(dossier: Path) -> None:
    with pytest.raises(CollectionIllisible, match="queries_question"):
        read_queries(dossier, "question")
    with pytest.raises(CollectionIllisible, match="qrels_question"):
        read_judgements(dossier, "question")
    (dossier / "users.jsonl").write_text('{"id": "a"}\n[1]\n', encoding="utf8")
    with pytest.raises(CollectionIllisible, match="users"):
        list(read_lines(dossier, "users"))
    (dossier / "queries_question.jsonl").write_text('{"id": "a"}\n', encoding="utf8")
    with pytest.raises(CollectionIllisible, match="text"):
        read_queries(dossier, "question")
    with pytest.raises(CollectionIllisible, match="Aucune"):
        mean([], {}, {})
