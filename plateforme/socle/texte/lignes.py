"""Reading of the text of a paragraph, heading or cell into tokens, in one pass.

This stands in for python-markdown's inline patterns. Those go over the whole text once per pattern and
rebuild it at each match, and several look for a closing mark to the end of the text from every opening one:
20 kB of "[" take over 20 s. Here each character is read a bounded number of times, whatever it is: every
alternative of the expression below is bounded or possessive, and what closes a mark is found through a
stack (brackets), an index (backticks) or `emphase` (the rest).
"""

import html
import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from plateforme.socle.texte import liens
from plateforme.socle.texte.bornes import MAX_ADDRESS, MAX_BRACKETS, MAX_LABEL, clean_source
from plateforme.socle.texte.document import Document, label_key
from plateforme.socle.texte.emojis import EMOJIS
from plateforme.socle.texte.emphase import make_run, pair_runs
from plateforme.socle.texte.jetons import Atom, Closing, Handle, NoteCall, Opening, Pair, Run, Token
from plateforme.socle.texte.mentions import HANDLE, MAX_HANDLE

# Look-behinds come after a first character, so that the engine can skip most positions at once.
_TOKEN = re.compile(
    rf"""
      \\(?P<escape>[!-/:-@\[-`{{-~\n])
    | (?P<ticks>`++)
    | (?P<run>\*++|_++|~++)
    | (?P<bracket>!?\[)
    | (?P<close>\])
    | (?P<newline>\n)
    | <(?P<angle>https?://[^\s<>]{{1,{MAX_ADDRESS}}}+|(?:mailto:)?{liens.EMAIL})>
    | (?P<entity>&(?:\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    | :(?<![\w:]:)(?P<emoji>[a-z0-9_+-]{{1,30}}+):
    | @(?<![\w@./+-]@){HANDLE}
    | (?P<web>[hHwW](?<!\w[hHwW])(?:(?i:ttps?://)|(?i:ww\.)))
    | (?P<email>(?<![A-Za-z0-9.%+@/-])(?=[A-Za-z0-9]){liens.EMAIL}(?![\w@]))
    """,
    re.VERBOSE,
)
_WEB = re.compile(r'(?:[^\s<>\[\]"`«»“”]++|\[\w{0,40}\])++')
_TITLE = r"""(?:"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|\((?:[^()\\]++|\\.)*+\))"""
_TARGET = re.compile(
    rf"""\(\s*+(?:<(?P<angle>[^<>\n]*+)>
               |(?P<bare>(?:[^\s()<\\]++|\\\S|\((?:[^\s()\\]++|\\\S)*+\))*+))
         (?:\s++{_TITLE})?+\s*+\)""",
    re.VERBOSE | re.DOTALL,
)
_LABEL = re.compile(rf"\[([^\[\]]{{0,{MAX_LABEL}}})\]")
_TICKS = re.compile("`++")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TITLE_ROOM = 600
_SENTENCE_END = frozenset(".,;:!?…'’*_~")


@dataclass(slots=True, eq=False)
class _Bracket:
    """An opening bracket: its place among the tokens, in the text, among the runs, and its order."""

    token: int
    end: int
    runs: int
    serial: int
    is_image: bool


def tokenize(text: str, document: Document) -> list[Token]:
    """Read `text` into tokens. References and notes are looked up in `document`."""
    return _Reader(text, document).read()


def decode_entities(text: str) -> str:
    """Replace HTML entities by their characters, among which none that `clean_source` refuses."""
    return _ENTITY.sub(lambda match: clean_source(html.unescape(match[0])), text)


def plain_address(typed: str) -> str:
    """The address meant by a destination as typed: without backslash escapes and entities."""
    return decode_entities(_ESCAPE.sub(r"\1", typed))


