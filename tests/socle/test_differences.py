"""Comparing and joining texts: exact, never raising, bounded whatever the texts."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateforme.socle.differences import Conflit, differences, merge, unix_lines

# Few signs, so that texts have much in common; and anything at all.
TEXTS = st.one_of(st.text("ab .\n⟦", max_size=60), st.text(max_size=60))


def said(pieces: list, without: str) -> str:
    return "".join(piece.texte for piece in pieces if piece.sorte != without)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert said(pieces, "ajout") == unix_lines(before)
    assert said(pieces, "retrait") == unix_lines(after)


@given(st.lists(st.integers(0, 2), min_size=3, max_size=40), st.randoms())
def test_changes_apart_from_one_another_are_both_made(plan: list[int], chance: random.Random) -> None:
    """Words told apart; each side changes, removes or adds at some, at least an untouched word between sides."""
    words = [f"mot{index}" for index in range(len(plan))]
    theirs, ours, both = list(words), list(words), list(words)
    last = (0, -2)
    for index, side in enumerate(plan):
        if side == 0 or (side != last[0] and index - last[1] < 2):
            continue
        new = chance.choice(["", f"neuf{index}", f"mot{index} et plus{index}"])
        (theirs if side == 1 else ours)[index] = new
        both[index] = new
        last = (side, index)
    fusion = merge(" ".join(words), " ".join(theirs), " ".join(ours))
    assert fusion.conflits == []
    assert "".join(str(part) for part in fusion.parties) == " ".join(both)


@given(TEXTS, TEXTS, TEXTS)
def test_a_conflict_loses_nothing_of_either(base: str, theirs: str, ours: str) -> None:
    fusion = merge(base, theirs, ours)
    whole = "".join(
        part if isinstance(part, str) else f"{part.leurs}\0{part.notres}" for part in fusion.parties
    )
    for text in (theirs, ours):
        for piece in differences(base, text):
            if piece.sorte == "ajout":
                assert piece.texte in whole
    # What nobody else changed is one's own text, whole.
    for merged, text in ((merge(base, base, ours), ours), (merge(base, theirs, base), theirs)):
        assert "".join(str(part) for part in merged.parties) == unix_lines(text)
    assert merge(base, ours, ours).conflits == []


def test_the_same_word_changed_by_two_is_to_be_chosen() -> None:
    fusion = merge(
        "Le seuil est de dix mètres.", "Le seuil est de douze mètres.", "Le seuil est de cent mètres."
    )
    assert fusion.parties == ["Le seuil est de ", Conflit("dix", "douze", "cent"), " mètres."]


SIZE = 60_000
CHANCE = random.Random(3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a" * SIZE, "b" * SIZE),
        (".," * (SIZE // 2), ",." * (SIZE // 2)),
        (
            "".join(CHANCE.choice(".,;") for _ in range(SIZE)),
            "".join(CHANCE.choice(".,;") for _ in range(SIZE)),
        ),
        (
            " ".join(CHANCE.choice("abc") for _ in range(SIZE // 2)),
            " ".join(CHANCE.choice("abc") for _ in range(SIZE // 2)),
        ),
        ("\n".join(CHANCE.choice("ab") for _ in range(SIZE // 2)), "\n" * SIZE),
        (" ".join(map(str, range(11_000))), " ".join(map(str, range(11_000, 0, -1)))),
        (" ".join(map(str, range(11_000))), " ".join(map(str, CHANCE.sample(range(11_000), 11_000)))),
        (" ".join(f"{n} {n // 2}" for n in range(6_000)), " ".join(f"{n // 2} {n}" for n in range(6_000))),
    ],
)
def test_hostile_pairs_take_a_bounded_time(before: str, after: str) -> None:
    start = time.monotonic()
    pieces = differences(before, after)
    merge(before, after, before[: SIZE // 2])
    assert time.monotonic() - start < 5
    assert len(pieces) <= 3_000
    assert said(pieces, "ajout") == before
