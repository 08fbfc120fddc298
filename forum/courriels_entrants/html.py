"""HTML of e-mails as plain text: lines, lists, quotes. One pass, bounded.

What comes out is a text that a person could have typed, and goes through `render_markdown` as any other:
nothing of the HTML itself is kept, so there is nothing to make safe here, only to make readable.
"""

import re
from html import unescape

MAX_HTML = 1_000_000  # characters looked at
MAX_QUOTES = 10  # levels of quotes shown

# A line that no mail holds: what follows it is the message answered, says the structure of the HTML.
COUPE = "\u0001coupe"

_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:]*+)((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>""")
_TAG_ANYHOW = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*+)([^<>]*+)>")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][a-zA-Z0-9_:-]*+)[ \t\r\n]*+=[ \t\r\n]*+("[^"]*+"|'[^']*+'|[^ \t\r\n"'>]*+)"""
)
_RUN = re.compile(r"<+(?=<)")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HUGE_ENTITY = re.compile(r"&#[0-9a-zA-Z]{8,};?")
_SKIPPED = {"head", "style", "script", "title", "noscript", "template", "xml"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "dl"}
_LINES = {"div", "tr", "li", "br", "hr", "address", "section", "article", "header", "footer", "dt", "dd"}
_ANSWERED = {
    "divrplyfwdmsg",
    "appendonsend",
    "zwchr",
    "olk_src_body_section",
    "mail-editor-reference-message",
}
_SIGNATURES = {
    "gmail_signature",
    "moz-signature",
    "signature",
    "ms-outlook-mobile-signature",
    "applemailsignature",
}


class _Writer:
    """Lines being put together."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.lists: list[int | None] = []
        self.pre = 0
        self.href = ""
        self.link_at = 0

    def text(self, raw: str) -> None:
        if self.pre:
            first, *others = unescape(raw).split("\n")
            self.line.append(first)
            for other in others:
                self.end_line()
                self.line.append(other)
            return
        text = unescape(_SPACES.sub(" ", raw))
        if text and (text != " " or self.line):
            self.line.append(text)

    def end_line(self, *, always: bool = True) -> None:
        """End the current line; `always`: even when it is empty."""
        text = "".join(self.line).strip(" \t\r\n")
        self.line.clear()
        self.link_at = 0
        if text or always:
            prefix = "> " * min(self.quotes, MAX_QUOTES)
            self.lines.append((prefix + text).rstrip(" "))

    def gap(self) -> None:
        """An empty line, unless there is one."""
        self.end_line(always=False)
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * min(self.quotes, MAX_QUOTES))

    def mark(self, line: str) -> None:
        self.end_line(always=False)
        self.lines.append(line)


def html_to_text(html: str) -> str:
    """The text of an HTML e-mail. Quotes start with `> `, images are `[cid:…]`. Never raises."""
    html = _HUGE_ENTITY.sub("", html[:MAX_HTML].replace("\u0001", ""))
    writer = _Writer()
    pattern = _TAG
    position = 0
    while position < len(html):
        opening = html.find("<", position)
        if opening < 0:
            writer.text(html[position:])
            break
        if opening > position:
            writer.text(html[position:opening])
        run = _RUN.match(html, opening) if html.startswith("<<", opening) else None
        if run is not None:
            writer.text(run[0])
            position = run.end()
            continue
        if html.startswith("<!--", opening):
            end = html.find("-->", opening)
            if end < 0:
                break
            position = end + 3
            continue
        if html.startswith(("<!", "<?"), opening):
            end = html.find(">", opening)
            if end < 0:
                break
            position = end + 1
            continue
        match = pattern.match(html, opening)
        if match is None and pattern is _TAG and html[opening + 1 : opening + 2].strip("/").isalpha():
            # A quote that is never closed would be looked for again at each tag: from here on, quotes are
            # not heeded.
            pattern = _TAG_ANYHOW
            match = pattern.match(html, opening)
        if match is None:
            writer.text("<")
            position = opening + 1
            continue
        position = match.end()
        closing, name, attributes = match[1] == "/", match[2].lower(), match[3]
        if name in _SKIPPED and not closing:
            if attributes.endswith("/"):
                continue
            position = _end_of(html, name, position)
            if position < 0:
                break
            continue
        _tag(writer, name, closing, attributes)
    writer.end_line(always=False)
    return "\n".join(writer.lines)


def _end_of(html: str, name: str, position: int) -> int:
    """Where an element whose content is not text ends; -1 when it does not."""
    found = re.compile(rf"</{name}[ \t\r\n]*+>", re.IGNORECASE).search(html, position)
    return found.end() if found else -1


def _tag(writer: _Writer, name: str, closing: bool, attributes: str) -> None:
    if name == "blockquote":
        writer.end_line(always=False)
        writer.quotes = max(writer.quotes + (-1 if closing else 1), 0)
    elif name == "br":
        writer.end_line()
    elif name in {"ul", "ol"}:
        writer.gap() if not writer.lists else writer.end_line(always=False)
        if not closing and len(writer.lists) < 20:
            writer.lists.append(0 if name == "ol" else None)
        elif closing and writer.lists:
            writer.lists.pop()
    elif name == "li" and not closing:
        writer.end_line(always=False)
        number = writer.lists[-1] if writer.lists else None
        if number is not None:
            writer.lists[-1] = number + 1
            writer.line.append(f"{number + 1}. ")
        else:
            writer.line.append("- ")
    elif name in {"td", "th"} and not closing:
        if writer.line:
            writer.line.append(" ")
    elif name == "img" and not closing:
        source = _attributes(attributes).get("src", "")
        if source.lower().startswith("cid:"):
            writer.line.append(f"[cid:{source[4:200]}]")
    elif name == "a":
        _link(writer, closing, attributes)
    elif name in _PARAGRAPHS or name in _LINES:
        if name == "pre":
            writer.pre = max(writer.pre + (-1 if closing else 1), 0)
        # Outlook writes one paragraph a line, without space between them.
        tight = name not in _PARAGRAPHS or "MsoNormal" in attributes or "MsoListParagraph" in attributes
        if name == "p" and writer.lists:
            if closing or len(writer.line) > 1:
                writer.end_line(always=False)
        elif tight or closing:
            writer.end_line(always=False)
            if closing and name in _PARAGRAPHS and not tight and name != "p":
                writer.gap()
        else:
            writer.gap()
    if not closing and name in {"div", "hr", "span", "table", "td"} and attributes:
        _landmark(writer, attributes)


def _landmark(writer: _Writer, attributes: str) -> None:
    """Note where the message answered or the signature starts, when the HTML says so."""
    found = _attributes(attributes)
    names = {found.get("id", "").lower(), *found.get("class", "").lower().split()[:8]}
    names = {name.removeprefix("x_") for name in names}
    if names & _ANSWERED:
        if not writer.quotes:
            writer.mark(COUPE)
    elif names & _SIGNATURES or found.get("data-marker") == "__SIG_PRE__":
        writer.mark("> " * min(writer.quotes, MAX_QUOTES) + "-- ")


def _link(writer: _Writer, closing: bool, attributes: str) -> None:
    """Keep the address of a link whose text does not say it."""
    if not closing:
        writer.href = _attributes(attributes).get("href", "").strip()
        writer.link_at = len(writer.line)
        return
    href, writer.href = writer.href, ""
    text = "".join(writer.line[writer.link_at :]).strip()
    if text and href.lower().startswith(("https://", "http://")) and len(href) <= 2_000:
        bare = href.split("://", 1)[1].rstrip("/").lower()
        if bare not in text.lower():
            writer.line.append(f" ({href})")


def _attributes(raw: str) -> dict[str, str]:
    return {match[1].lower(): unescape(match[2].strip("\"'")) for match in _ATTRIBUTE.finditer(raw[:4_000])}
