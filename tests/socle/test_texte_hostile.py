"""What nobody should be able to do with a text: run a script, call a third party, hold a process.

Nothing here looks for substrings in the output: it is parsed, twice, and everything found in it must be on
the lists below, which are written apart from those of the renderer.
"""

import html as html_library
import itertools
import re
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from bleach import html5lib_shim
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateforme.socle.texte import (
    MAX_SOURCE,
    Lien,
    Mention,
    Taille,
    extract_mentions,
    extract_references,
    hide_titles,
    plain_text,
    render_markdown,
    validate_source,
)

MENTIONS = {"a": Mention("/annuaire/1/", "A <b>"), "marie-dupont": Mention("/annuaire/3/", "Marie Dupont")}


class Everything(dict[str, Any]):
    """Knows every address: the same answer for each."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        return self.answer


KNOWN = {
    "liens": Everything(Lien("/sujets/7/", '<b onclick="x">Titre', "]( & <i>")),
    "tailles": Everything(Taille(800, 600)),
}

VOID = {"br", "hr", "img"}
ATTRIBUTES: dict[str, dict[str, str]] = {
    **{key: {} for key in ["blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "p"]},
    **{key: {} for key in ["strong", "table", "tbody", "thead", "tr", "ul"]},
    "a": {
        "href": ".*",
        "rel": "nofollow noopener noreferrer",
        "class": "texte-(mention|lien|appel|retour)",
        "aria-label": "(Note|Revenir à l’appel de la note) [0-9]+",
    },
    "img": {"src": ".*", "alt": ".*", "loading": "lazy", "width": "800", "height": "600"},
    "ol": {"start": "[0-9]{1,9}"},
    "li": {"id": "[a-z0-9-]+-note-[0-9]+", "class": "texte-tache"},
    "sup": {"id": "[a-z0-9-]+-appel-[0-9]+(-[0-9]+)?"},
    "span": {"class": "texte-(case|genre)", "role": "img", "aria-label": "Fait|À faire"},
    "section": {"class": "texte-notes"},
    "div": {"class": "fr-table texte-tableau", "role": "region", "tabindex": "0", "aria-label": "Tableau"},
    "pre": {"tabindex": "0"},
    "th": {"scope": "col", "class": "texte-(droite|centre)"},
    "td": {"class": "texte-(droite|centre)"},
}


def check_address(tag: str, address: str) -> None:
    """An address that every browser reads as this site, a plain web address, an e-mail or a telephone."""
    # Read it as tolerantly as a browser may, entities decoded once too often included.
    for reading in (address, html_library.unescape(address)):
        assert not re.search(r"[\x00-\x20\x7f-\xa0\\\u2000-\u200f\u2028-\u202f\ufeff]", reading), address
    if address.startswith("/"):
        assert not address.startswith("//"), address
        assert "//" not in re.split("[?#]", address)[0], address
        return
    assert tag == "a", address
    if address.startswith("#"):
        assert re.fullmatch("#[a-z0-9-]+-(note|appel)-[0-9]+", address), address
        return
    parts = urlsplit(address)
    assert parts.scheme in {"http", "https", "mailto", "tel"}, address
    if parts.scheme in {"http", "https"}:
        assert parts.hostname, address
        assert re.match("https?://", address, re.IGNORECASE), address
        assert "@" not in parts.netloc, address
        assert re.fullmatch(r"[\w.:-]+", parts.netloc), address
    else:
        assert not parts.netloc, address


def check_tag(tag: str, attributes: dict[str, str | None]) -> None:
    assert tag in ATTRIBUTES, tag
    for name, value in attributes.items():
        assert name in ATTRIBUTES[tag], (tag, name)
        assert value is not None, (tag, name)
        assert re.fullmatch(ATTRIBUTES[tag][name], value, re.DOTALL), (tag, name, value)
    for name in {"href", "src"} & attributes.keys():
        check_address(tag, str(attributes[name]))
    if str(attributes.get("href", "")).lower().startswith("http"):
        assert attributes.get("rel") == "nofollow noopener noreferrer"


class Reader(HTMLParser):
    """Python's own parser, strict: every tag is closed, in order, and no attribute or id comes twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), (tag, attrs)
        check_tag(tag, attributes)
        if identifier := attributes.get("id"):
            assert identifier not in self.ids
            self.ids.add(identifier)
        if tag == "a":
            assert "a" not in self.open
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(html: str) -> str:
    """Check the output of the renderer in full; return its text."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    # And as a browser builds it: the same lists, and nothing moved or made up in between.
    parser = html5lib_shim.HTMLParser(namespaceHTMLElements=False)
    for element in parser.parseFragment(html).iter():
        if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
            check_tag(element.tag, dict(element.attrib))
    text = "".join(reader.text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\U000f0000-\U000f0010]", text)
    html.encode()
    return text


SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\x00script:alert(1)",
    "\x01javascript:alert(1)",
    "javascript\u200b:alert(1)",
    "\u00a0javascript:alert(1)",
    "java\u00adscript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "javascript\uff1aalert(1)",
    "javascript://x.fr/%0aalert(1)",
    "jav&#x09;ascript:alert(1)",
    "jav&Tab;ascript:alert(1)",
    "jav&NewLine;ascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#0000058alert(1)",
    "&#106avascript:alert(1)",
    "&amp;#106;avascript:alert(1)",
    "java\\script:alert(1)",
    "javascript\\:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:msgbox(1)",
    "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)",
    "blob:https://x.fr/1",
    "file:///etc/passwd",
    "about:blank",
    "intent://x#Intent;end",
]
DETOURS = [
    "//evil.test/a",
    "/\\evil.test/a",
    "\\\\evil.test/a",
    "/\t/evil.test",
    "/\n/evil.test",
    "/.//evil.test",
    "/a/..//evil.test",
    "/../a",
    "///evil.test",
    "http:evil.test",
    "http:/evil.test",
    "https:\\\\evil.test",
    "https:///evil.test",
    "https://banque.fr@evil.test/",
    "https://banque.fr:80@evil.test/",
    "https://banque.fr%40evil.test/",
    "https://banque.fr\\@evil.test/",
    "https://banque.fr&#64;evil.test/",
    "https://ban\u202equefr.test/",
    "https://evil\u3002test/",
    "https://\uff45vil.test/",
    "https://evil.test\uff0fa",
    "https://[::1]/",
    "https://evil.test:99999/",
    "https://a b.test/",
    "https://-/",
    "https://",
    "https://.",
    "?x=1",
    "#main",
    "x.html",
    'https://x.fr/"onmouseover="alert(1)',
    "https://x.fr/'onmouseover='alert(1)",
    "https://x.fr/><script>alert(1)</script>",
    '/"onerror="alert(1)',
    "/`onerror=alert(1)",
    "mailto:a@b.fr?bcc=c@d.fr",
    "mailto:a@b.fr%0abcc:c@d.fr",
    "mailto:javascript:alert(1)",
    "tel:javascript:alert(1)",
    "www.evil.test@x",
    "ht\ud800tps://x.fr",
]
ADDRESS_WRAPPERS = [
    "[x]({})",
    "[x](<{}>)",
    '[x]({} "titre")',
    "[x]( {} )",
    "![x]({})",
    "![x](<{}>)",
    "[![x]({0})]({0})",
    "[x {0}]({0})",
    "<{}>",
    "{}",
    "**{}**",
    "[x][r]\n\n[r]: {}",
    "![x][r]\n\n[r]: <{}>",
    "[r]: {} 'r'\n[r]",
    "a[^1]\n\n[^1]: [x]({})",
    "> - [x]({})",
    "|a|\n|-|\n|[x]({})|",
    '<a href="{}">x</a>',
    "<img src='{}' onerror='alert(1)'>",
    "# [x]({})",
]


def to_decimal(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def to_hexadecimal(text: str) -> str:
    return "".join(f"&#X{ord(char):05x};" for char in text)


def to_percent(text: str) -> str:
    return re.sub(
        "[^A-Za-z]",
        lambda match: "".join(f"%{byte:02x}" for byte in match[0].encode("utf-8", "replace")),
        text,
    )


def to_escaped(text: str) -> str:
    return re.sub(r"([:/.()@])", r"\\\1", text)


ENCODINGS = [str, str.upper, to_decimal, to_hexadecimal, to_percent, to_escaped]

MARKUP = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)//",
    '<img """><script>alert(1)</script>">',
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1) target=_top>x</a>",
    "<p id=main class=fr-btn style='position:fixed' name=forms>x</p>",
    "<base href=//evil.test/>",
    "<meta http-equiv=refresh content=0;url=//evil.test>",
    "<link rel=stylesheet href=//evil.test>",
    "<style>@import '//evil.test'</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "</p></div></body><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&amp;lt;script&amp;gt;",
    "\x02wzxhzdk:0\x03<b>",
    "\x02klzzwxh:0000\x03",
    "\x02amp\x03lt;script>",
    "\U000f0001script\U000f0002alert(1)",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "x\"]('onfocus=alert(1) autofocus='",
    "{: #main .fr-btn onclick=alert(1) }",
    "\ud800<b>\udfff",
    "{% debug %}{{ settings.SECRET_KEY }}",
]
MARKUP_WRAPPERS = [
    "{}",
    "texte {} texte",
    "- {}\n  {}",
    "> {}",
    "# {}",
    "{}\n===",
    "`{}`",
    "```{}\n{}\n```",
    "    {}",
    "**{}**",
    "[{}](/x)",
    '[x](/x "{}")',
    "[x](/x?{})",
    "![{}](/x)",
    "![{}](https://x.fr/i.png)",
    "|{}|b|\n|-|-|\n|{}|c|",
    "a[^{0}]\n\n[^{0}]: {0}",
    "[{0}]\n\n[{0}]: /x",
    "[x][r]\n\n[r]: /x '{}'",
    "- [x] {}",
    "@a {} :x{}:",
    "https://x.fr/{}",
    "<https://x.fr/{}>",
    "{}@x.fr",
]


