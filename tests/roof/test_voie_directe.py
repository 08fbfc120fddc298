"""The straight way gives what Django's own handler gives: same status, headers and page."""

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.test import Client

from plateforme.voie_directe import FILS, VoieDirecte
from tests.factories import make_agent, make_communaute, make_sujet

pytestmark = pytest.mark.django_db(transaction=True)

# What differs from one answer to the next whatever the way: marks of one request.
MARKS = re.compile(
    rb'(nonce[-=]"?|csrfmiddlewaretoken" value="|csrftoken=|expires=)[^"\';]+|x-request-id.*', re.IGNORECASE
)


async def ask(
    application: Any, path: str, cookie: str, query: bytes = b""
) -> tuple[int, dict[bytes, bytes], bytes]:
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "query_string": query,
        "headers": [(b"host", b"testserver"), (b"cookie", cookie.encode())], "server": ("testserver", 80),
        "client": ("127.0.0.1", 1), "scheme": "http",
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    await caller.send_input({"type": "http.request", "body": b""})
    start = await caller.receive_output(5)
    body = b""
    while True:
        part = await caller.receive_output(5)
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    # Names of headers have no case, and the directives of the policy no order.
    headers = {
        name.lower(): b";".join(sorted(part.strip() for part in MARKS.sub(b"", value).split(b";")))
        for name, value in start["headers"]
        if name.lower() != b"x-request-id"
    }
    return start["status"], headers, MARKS.sub(b"", body)


@pytest.fixture
def world() -> dict[str, str]:
    member, outsider = make_agent("Mel"), make_agent("Hors")
    communaute = make_communaute(member, "sur_demande")
    sujet = make_sujet(communaute, member)
    cookies = {"visitor": ""}
    for name, person in (("member", member), ("outsider", outsider)):
        client = Client()
        client.force_login(person)
        cookies[name] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        # What the first visit changes (read marks) is not what is compared.
        client.get(sujet.get_absolute_url())
    return {"sujet": sujet.get_absolute_url(), "liste": f"{communaute.get_absolute_url()}forum/", **cookies}


@pytest.mark.parametrize("person", ["visitor", "member", "outsider"])
async def test_both_ways_give_the_same(world: dict[str, str], person: str) -> None:
    django = get_asgi_application()
    direct = VoieDirecte(_not_asked)
    for path in (world["sujet"], world["liste"], "/forum/non-lus/", "/sujets/999999999999/"):
        assert await ask(direct, path, world[person]) == await ask(django, path, world[person]), path


async def test_everything_else_takes_the_ordinary_way(world: dict[str, str]) -> None:
    taken: list[str] = []

    async def otherwise(scope: Any, receive: Any, send: Any) -> None:
        taken.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    direct = VoieDirecte(otherwise)
    for path in ("/", "/sujets/1/suivre/", "/sujets/", "/static/x.css", f"{world['sujet']}x"):
        assert (await ask(direct, path, ""))[0] == 204
    assert len(taken) == 5


@pytest.fixture
def own_process(world: dict[str, str]) -> int:
    """The process of PostgreSQL behind the connection that cleans up after the test."""
    return connection.connection.info.backend_pid


async def test_a_database_that_comes_back_is_found_by_the_ordinary_way(
    world: dict[str, str], own_process: int
) -> None:
    direct = VoieDirecte(get_asgi_application())
    assert (await ask(direct, world["sujet"], world["member"]))[0] == 200
    await sync_to_async(_end_connections)(own_process)
    for _ in range(FILS + 1):
        assert (await ask(direct, world["sujet"], world["member"]))[0] == 200


def _end_connections(sauf: int) -> None:
    """As a restart of PostgreSQL does, but for the test's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [sauf],
        )
        assert cursor.fetchone()[0] >= 1


async def _not_asked(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(scope["path"])
