"""Emphasis, strong emphasis and strikethrough: CommonMark's pairing of delimiter runs, in linear time."""

import unicodedata

from plateforme.socle.texte.jetons import Pair, Run

_TAGS = {("*", 1): "em", ("_", 1): "em", ("*", 2): "strong", ("_", 2): "strong", ("~", 2): "del"}


def make_run(text: str, start: int, end: int, serial: int) -> Run | None:
    """Read the delimiter run `text[start:end]`; `None` when it is plain text.

    `serial` grows along the paragraph and orders the runs.
    """
    char = text[start]
    before = text[start - 1] if start else "\n"
    after = text[end] if end < len(text) else "\n"
    length = end - start
    if char == "~" and length != 2:
        return None
    if char == "*" and before.isdigit() and after.isdigit():
        # A deliberate departure from CommonMark: "2*3*4" is a product, and agents write many.
        return None
    space_before, space_after = before.isspace(), after.isspace()
    sign_before, sign_after = _is_sign(before), _is_sign(after)
    left = not space_after and (not sign_after or space_before or sign_before)
    right = not space_before and (not sign_before or space_after or sign_after)
    if char == "_":
        can_open, can_close = left and (not right or sign_before), right and (not left or sign_after)
    else:
        can_open, can_close = left, right
    if not (can_open or can_close):
        return None
    return Run(char, length, can_open, can_close, length, serial)


def pair_runs(runs: list[Run]) -> None:
    """Pair the openers and closers among `runs`, noting on each what it closes and opens.

    Linear: a search that fails records how far it looked, and no search of the same kind looks there again;
    a search that succeeds discards what it went over.
    """
    openers: list[Run] = []
    looked: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        while run.can_close and run.count:
            kind = (run.char, run.can_open, run.length % 3)
            limit = looked.get(kind, -1)
            index = len(openers) - 1
            while index >= 0 and openers[index].serial > limit and not _match(openers[index], run):
                index -= 1
            if index < 0 or openers[index].serial <= limit:
                looked[kind] = openers[-1].serial if openers else limit
                break
            opener = openers[index]
            del openers[index + 1 :]
            size = 2 if opener.count >= 2 and run.count >= 2 else 1
            mark = run.char * size
            pair = Pair(_TAGS[run.char, size], mark, mark)
            opener.opens.append(pair)
            run.closes.append(pair)
            opener.count -= size
            run.count -= size
            if not opener.count:
                openers.pop()
        if run.can_open and run.count:
            openers.append(run)


def _match(opener: Run, closer: Run) -> bool:
    if opener.char != closer.char:
        return False
    # CommonMark's "rule of three": "**a*b**" must not pair its inner star with half of an outer mark.
    ambiguous = opener.can_close or closer.can_open
    total = opener.length + closer.length
    return not (ambiguous and total % 3 == 0 and (opener.length % 3 or closer.length % 3))


def _is_sign(char: str) -> bool:
    """Punctuation or symbol."""
    if char.isalnum() or char.isspace():
        return False
    return unicodedata.category(char)[0] in "PS"