def fill(wrapper: str, value: str) -> str:
    return re.sub(r"\{0?\}", lambda _: value, wrapper)


@pytest.mark.parametrize("wrapper", ADDRESS_WRAPPERS)
def test_no_address_escapes(wrapper: str) -> None:
    for address, encode in itertools.product(SCRIPTS + DETOURS, ENCODINGS):
        check(render_markdown(fill(wrapper, encode(address)), mentions=MENTIONS))


@pytest.mark.parametrize("address", SCRIPTS)
def test_words_are_never_linked_to_a_script(address: str) -> None:
    for source in (f"[mot]({address})", f"[mot](<{address}>)", f"[mot]\n\n[mot]: {address}"):
        assert ">mot<" not in render_markdown(source)


@pytest.mark.parametrize("wrapper", MARKUP_WRAPPERS)
def test_no_markup_escapes(wrapper: str) -> None:
    for markup in MARKUP:
        check(render_markdown(fill(wrapper, markup), mentions=MENTIONS))
        check(render_markdown(fill(wrapper, markup * 2).replace("\n", "\r\n"), mentions=MENTIONS))


@pytest.mark.parametrize("markup", [each for each in MARKUP if each.startswith("<") and "&" not in each])
def test_raw_html_is_shown_as_it_was_typed(markup: str) -> None:
    assert check(render_markdown(f"`` {markup} ``")) == markup
    assert markup[:6] in check(render_markdown(markup))


