"""Pieces of pages, rendered once for each state of what they show.

A page of twenty messages is mostly the same HTML for all who read it. `{% morceau nom cle %}…{% endmorceau %}` keeps
what its content gave, in the memory of the process, under its name and `cle`: a tuple that holds **everything** the
content depends on, values and not only identifiers. A change of any of them is another key, so nothing is ever
invalidated and a piece can be wrong only if its key forgot something. What nobody asks for any more is forgotten.

The marks of one request, its CSRF token and its CSP nonce, are taken out of what is kept and put back for each reader.

What is each reader's own inside a large piece stands apart, in `{% a_part %}…{% enda_part %}`: the piece is kept with
a gap there, which is rendered again each time. So a whole page can be one piece with a few gaps: `page`.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import Engine, RequestContext
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

# Private characters, which stand for the marks in what is kept.
_TOKEN, _NONCE = "\U000f7c01", "\U000f7c02"
# Stands for a gap. Nobody outside this process can know it, so no text can hold it.
_GAP = f"\U000f7c03{secrets.token_hex(16)}\U000f7c03"


class Gap(Protocol):
    """What is each reader's own: a node of a template."""

    def fill(self, context: Any) -> str:
        """Its HTML for one reader."""
        ...


@dataclass(frozen=True, slots=True)
class Morceau:
    """A piece as it is kept: its text, and what fills the gaps between its parts (one less than the parts)."""

    parts: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    # Whether the parts hold a stand-in for the CSRF token, for the nonce.
    token: bool = False
    nonce: bool = False

    @property
    def size(self) -> int:
        """In characters."""
        return sum(map(len, self.parts))


class Magasin:
    """Pieces by key, the least recently used forgotten beyond `capacity` characters. Thread-safe."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._pieces: OrderedDict[Hashable, Morceau] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Morceau | None:
        with self._lock:
            found = self._pieces.get(key)
            if found is not None:
                self._pieces.move_to_end(key)
            return found

    def put(self, key: Hashable, kept: Morceau) -> None:
        with self._lock:
            old = self._pieces.pop(key, None)
            self._size += kept.size - (old.size if old is not None else 0)
            self._pieces[key] = kept
            while self._size > self._capacity and len(self._pieces) > 1:
                _, dropped = self._pieces.popitem(last=False)
                self._size -= dropped.size

    def clear(self) -> None:
        """For tests and measures: forget all."""
        with self._lock:
            self._pieces.clear()
            self._size = 0


# Where a request holds the gaps of the piece being made for it.
_GAPS = "morceaux.trous"
# In characters: 32 million take some 50 MB of memory, twenty thousand messages.
MAGASIN = Magasin(32_000_000)


def piece(request: HttpRequest, key: Hashable, make: Callable[[], str], context: Any = None) -> SafeString:
    """The HTML kept under `key`, made by `make` if there is none; safe as what `make` gave was.

    `make` renders with the request's own CSRF token and nonce. Gaps are filled with `context`, that of the place where
    the piece stands, whether it was kept or made just now: a gap sees no variable set inside the piece.
    """
    # Hours are said at the reader's clock.
    key = (timezone.get_current_timezone_name(), key)
    kept = MAGASIN.get(key)
    if kept is None:
        kept = _made(request, make)
        MAGASIN.put(key, kept)
    outer = request.META.get(_GAPS)
    if kept.gaps and outer is not None:
        # Inside a larger piece being made: its gaps are gaps of the larger one.
        outer.extend(kept.gaps)
        return SafeString(_GAP.join(_marked(request, kept)))
    return _filled(request, kept, context)


def _marked(request: HttpRequest, kept: Morceau) -> Sequence[str]:
    """The parts of a piece with the request's own marks."""
    parts: Sequence[str] = kept.parts
    if kept.token:
        token = csrf_token(request)
        parts = [part.replace(_TOKEN, token) for part in parts]
    if kept.nonce:
        nonce = str(_nonce(request))
        parts = [part.replace(_NONCE, nonce) for part in parts]
    return parts


def _filled(request: HttpRequest, kept: Morceau, context: Any) -> SafeString:
    parts = _marked(request, kept)
    if not kept.gaps:
        return SafeString(parts[0])
    whole = [parts[0]]
    for gap, part in zip(kept.gaps, parts[1:], strict=True):
        whole += (gap.fill(context), part)
    return SafeString("".join(whole))


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """As Django's `render`; with a `cle_page` in `context`, the whole page is a piece kept under it.

    Then nothing is rendered again but the gaps: not even the templates that extend one another, which takes as long.
    """
    key = context.get("cle_page")
    if not key:
        return render(request, template, context, status=status)
    whole = Engine.get_default().get_template(template)
    bound = RequestContext(request)
    bound.push(context)  # above what the context processors say, as `render` does
    with bound.bind_template(whole):
        html = piece(request, ("page", template, key), lambda: whole.render(bound), bound)
    return HttpResponse(html, status=status)


def leave_gap(request: HttpRequest, gap: Gap) -> str | None:
    """Called by a gap where it is met: what to put there while a piece is being made, None when none is."""
    gaps = request.META.get(_GAPS)
    if gaps is None:
        return None
    gaps.append(gap)
    return _GAP


def _made(request: HttpRequest, make: Callable[[], str]) -> Morceau:
    outer = request.META.get(_GAPS)
    gaps: list[Gap] = []
    request.META[_GAPS] = gaps
    try:
        # Titles and names are no Markdown: one that held our stand-ins would be given each reader's marks.
        text = make().replace(_TOKEN, "").replace(_NONCE, "")
    finally:
        request.META[_GAPS] = outer
    if nonce := str(_nonce(request)):
        text = text.replace(nonce, _NONCE)
    token = request.META.get("morceaux.csrf")
    if token is not None:
        text = text.replace(token, _TOKEN)
    return Morceau(tuple(text.split(_GAP)), tuple(gaps), _TOKEN in text, _NONCE in text)


def csrf_token(request: HttpRequest) -> str:
    """The request's CSRF token, the same one all along the page."""
    token: str | None = request.META.get("morceaux.csrf")
    if token is None:
        token = request.META["morceaux.csrf"] = get_token(request)
    return token


def csrf(request: HttpRequest) -> dict[str, Any]:
    """Context processor in place of Django's: one token a page, which `piece` knows."""
    return {"csrf_token": SimpleLazyObject(lambda: SafeString(csrf_token(request)))}


def _nonce(request: HttpRequest) -> Any:
    return getattr(request, "csp_nonce", "")