class _Reader:
    def __init__(self, text: str, document: Document) -> None:
        self.text = text
        self.document = document
        self.tokens: list[Token] = []
        self.runs: list[Run] = []
        # Only the latest brackets can be closed: older ones fall off and stay the text they are.
        self.brackets: deque[_Bracket] = deque(maxlen=MAX_BRACKETS)
        self.serial = 0
        # No link inside a link: brackets opened before the latest link may only be images.
        self.link_serial = -1
        self.web_refused = 0
        self.ticks: dict[int, list[int]] | None = None

    def read(self) -> list[Token]:
        text, position = self.text, 0
        while match := _TOKEN.search(text, position):
            if match.start() > position:
                self.tokens.append(text[position : match.start()])
            position = self.take(match)
        if position < len(text):
            self.tokens.append(text[position:])
        pair_runs(self.runs)
        return self.tokens

    def take(self, match: re.Match[str]) -> int:
        """Add what the match stands for; return where to go on."""
        kind, end = match.lastgroup, match.end()
        add = self.tokens.append
        match kind:
            case "escape":
                char = match["escape"]
                add(Atom("br", "\n") if char == "\n" else char)
            case "newline":
                add(Atom("br", "\n"))
            case "ticks":
                end = self.take_code(match)
            case "run":
                self.serial += 1
                run = make_run(self.text, match.start(), end, self.serial)
                add(run or match[0])
                if run:
                    self.runs.append(run)
            case "bracket":
                self.serial += 1
                self.brackets.append(
                    _Bracket(len(self.tokens), end, len(self.runs), self.serial, match[0] == "![")
                )
                add(match[0])
            case "close":
                end = self.take_close(end)
            case "entity":
                add(decode_entities(match[0]))
            case "emoji":
                add(EMOJIS.get(match["emoji"], match[0]))
            case "handle":
                handle = match["handle"]
                add(Handle(handle.lower(), match[0]) if len(handle) <= MAX_HANDLE else match[0])
            case "angle":
                typed = match["angle"]
                is_email = "://" not in typed
                address = f"mailto:{typed.removeprefix('mailto:')}" if is_email else decode_entities(typed)
                self.add_autolink(match[0], address, typed)
            case "email":
                self.add_autolink(match[0], f"mailto:{match[0]}", match[0])
            case "web":
                end = self.take_web(match)
        return end

    def add_autolink(self, typed: str, address: str, shown: str) -> None:
        safe = liens.safe_link(address)
        if safe:
            is_bare = liens.is_external(safe)
            self.tokens.append(Atom("a", shown, {"href": safe}, shown, is_link=True, is_bare=is_bare))
        else:
            self.tokens.append(typed)

    def take_web(self, match: re.Match[str]) -> int:
        """A bare address, less the punctuation of the sentence it ends."""
        start = match.start()
        if start < self.web_refused:
            self.tokens.append(match[0])
            return match.end()
        web = _WEB.match(self.text, start, start + MAX_ADDRESS)
        typed = web[0] if web else match[0]
        unmatched = typed.count(")") - typed.count("(")
        end = len(typed)
        while end:
            last = typed[end - 1]
            if last == ")" and unmatched > 0:
                unmatched -= 1
            elif last not in _SENTENCE_END:
                break
            end -= 1
        shown = typed[:end]
        safe = liens.safe_link(decode_entities(shown)) if len(typed) < MAX_ADDRESS else None
        if safe is None:
            # No second try inside what was just read: "http://http://…" would be read again and again.
            self.web_refused = start + len(typed)
            self.tokens.append(match[0])
            return match.end()
        self.tokens.append(Atom("a", shown, {"href": safe}, shown, is_link=True, is_bare=True))
        return start + end

    def take_code(self, match: re.Match[str]) -> int:
        """A code span, closed by the next run of as many backticks; without one, the backticks are text."""
        if self.ticks is None:
            self.ticks = {}
            for ticks in _TICKS.finditer(self.text):
                self.ticks.setdefault(len(ticks[0]), []).append(ticks.start())
        start, length = match.end(), len(match[0])
        places = self.ticks.get(length, [])
        following = bisect_right(places, match.start())
        if following == len(places):
            self.tokens.append(match[0])
            return start
        end = places[following]
        code = self.text[start:end].replace("\n", " ")
        if code.startswith(" ") and code.endswith(" ") and code.strip():
            code = code[1:-1]
        self.tokens.append(Atom("code", code, text=code))
        return end + length

    def take_close(self, end: int) -> int:
        """A closing bracket: of a note call, a link or an image, or of nothing."""
        add = self.tokens.append
        if not self.brackets:
            add("]")
            return end
        bracket = self.brackets.pop()
        if bracket.end < end - 1 and self.text[bracket.end] == "^" and not bracket.is_image:
            label = self.text[bracket.end + 1 : min(end - 1, bracket.end + MAX_LABEL + 2)]
            if label_key(label) in self.document.notes:
                self.forget(bracket)
                add(NoteCall(label_key(label), f"[^{label}]"))
                return end
        if bracket.serial < self.link_serial and not bracket.is_image:
            add("]")
            return end
        # A link needs words to be followed by those who hear the page.
        is_empty = not self.text[bracket.end : min(end - 1, bracket.end + 50)].strip()
        target = None if is_empty and not bracket.is_image else self.find_target(bracket, end)
        if target is None:
            add("]")
            return end
        address, after = target
        if bracket.is_image:
            self.close_image(bracket, address, self.text[bracket.end : after])
        else:
            pair_runs(self.runs[bracket.runs :])
            del self.runs[bracket.runs :]
            pair = Pair("a", "[", self.text[end - 1 : after], {"href": address})
            self.tokens[bracket.token] = Opening(pair)
            add(Closing(pair))
            self.link_serial = self.serial
        return after

    def find_target(self, bracket: _Bracket, end: int) -> tuple[str, int] | None:
        """The safe address that follows a closing bracket, and where it ends; `None` without one."""
        if target := _TARGET.match(self.text, end, end + MAX_ADDRESS + _TITLE_ROOM):
            typed = target["angle"] if target["angle"] is not None else target["bare"]
            safe = liens.safe_link(plain_address(typed)) if typed else None
            return (safe, target.end()) if safe else None
        if not self.document.references:
            return None
        label, after = "", end
        if explicit := _LABEL.match(self.text, end):
            label, after = explicit[1], explicit.end()
        if not label.strip():
            if end - 1 - bracket.end > MAX_LABEL:
                return None
            label = self.text[bracket.end : end - 1]
        found = self.document.references.get(label_key(label))
        if found is None or not self.document.spend_expansion(found):
            return None
        return found, after

    def close_image(self, bracket: _Bracket, address: str, typed: str) -> None:
        """An image of this site, or else a link to the image: no reader's browser calls a third party."""
        pair_runs(self.runs[bracket.runs :])
        alternative = _flatten(self.tokens[bracket.token + 1 :])[:300].strip()
        self.forget(bracket)
        if src := liens.safe_image(address):
            attributes = {"src": src, "alt": alternative, "loading": "lazy"}
            self.tokens.append(Atom("img", alternative, attributes))
        else:
            shown = alternative or address
            self.tokens.append(Atom("a", shown, {"href": address}, shown, is_link=True))

    def forget(self, bracket: _Bracket) -> None:
        """Take back all tokens and runs since a bracket, itself included."""
        del self.tokens[bracket.token :]
        del self.runs[bracket.runs :]


def _flatten(tokens: list[Token]) -> str:
    """The text of tokens, without the marks that have a meaning."""
    parts: list[str] = []
    for token in tokens:
        match token:
            case str():
                parts.append(token)
            case Atom():
                parts.append(token.plain)
            case Handle() | NoteCall():
                parts.append(token.typed)
            case Run():
                parts.append(token.char * token.count)
            case _:
                pass
    return "".join(parts).replace("\n", " ")