@pytest.mark.parametrize("address", ["https://x.fr/i.png", "HTTP://x.fr/i.png", "www.x.fr/i.png", "//x.fr/i"])
def test_no_image_calls_a_third_party(address: str) -> None:
    for source in (
        f"![a]({address})",
        f"![a](<{address}>)",
        f"![a]\n\n[a]: {address}",
        f"[![a]({address})](/b)",
    ):
        assert "<img" not in render_markdown(source)


# fmt: off
FRAGMENTS = [
    "[", "![", "](", "[](", "]", "(", ")", "[a](/b)", "[a](https://x.fr)", "![a](/b)", "[a][a]", "[a]: /x\n",
    "<", ">", '<a b="', "<![CDATA[", "<!--", "<?", "</p>", "<https://x.fr>", "<a@b.fr>", "&", "&#", "&#1;",
    "&lt;", "`", "``", "```\n", "~~~\n", "~~", "*", "**", "***", "*a ", "*a", "_", "_a", "__a ", "\\", "\\*",
    "'", '"', "> ", "\n>", "\n- ", "\n  - a", "\n1. ", "\n2) a", "- [x] a\n", "\n    ", "\t", " ", "\n",
    "\n\n", "a\n", "a", "|", "\n|a|b|\n|-|-|\n", "|a", "\n|-", "[^1]", "\n[^1]: a\n", "\n[^a", "# a\n",
    "a\n===\n", "a\n---\n", "* * *\n", "http://", "https://x.fr ", "www.", "@a ", "@a", "\n\n@a", "a@", "a@b.fr ",
    ":a:", ":smile:", "é«", "\x00", "\x02", "\ud800", "\u202e", "\U000f0001", "1", ".", ":", "-", "=", "#", "~",
    "+", "!",
]
# fmt: on
sources = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), max_size=25).map("".join),
    st.text(st.characters(), max_size=300),
)
relaxed = settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(sources)
def test_any_text_gives_a_safe_page(source: str) -> None:
    check(render_markdown(source, mentions=MENTIONS))
    titled = render_markdown(source, mentions=MENTIONS, **KNOWN)
    check(titled)
    hidden = hide_titles(titled, (), "https://site.test")
    # Links to the site are as bare as others, but for the mark of those that lead out.
    check(hidden.replace(">https://site.test/", ">/"))
    assert 'class="texte-lien"' not in hidden
    extract_references(source)


@relaxed
@given(sources, st.integers(0, 80))
def test_any_text_gives_an_excerpt_and_mentions(source: str, limit: int) -> None:
    excerpt = plain_text(source, limit)
    assert len(excerpt) <= limit
    assert "\n" not in excerpt
    assert all(re.fullmatch("[a-z0-9-]+", handle) for handle in extract_mentions(source))
    try:
        validate_source(source)
    except ValidationError as refusal:
        assert refusal.code == "vide"


