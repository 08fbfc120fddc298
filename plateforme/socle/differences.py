"""What changed between two texts, word by word, and joining two changes made to one text.

The words that stand once in both texts hold them together (as a person would compare them); between these, short
runs are compared exactly. The work is counted and bounded whatever the texts: what is left when the count is
exhausted is shown as replaced. So the same two texts always give the same answer, in well under a second, which a
limit in time would not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

# Tokens looked at, for one comparison: about half a second on the oldest machine we know of.
BUDGET = 1_500_000
# Beyond, two runs without a word in common are said to replace one another.
MAX_EDITS = 200
# Beyond, a page of differences could neither be shown nor read: whole lines are compared instead.
MAX_PIECES = 3_000

_TOKEN = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HOLDS = re.compile(r"\w|\n")

Sorte = Literal["egal", "ajout", "retrait"]


@dataclass(frozen=True, slots=True)
class Morceau:
    """A run of text that both have (`egal`), or only the later (`ajout`) or the earlier one (`retrait`)."""

    sorte: Sorte
    texte: str


@dataclass(frozen=True, slots=True)
class Conflit:
    """A passage that both changed, each in their own way."""

    base: str
    leurs: str
    notres: str


@dataclass(slots=True)
class Fusion:
    """The parts of a joined text, in order: text that nobody disputes, or a passage to choose."""

    parties: list[str | Conflit] = field(default_factory=list)

    @property
    def conflits(self) -> list[Conflit]:
        return [part for part in self.parties if isinstance(part, Conflit)]


@dataclass(frozen=True, slots=True)
class _Change:
    """Tokens `lo` to `hi` of the base become `tokens`."""

    lo: int
    hi: int
    tokens: tuple[str, ...]


def unix_lines(texte: str) -> str:
    """Forms send lines ended one way, scripts another: they are the same text."""
    return texte.replace("\r\n", "\n").replace("\r", "\n")


def differences(avant: str, apres: str) -> list[Morceau]:
    """What makes `apres` of `avant`. Never raises; at most `MAX_PIECES` pieces, save for hundreds of moved lines."""
    avant, apres = unix_lines(avant), unix_lines(apres)
    before, after = _TOKEN.findall(avant), _TOKEN.findall(apres)
    pieces = _pieces(before, _changes(avant, apres))
    if len(pieces) > MAX_PIECES:
        before, after = _LINE.findall(avant), _LINE.findall(apres)
        pieces = _pieces(before, _as_changes(_align(before, after, _Budget()), before, after))
    if len(pieces) > MAX_PIECES:
        pieces = [Morceau("retrait", avant), Morceau("ajout", apres)]
    return pieces


def merge(base: str, leurs: str, notres: str) -> Fusion:
    """Join two changes of `base`. Changes with an untouched word or line between them are both made.

    Others are a `Conflit`, unless they are the same. Nothing that either wrote is left out.
    """
    base, leurs, notres = unix_lines(base), unix_lines(leurs), unix_lines(notres)
    tokens = _TOKEN.findall(base)
    theirs, ours = _changes(base, leurs), _changes(base, notres)
    fusion, position = Fusion(), 0
    agreed: list[str] = []  # text that nobody disputes, since the last conflict
    for lo, hi, left, right in _groups(tokens, theirs, ours):
        agreed += tokens[position:lo]
        their, our = _applied(tokens, lo, hi, left), _applied(tokens, lo, hi, right)
        if not right or their == our:
            agreed.append(their)
        elif not left:
            agreed.append(our)
        else:
            fusion.parties += [*_text(agreed), Conflit("".join(tokens[lo:hi]), their, our)]
            agreed = []
        position = hi
    fusion.parties += _text([*agreed, *tokens[position:]])
    return fusion


def _text(parts: list[str]) -> list[str | Conflit]:
    texte = "".join(parts)
    return [texte] if texte else []


def _groups(
    tokens: Sequence[str], theirs: list[_Change], ours: list[_Change]
) -> Iterator[tuple[int, int, list[_Change], list[_Change]]]:
    """Changes that must be judged together: overlapping, or with no untouched word or line between them."""
    queue = sorted(
        [(c.lo, c.hi, 0, c) for c in theirs] + [(c.lo, c.hi, 1, c) for c in ours], key=lambda x: x[:3]
    )
    index = 0
    while index < len(queue):
        lo, hi, side, change = queue[index]
        sides: tuple[list[_Change], list[_Change]] = ([], [])
        sides[side].append(change)
        index += 1
        while index < len(queue) and _close(tokens, hi, queue[index][0]):
            _, end, side, change = queue[index]
            sides[side].append(change)
            hi = max(hi, end)
            index += 1
        yield lo, hi, sides[0], sides[1]


def _close(tokens: Sequence[str], hi: int, lo: int) -> bool:
    """Whether nothing that holds (a word, an end of line) stands between token `hi` and token `lo`."""
    return not any(_HOLDS.search(tokens[index]) for index in range(hi, lo))


def _applied(tokens: Sequence[str], lo: int, hi: int, changes: list[_Change]) -> str:
    """Tokens `lo` to `hi` of the base as `changes` make them."""
    parts: list[str] = []
    for change in changes:
        parts += tokens[lo : change.lo]
        parts += change.tokens
        lo = change.hi
    return "".join([*parts, *tokens[lo:hi]])


def _pieces(before: Sequence[str], changes: list[_Change]) -> list[Morceau]:
    pieces, position = [], 0
    for change in changes:
        for sorte, texte in (
            ("egal", "".join(before[position : change.lo])),
            ("retrait", "".join(before[change.lo : change.hi])),
            ("ajout", "".join(change.tokens)),
        ):
            if texte:
                pieces.append(Morceau(sorte, texte))  # type: ignore[arg-type]
        position = change.hi
    rest = "".join(before[position:])
    return [*pieces, Morceau("egal", rest)] if rest else pieces


def _changes(avant: str, apres: str) -> list[_Change]:
    """What makes `apres` of `avant`, in tokens: lines that are the same first, then words between them."""
    budget = _Budget()
    old_lines, new_lines = _LINE.findall(avant), _LINE.findall(apres)
    changes: list[_Change] = []
    done = 0  # tokens of `avant` passed
    old = new = 0
    for i, j, size in [*_align(old_lines, new_lines, budget), (len(old_lines), len(new_lines), 0)]:
        a, b = _tokens(old_lines[old:i]), _tokens(new_lines[new:j])
        changes += [
            _Change(done + c.lo, done + c.hi, c.tokens) for c in _as_changes(_align(a, b, budget), a, b)
        ]
        done += len(a) + len(_tokens(old_lines[i : i + size]))
        old, new = i + size, j + size
    return _joined(_TOKEN.findall(avant), changes)


def _tokens(lines: list[str]) -> list[str]:
    return _TOKEN.findall("".join(lines))


def _joined(tokens: Sequence[str], changes: list[_Change]) -> list[_Change]:
    """Changes with only a space or a sign between them read as one: « le grand pont », not three shreds."""
    joined: list[_Change] = []
    for change in changes:
        last = joined[-1] if joined else None
        if last is not None and change.lo - last.hi <= 3 and _close(tokens, last.hi, change.lo):
            between = tuple(tokens[last.hi : change.lo])
            joined[-1] = _Change(last.lo, change.hi, last.tokens + between + change.tokens)
        else:
            joined.append(change)
    return joined


def _as_changes(
    blocks: list[tuple[int, int, int]], before: Sequence[str], after: Sequence[str]
) -> list[_Change]:
    changes, i, j = [], 0, 0
    for a, b, size in [*blocks, (len(before), len(after), 0)]:
        if i < a or j < b:
            changes.append(_Change(i, a, tuple(after[j:b])))
        i, j = a + size, b + size
    return changes


class _Budget:
    """How much may still be looked at."""

    def __init__(self) -> None:
        self.left = BUDGET

    def spend(self, amount: int) -> bool:
        """Count `amount` more; False once there is nothing left."""
        self.left -= amount
        return self.left > 0


def _align(a: Sequence[str], b: Sequence[str], budget: _Budget) -> list[tuple[int, int, int]]:
    """Blocks `(i, j, size)` of tokens that are the same, in order in both."""
    blocks: list[tuple[int, int, int]] = []
    regions = [(0, len(a), 0, len(b))]
    while regions:
        alo, ahi, blo, bhi = regions.pop()
        start_a, start_b = alo, blo
        while alo < ahi and blo < bhi and a[alo] == b[blo]:
            alo, blo = alo + 1, blo + 1
        if alo > start_a:
            blocks.append((start_a, start_b, alo - start_a))
        end_a = ahi
        while alo < ahi and blo < bhi and a[ahi - 1] == b[bhi - 1]:
            ahi, bhi = ahi - 1, bhi - 1
        if ahi < end_a:
            blocks.append((ahi, bhi, end_a - ahi))
        if alo == ahi or blo == bhi or not budget.spend(ahi - alo + bhi - blo):
            continue
        anchors = _anchors(a, b, (alo, ahi, blo, bhi))
        if anchors:
            for i, j in [*anchors, (ahi, bhi)]:
                regions.append((alo, i, blo, j))
                alo, blo = i, j
                # The anchor itself starts the next region, and is found there as what both begin with.
            continue
        blocks += _exact(a, b, (alo, ahi, blo, bhi), budget)
    blocks.sort()
    return blocks


def _anchors(a: Sequence[str], b: Sequence[str], region: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """The longest series, in order in both, of tokens that stand once in each side of the region."""
    alo, ahi, blo, bhi = region
    once_a, once_b = _once(a, alo, ahi), _once(b, blo, bhi)
    pairs = [(i, once_b[token]) for token, i in once_a.items() if token in once_b]
    pairs.sort()
    # Longest increasing series: the smallest last element of each length, and where each came from.
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tops, j)
        before.append(ends[length - 1] if length else -1)
        if length == len(tops):
            tops.append(j)
            ends.append(index)
        else:
            tops[length], ends[length] = j, index
    series: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        series.append(pairs[at])
        at = before[at]
    return series[::-1]


def _once(tokens: Sequence[str], lo: int, hi: int) -> dict[str, int]:
    """The words and other long tokens that stand once between `lo` and `hi`, and where."""
    where: dict[str, int] = {}
    for index in range(lo, hi):
        token = tokens[index]
        where[token] = -1 if token in where else index
    return {token: index for token, index in where.items() if index >= 0 and _HOLDS.search(token)}


def _exact(
    a: Sequence[str], b: Sequence[str], region: tuple[int, int, int, int], budget: _Budget
) -> list[tuple[int, int, int]]:
    """The shortest series of insertions and deletions (Myers 1986), if it is shorter than `MAX_EDITS`."""
    alo, ahi, blo, bhi = region
    n, m = ahi - alo, bhi - blo
    if abs(n - m) > MAX_EDITS:
        return []
    furthest = {1: 0}
    history: list[dict[int, int]] = []
    for edits in range(min(n + m, MAX_EDITS) + 1):
        history.append(dict(furthest))
        steps = edits + 1
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and furthest.get(k - 1, -1) < furthest.get(k + 1, -1))
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            y = x - k
            start = x
            while x < n and y < m and a[alo + x] == b[blo + y]:
                x, y = x + 1, y + 1
            steps += x - start
            furthest[k] = x
            if x >= n and y >= m:
                return _walked_back(history, n, m, alo, blo)
        if not budget.spend(steps):
            return []
    return []


def _walked_back(
    history: list[dict[int, int]], x: int, y: int, alo: int, blo: int
) -> list[tuple[int, int, int]]:
    blocks: list[tuple[int, int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        furthest, k = history[edits], x - y
        down = k == -edits or (k != edits and furthest.get(k - 1, -1) < furthest.get(k + 1, -1))
        from_k = k + 1 if down else k - 1
        from_x = furthest[from_k] if edits else 0
        from_y = from_x - from_k if edits else 0
        start_x = (from_x if down else from_x + 1) if edits else 0
        if x > start_x:
            blocks.append((alo + start_x, blo + start_x - k, x - start_x))
        x, y = from_x, from_y
    return blocks[::-1]
