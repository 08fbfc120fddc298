"""A straight way through Django for the pages that are read most.

Django's own ASGI handler gives each request a thread of its own, made and thrown away, with a database connection
taken from the pool and given back: measured here, that is a third of the time of a short page. This handler
runs the same middleware and the same views in a few threads that stay, each with its connection.

It is nothing but that: same settings, same middleware, same URLs, same views, so that a page cannot differ in
rights or headers (tests/roof/test_voie_directe.py compares them). It takes GET requests on the addresses listed in
`CHEMINS`; everything else, and whatever it cannot do, goes to Django's handler.
"""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

import structlog
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase

logger = structlog.get_logger(__name__)

# The pages that people open most: a sujet, the list of a forum, what there is to read.
CHEMINS = re.compile(r"/sujets/[0-9]{1,18}/|/communautes/[-a-zA-Z0-9_]{1,80}/forum/|/forum/non-lus/")
# Threads that take turns: Python runs one at a time, a second is for when one waits for PostgreSQL. With a third they
# quarrel over turns: 253 pages a second instead of 320.
FILS = 2

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class VoieDirecte:
    """An ASGI application: the straight way for `CHEMINS`, `otherwise` for everything else."""

    def __init__(self, otherwise: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._otherwise = otherwise
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._threads = ThreadPoolExecutor(FILS, thread_name_prefix="voie-directe")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or not CHEMINS.fullmatch(scope["path"]):
            await self._otherwise(scope, receive, send)
            return
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, scope)
        if answer is None:
            await self._otherwise(scope, receive, send)
            return
        start, body = answer
        await send(start)
        await send(body)

    def _answer(self, scope: Scope) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The two messages of the answer, or None when the request has to take the ordinary way."""
        # A context of its own: what a request binds (log fields, language) must not reach the next one.
        return Context().run(self._respond, scope)

    def _respond(self, scope: Scope) -> tuple[dict[str, Any], dict[str, Any]] | None:
        response = self._handler.get_response(ASGIRequest(scope, io.BytesIO()))
        # Nothing closes the connection between two requests: Django's own check would, as CONN_MAX_AGE is 0. It
        # turns whatever a view raises into a page: that the database went away shows on the connection only.
        if response.status_code >= 500 and connection.errors_occurred:
            logger.warning("direct_way_without_database")
            connection.close()
            return None
        return _messages(response)


def _messages(response: HttpResponseBase) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if response.streaming or not isinstance(response, HttpResponse):
        return None
    headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [
        (b"set-cookie", cookie.output(header="").strip().encode()) for cookie in response.cookies.values()
    ]
    # Not `response.close()`: it sends `request_finished`, at which Django gives the connection back to the pool. A
    # page made in memory from a GET holds nothing else to close.
    return (
        {"type": "http.response.start", "status": response.status_code, "headers": headers},
        {"type": "http.response.body", "body": response.content},
    )
