"""A text of the site, as an e-mail can show it: absolute addresses, no remote picture, styles in place.

Takes HTML made by `plateforme.socle.texte` (already safe) and lets through only the tags named here.
"""

import html
from html.parser import HTMLParser
from urllib.parse import urljoin

# What each tag looks like where no style sheet reaches. Colours that stand on a dark background too.
STYLES = {
    "p": "margin:0 0 12px", "br": "", "strong": "", "em": "", "del": "", "b": "", "i": "", "u": "", "sup": "",
    "h1": "font-size:20px;margin:16px 0 8px", "h2": "font-size:18px;margin:16px 0 8px",
    "h3": "font-size:17px;margin:16px 0 8px", "h4": "font-size:16px;margin:16px 0 8px",
    "h5": "font-size:16px;margin:16px 0 8px", "h6": "font-size:16px;margin:16px 0 8px",
    "ul": "margin:0 0 12px;padding-left:24px", "ol": "margin:0 0 12px;padding-left:24px", "li": "margin:0 0 4px",
    "blockquote": "margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #8585f6",
    "pre": "margin:0 0 12px;padding:8px;border:1px solid #929292;white-space:pre-wrap;font-size:13px",
    "code": "font-family:Consolas,monospace;font-size:13px", "hr": "",
    "table": "border-collapse:collapse;margin:0 0 12px", "thead": "", "tbody": "", "tr": "",
    "th": "border:1px solid #929292;padding:4px 8px;text-align:left",
    "td": "border:1px solid #929292;padding:4px 8px", "a": "",
}  # fmt: skip
VOID = {"br", "hr"}


def mail_html(source: str, base: str, limit: int) -> tuple[str, bool]:
    """`source` for an e-mail, of about `limit` bytes at most, and whether it was cut.

    `base`: the site's address, which relative ones are made absolute with. Whatever was open is closed.
    """
    writer = _Writer(base, limit)
    writer.feed(source)
    writer.close()
    return writer.result(), writer.cut


class _Writer(HTMLParser):
    def __init__(self, base: str, limit: int) -> None:
        super().__init__(convert_charrefs=True)
        self._base, self._limit = base, limit
        self._out: list[str] = []
        self._open: list[str] = []
        self._size = 0
        self.cut = False

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img":
            # Shown by the site to its reader; by an e-mail program to whoever the message is sent on to.
            self._write_link(values.get("src") or "", values.get("alt") or "Image")
        elif tag == "input" and "checkbox" in (values.get("type") or ""):
            self._write("☑ " if "checked" in values else "☐ ")
        elif tag == "a":
            address = self._absolute(values.get("href") or "")
            self._start("a", f' href="{address}"' if address else "")
        elif tag in STYLES:
            self._start(tag, f' style="{STYLES[tag]}"' if STYLES[tag] else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while True:
                last = self._open.pop()
                self._out.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        self._write(data)

    def _start(self, tag: str, attributes: str) -> None:
        if self.cut:
            return
        self._out.append(f"<{tag}{attributes}>")
        self._size += len(tag) + len(attributes.encode()) + 2
        if tag not in VOID:
            self._open.append(tag)

    def _write(self, text: str) -> None:
        if self.cut:
            return
        room = self._limit - self._size
        written = html.escape(text)
        size = len(written.encode())
        if size > room:
            # Cut in the text, not in the markup: an entity stays whole.
            kept = text[: max(room // 2, 0)].rsplit(" ", 1)[0]
            written, self.cut = html.escape(kept) + "…", True
        self._out.append(written)
        self._size += size

    def _write_link(self, address: str, label: str) -> None:
        absolute = self._absolute(address)
        if absolute and "a" not in self._open:
            self._start("a", f' href="{absolute}"')
            self._write(f"[{label}]")
            self.handle_endtag("a")
        else:
            self._write(f"[{label}]")

    def _absolute(self, address: str) -> str:
        """An address that works outside the site, escaped; empty for anything but the web and mail."""
        if address.startswith("#"):
            return ""
        found = urljoin(f"{self._base}/", address)
        return html.escape(found) if found.startswith(("https://", "http://", "mailto:")) else ""
