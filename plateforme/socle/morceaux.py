"""Pieces of pages, rendered once for each state of what they show.

A page of twenty messages is mostly the same HTML for all who read it. `{% morceau nom cle %}…{% endmorceau %}` keeps
what its content gave, in the memory of the process, under its name and `cle`: a tuple that holds **everything** the
content depends on, values and not only identifiers. A change of any of them is another key, so nothing is ever
invalidated and a piece can be wrong only if its key forgot something. What nobody asks for any more is forgotten.

The marks of one request, its CSRF token and its CSP nonce, are taken out of what is kept and put back for each reader.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

# Private characters, which stand for the marks in what is kept.
_TOKEN, _NONCE = "\U000f7c01", "\U000f7c02"


class Magasin:
    """Texts by key, the least recently used forgotten beyond `capacity` characters. Thread-safe."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
            return text

    def put(self, key: Hashable, text: str) -> None:
        with self._lock:
            old = self._texts.pop(key, None)
            self._size += len(text) - (len(old) if old is not None else 0)
            self._texts[key] = text
            while self._size > self._capacity and len(self._texts) > 1:
                _, dropped = self._texts.popitem(last=False)
                self._size -= len(dropped)

    def clear(self) -> None:
        """For tests and measures: forget all."""
        with self._lock:
            self._texts.clear()
            self._size = 0


# In characters: 32 million take some 50 MB of memory, twenty thousand messages.
MAGASIN = Magasin(32_000_000)


def piece(request: HttpRequest, key: Hashable, make: Callable[[], str]) -> SafeString:
    """The HTML kept under `key`, made by `make` if there is none; safe as what `make` gave was.

    `make` renders with the request's own CSRF token and nonce.
    """
    text = MAGASIN.get(key)
    if text is None:
        # Titles and names are no Markdown: one that held our stand-ins would be given each reader's marks.
        html = make().replace(_TOKEN, "").replace(_NONCE, "")
        text = html
        if nonce := str(_nonce(request)):
            text = text.replace(nonce, _NONCE)
        token = request.META.get("morceaux.csrf")
        if token is not None:
            text = text.replace(token, _TOKEN)
        MAGASIN.put(key, text)
        return SafeString(html)
    if _TOKEN in text:
        text = text.replace(_TOKEN, csrf_token(request))
    if _NONCE in text:
        text = text.replace(_NONCE, str(_nonce(request)))
    return SafeString(text)


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