@relaxed
@given(st.lists(st.from_regex("[A-Za-zéà0-9]{1,8}", fullmatch=True), min_size=1, max_size=30))
def test_plain_words_are_left_alone(words: list[str]) -> None:
    assert check(render_markdown(" ".join(words))) == " ".join(words)


# Each family repeats a pattern up to a size.

SMALL, LARGE = 12_500, 50_000
SPECIAL_FAMILIES: dict[str, Callable[[int], str]] = {
    "growing indentation": lambda size: _lines(size, lambda n: " " * (2 * n) + "- a"),
    "growing quotes": lambda size: _lines(size, lambda n: ">" * n + "a"),
    "growing ticks": lambda size: _lines(size, lambda n: "`" * n + " "),
    "growing stars": lambda size: _lines(size, lambda n: "*" * n + "a"),
    "growing table": lambda size: (
        "|a" * (size // 8) + "\n" + "|-" * (size // 8) + "\n" + "a|\n" * (size // 6)
    ),
    "forty columns": lambda size: "|a" * 40 + "\n" + "|-" * 40 + "\n" + "|\n" * (size // 2),
    "brackets then ends": lambda size: "[" * (size // 2) + "](/a)" * (size // 10),
    "images in images": lambda size: "![a" * (size // 8) + "](/a)" * (size // 8),
    "links in links": lambda size: "[a" * (size // 7) + "](/a)" * (size // 7),
    "stars then stars": lambda size: "a **b " * (size // 12) + "c** " * (size // 8),
    "mixed emphasis": lambda size: "*a _b **c " * (size // 20) + "c** b_ a* " * (size // 20),
    "references": lambda size: "[a]: /" + "x" * 1_900 + "\n\n" + "[a]" * ((size - 2_000) // 3),
    "many references": lambda size: _lines(size, lambda n: f"[r{n}]: /x{n}\n[r{n}]\n"),
    "many notes": lambda size: _lines(size, lambda n: f"[^{n}]: [^{n + 1}]"),
    "notes called": lambda size: "[^1]: a\n\n" + "[^1]" * (size // 4),
    "mentions": lambda size: "@marie-dupont " * (size // 14),
    "addresses": lambda size: _lines(size, lambda n: f"https://x.fr/{n} <https://x.fr/{n}>"),
    "images": lambda size: _lines(size, lambda n: f"![a](/x/{n})"),
    "one word": lambda size: "a" * size,
    "one address": lambda size: "https://x.fr/" + "(" * (size // 2) + ")" * (size // 2),
    "digits in an entity": lambda size: "&#" + "1" * size + ";",
    "open title": lambda size: '[a](/b "' * (size // 8),
    "open angle": lambda size: "[a](<" * (size // 5),
    "escaped target": lambda size: "[a](" + "\\)" * (size // 2),
    "handle": lambda size: "@" + "a-" * (size // 2),
    "host": lambda size: "a@" + "b." * (size // 2),
    "heading": lambda size: "# " + "# " * (size // 2),
    "spaces then text": lambda size: ("a" + " " * 500 + "\n") * (size // 500),
    "random": lambda size: _shuffled(size),
}


def _lines(size: int, line: Callable[[int], str]) -> str:
    lines: list[str] = []
    length = 0
    for number in itertools.count():
        lines.append(line(number))
        length += len(lines[-1]) + 1
        if length >= size:
            return "\n".join(lines)[:size]
    raise AssertionError


def _shuffled(size: int) -> str:
    """A mix of all fragments in an order without regularity, the same each time."""
    count, parts, length = 1, [], 0
    while length < size:
        count = count * 48_271 % 2_147_483_647
        parts.append(FRAGMENTS[count % len(FRAGMENTS)])
        length += len(parts[-1])
    return "".join(parts)[:size]


def _repeat(fragment: str, size: int) -> str:
    return (fragment * (size // len(fragment) + 1))[:size]


FAMILIES = {ascii(fragment): partial(_repeat, fragment) for fragment in FRAGMENTS} | SPECIAL_FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_long_texts_are_rendered(name: str) -> None:
    """That it takes linear time is measured apart, by bench/texte.py; here, that it ends and is safe."""
    large = FAMILIES[name](LARGE)
    assert len(large) <= MAX_SOURCE
    assert isinstance(render_markdown(large, mentions=MENTIONS), SafeString)


@pytest.mark.parametrize(
    "name", ["growing stars", "references", "random", "images in images", "many notes", "addresses", "images"]
)
def test_long_hostile_texts_are_safe_too(name: str) -> None:
    html = render_markdown(SPECIAL_FAMILIES[name](SMALL), mentions=MENTIONS, **KNOWN)
    check(html)
    assert len(html) < 40 * SMALL
