"""Whose line it is: the session of the handshake's cookie, read in one step and never written."""

from http.cookies import CookieError
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare

from annuaire.models import Agent


class Identite(NamedTuple):
    """An open account and the session that it came with."""

    agent: Agent
    session_key: str


def cookie_key(scope: dict[str, Any]) -> str:
    """The session's key in the handshake's headers; empty if there is none."""
    for name, value in scope.get("headers", []):
        if name.lower() == b"cookie":
            try:
                return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
            except CookieError:
                return ""
    return ""


def identify(session_key: str) -> Identite | None:
    """Whose session this is, if it and its account are still open. Two queries, none without a key.

    Checks what `django.contrib.auth.get_user` checks, without its writes: it would give a session signed with an older
    secret a new key, which a handshake has no way to hand to the browser.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    pk, backend, signature = (
        session.get(name) for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY)
    )
    if not pk or not signature or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    agent = Agent.objects.active().with_place().filter(pk=pk).first()
    if agent is None:
        return None
    known = (agent.get_session_auth_hash(), *agent.get_session_auth_fallback_hash())
    if not any(constant_time_compare(signature, expected) for expected in known):
        return None
    return Identite(agent, session_key)
