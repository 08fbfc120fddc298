"""Who may open a WebSocket: pages of this site, and no other.

Browsers send cookies with a WebSocket handshake whatever page opens it, and no CSRF token protects it: the
`Origin` header is what tells our pages from somebody else's.
"""

from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http.request import validate_host

from realtime.fermetures import ORIGINE_ETRANGERE

logger = structlog.get_logger(__name__)

DEFAULT_PORTS = {"http": 80, "https": 443}


class SameOriginMiddleware:
    """ASGI middleware: refuse, before it is accepted, a handshake that does not come from our own pages.

    The browser gets an HTTP 403 (close code 4403 for an ASGI server that passes it on). A handshake
    without an `Origin` is refused as well: no browser leaves it out.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = _headers(scope)
        origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
        if is_same_origin(origin, host):
            await self.inner(scope, receive, send)
            return
        logger.warning("websocket_origin_refused", origin=origin[:200], host=host[:200])
        await receive()  # websocket.connect: the specification wants it taken before an answer
        await send({"type": "websocket.close", "code": ORIGINE_ETRANGERE.code})


def is_same_origin(origin: str, host: str) -> bool:
    """True if a page served at `origin` is one of ours, `host` being the handshake's `Host` header.

    In production the origin must be https, and either `SITE_URL` (the proxy in front may rewrite `Host`)
    or a name of `ALLOWED_HOSTS`: an attacker's name pointed at our address gets nothing.
    """
    address = _origin_address(origin)
    if address is None:
        return False
    scheme, name, port = address
    if settings.PRODUCTION:
        if scheme != "https":
            return False
        if address == _origin_address(settings.SITE_URL):
            return True
        if not validate_host(name, settings.ALLOWED_HOSTS):
            return False
    return _host_address(host, scheme) == (name, port)


def _origin_address(origin: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]


def _host_address(host: str, scheme: str) -> tuple[str, int] | None:
    address = _origin_address(f"{scheme}://{host}")
    return address and address[1:]


def _headers(scope: dict[str, Any]) -> dict[bytes, str]:
    """The headers by name. One given twice counts as absent: proxies and servers may disagree on which is true."""
    found: dict[bytes, str] = {}
    for name, value in scope.get("headers", []):
        key = name.lower()
        found[key] = "" if key in found else value.decode("latin1")
    return found
