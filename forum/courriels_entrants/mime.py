"""The structure of an e-mail, read within bounds: headers, parts, charsets.

Python's own parser recurses once per level and tries every open boundary on every line: a small hostile
e-mail costs it seconds or its stack. This one looks for boundaries with `bytes.find`, a bounded number of
levels and parts, and reads only what an answer is made of.
"""

import binascii
import re
from dataclasses import dataclass, field
from email.header import decode_header
from email.utils import getaddresses
from urllib.parse import unquote_to_bytes

MAX_HEADERS = 256 * 1024  # bytes of headers looked at
MAX_PART_HEADERS = 16 * 1024
MAX_VALUE = 4_000  # characters of one header
MAX_LEVELS = 8  # multiparts inside one another
MAX_PARTS = 60
MAX_OTHERS = 10_000  # lines that only look like a boundary, in one multipart

_CHARSETS = {
    "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "iso-8859-2", "iso-8859-9", "iso-8859-15",
    "windows-1250", "windows-1251", "windows-1254", "cp850", "macintosh", "mac-roman", "koi8-r",
    "gb18030", "big5", "shift_jis", "euc-kr", "iso-2022-jp",
}  # fmt: skip
# Senders that declare these send Windows' characters: so do browsers read them.
_WINDOWS = {"iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "ansi", "ansi_x3.4-1968"}
_PARAMETER = re.compile(r';[ \t\n]*+([A-Za-z0-9*._-]++)[ \t]*+=[ \t]*+("(?:[^"\\]|\\.)*+"|[^; \t\n"]*+)')
_NOT_BASE64 = bytes(
    sorted(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
)


@dataclass(slots=True)
class Entetes:
    """Headers in their order, names in lower case, values unfolded and at most `MAX_VALUE` long."""

    lignes: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The first (topmost) value, or nothing."""
        return next((value for found, value in self.lignes if found == name), "")

    def get_all(self, name: str) -> list[str]:
        return [value for found, value in self.lignes if found == name]

    def addresses(self, *names: str) -> list[str]:
        """The addresses of these headers, in lower case, as far as they can be read."""
        values = [value for name in names for value in self.get_all(name)]
        return [address for value in values for address in _addresses(value)]

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """`("text/plain", {"charset": "utf-8"})`: the value of a structured header, without raising."""
        value = self.get(name)
        kind = value.partition(";")[0].strip().lower()
        return kind, _parameters(value)


@dataclass(slots=True)
class Partie:
    """A leaf of the e-mail: its bytes still encoded. `choix`: it came among alternatives of one text."""

    entetes: Entetes
    corps: bytes
    genre: str
    parametres: dict[str, str]
    choix: bool = False

    @property
    def nom(self) -> str:
        """The name of the file, if it is one."""
        _, disposition = self.entetes.parameters("content-disposition")
        return decode_words(disposition.get("filename") or self.parametres.get("name") or "")

    @property
    def disposition(self) -> str:
        return self.entetes.parameters("content-disposition")[0]

    @property
    def cid(self) -> str:
        """How an HTML part names it, if at all."""
        return self.entetes.get("content-id").strip().strip("<>")

    def bytes(self) -> bytes:
        match self.entetes.get("content-transfer-encoding").strip().lower():
            case "base64":
                return decode_base64(self.corps)
            case "quoted-printable":
                return binascii.a2b_qp(self.corps)
            case _:
                return self.corps

    def text(self) -> str:
        return decode_text(self.bytes(), self.parametres.get("charset", ""))


def read_headers(raw: bytes, limit: int) -> tuple[Entetes, int]:
    """The headers at the start of `raw` (line endings are `\\n`), and where the body starts."""
    if raw.startswith(b"\n"):
        return Entetes(), 1
    end = raw.find(b"\n\n")
    block, start = (raw[:end], end + 2) if end >= 0 else (raw, len(raw))
    lines: list[list[bytes]] = []
    for line in block[:limit].split(b"\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1].append(line)
        else:
            lines.append([line])
    found = Entetes()
    for parts in lines:
        name, colon, value = b" ".join(part.strip() for part in parts).partition(b":")
        if colon and name and b" " not in name:
            found.lignes.append((name.decode("latin-1").lower(), decode_text(value.strip())[:MAX_VALUE]))
    return found, start


def read_parts(raw: bytes) -> tuple[Entetes, list[Partie]]:
    """The headers of an e-mail and its leaves, in order. Beyond the bounds, parts are left out."""
    raw = raw.replace(b"\r\n", b"\n")
    entetes, start = read_headers(raw, MAX_HEADERS)
    leaves: list[Partie] = []
    # What is still to read, the next one last: headers, body, how deep, whether among alternatives.
    stack = [(entetes, raw[start:], 0, False)]
    seen = 0
    while stack and seen < MAX_PARTS:
        seen += 1
        current, body, level, choice = stack.pop()
        kind, parameters = current.parameters("content-type")
        boundary = parameters.get("boundary", "")
        if kind.startswith("multipart/") and boundary:
            if level >= MAX_LEVELS:
                continue
            among = choice or kind == "multipart/alternative"
            children = []
            for part in _split(body, boundary.encode("utf-8", "replace")[:200]):
                headers, at = read_headers(part, MAX_PART_HEADERS)
                children.append((headers, part[at:], level + 1, among))
            stack.extend(reversed(children))
        else:
            leaves.append(Partie(current, body, kind or "text/plain", parameters, choice))
    return entetes, leaves


def decode_text(raw: bytes, charset: str = "") -> str:
    """Bytes as text, whatever they are: the charset said, else UTF-8, else Windows'."""
    charset = charset.strip().strip("'\"").lower()
    try:
        if charset in _CHARSETS:
            return raw.decode(charset)
        if charset not in _WINDOWS:
            return raw.decode("utf-8")
    except (UnicodeDecodeError, LookupError):
        pass
    if charset in {"utf-8", "utf8"}:
        # A few bad bytes among characters that could be nothing else: most of it is right.
        text = raw.decode("utf-8", "replace")
        if text.count("\ufffd") * 2 < len(text) - len(text.encode("ascii", "ignore")):
            return text
    # Five bytes mean nothing in it.
    return raw.decode("windows-1252", "replace")


def decode_words(value: str) -> str:
    """A header's encoded words (`=?utf-8?q?…?=`) as text."""
    if "=?" not in value:
        return value
    try:
        return "".join(
            chunk if isinstance(chunk, str) else decode_text(chunk, charset or "")
            for chunk, charset in decode_header(value[:MAX_VALUE])
        )
    except Exception:
        # Malformed in a way that the library does not bear: shown as it came.
        return value


def decode_base64(raw: bytes) -> bytes:
    """What can be decoded, whatever stands between."""
    useful = raw.translate(None, _NOT_BASE64)
    useful = useful[: len(useful) - (len(useful) % 4 == 1)]
    return binascii.a2b_base64(useful + b"=" * (-len(useful) % 4))


def _addresses(value: str) -> list[str]:
    try:
        pairs = getaddresses([value])
    except Exception:
        # The library recurses on what is nested, and does not promise to survive any input.
        return []
    return [address.strip().lower() for _, address in pairs if "@" in address]


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """The parts of a multipart, without its preamble nor its end. One that is not closed reaches the end."""
    delimiter = b"\n--" + boundary
    body = b"\n" + body
    parts: list[bytes] = []
    start = -1
    others = 0
    position = body.find(delimiter)
    while position >= 0 and len(parts) < MAX_PARTS and others < MAX_OTHERS:
        after = position + len(delimiter)
        end_of_line = body.find(b"\n", after)
        rest = body[after : end_of_line if end_of_line >= 0 else len(body)]
        if rest[:200].strip(b" \t") not in (b"", b"--"):
            # Another boundary, of which this one is the beginning.
            others += 1
            position = body.find(delimiter, after)
            continue
        if start >= 0:
            parts.append(body[start:position])
        if rest[:2] == b"--" or end_of_line < 0:
            return parts
        start = end_of_line + 1
        # The newline that ends this line may be the one that begins the next delimiter.
        position = body.find(delimiter, end_of_line)
    if start >= 0 and len(parts) < MAX_PARTS:
        parts.append(body[start:])
    return parts


def _parameters(value: str) -> dict[str, str]:
    """The parameters of a structured header; RFC 2231's pieces and percents put together."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(value):
        name, text = match[1].lower(), match[2]
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, text)
        else:
            number = rest.rstrip("*")
            index = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
            pieces.setdefault(base, []).append((index, name.endswith("*"), text))
    for base, found in pieces.items():
        charset, whole = "", b""
        for index, encoded, text in sorted(found, key=lambda piece: piece[0]):
            if encoded and index == 0 and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            whole += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
        plain[base] = decode_text(whole, charset)
    return plain
