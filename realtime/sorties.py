"""How frames leave the process: straight to the connection where the server lets us, else through ASGI.

ASGI wants one message per socket and frame, which the server then encodes, once a socket; and it does not say when what
it took has left: Daphne's `send` returns at once and its buffer grows, uvicorn's waits in silence. An event for a
thousand sockets is a thousand times the same bytes. So the bytes of the WebSocket frame are made once, and written to
each connection, whose own buffer says whether its reader follows (docs/decisions/0020-temps-reel.md).

What the shortcuts rely on, for each server, stands at its class; a server that is not recognised, or a connection that
is encrypted by the server itself, takes the ordinary way.
"""

import asyncio
import contextlib
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any, Protocol

Send = Callable[[dict[str, Any]], Awaitable[None]]

# What may wait in a connection's own buffer before its reader counts as behind.
HIGH_WATER = 64 * 1024  # bytes
# What the kernel keeps for a reader that does not read: its own choice would grow to megabytes each.
KERNEL_BUFFER = 128 * 1024  # bytes
LAST_WORD = 1.0  # seconds given to the frame that says why a line closes
TEXT = 0x81  # a whole message of text in one frame


def frame_bytes(text: str) -> bytes:
    """A whole WebSocket text frame, as a server sends it (RFC 6455, section 5.2)."""
    payload = text.encode()
    length = len(payload)
    if length < 126:
        return bytes((TEXT, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", TEXT, 126, length) + payload
    return struct.pack("!BBQ", TEXT, 127, length) + payload


def text_of(frame: bytes) -> str:
    """The text in a frame made by `frame_bytes`."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :].decode()


class Sortie(Protocol):
    """The way out of one socket."""

    # Called when what was handed over has left, by a way out that is told; others are asked again (`ready`).
    on_empty: Callable[[], None] | None

    def ready(self) -> bool:
        """Whether the reader follows: what is written now does not pile up."""
        ...

    def write(self, frames: Sequence[bytes], joined: bytes) -> None:
        """Hand over frames, given one by one and joined; never waits. Only after the handshake."""
        ...

    async def finish(self, last: bytes, code: int) -> None:
        """Write a last frame if it can be, then close with `code`. Takes a few seconds at most."""
        ...

    def abort(self) -> None:
        """Cut at once a connection that does not end by itself."""
        ...


class SortieAsgi:
    """The ordinary way, for whatever server: one message after the other."""

    FOLLOWS = 16  # frames under way

    def __init__(self, send: Send) -> None:
        self._send = send
        self.on_empty: Callable[[], None] | None = None
        self._waiting: deque[bytes] = deque()
        self._task: asyncio.Task[None] | None = None

    def ready(self) -> bool:
        return len(self._waiting) < self.FOLLOWS

    def write(self, frames: Sequence[bytes], joined: bytes) -> None:
        self._waiting.extend(frames)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._empty(), name="sortie")

    async def finish(self, last: bytes, code: int) -> None:
        self.abort()
        for message in (
            {"type": "websocket.send", "text": text_of(last)},
            {"type": "websocket.close", "code": code},
        ):
            with contextlib.suppress(Exception):  # a network that takes nothing more, or is already gone
                await asyncio.wait_for(self._send(message), LAST_WORD)

    def abort(self) -> None:
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def _empty(self) -> None:
        while self._waiting:
            await self._send({"type": "websocket.send", "text": text_of(self._waiting.popleft())})
        if self.on_empty is not None:
            self.on_empty()


class _Directe:
    """What the straight ways have in common. `_send` still opens and closes: the server keeps its books."""

    __slots__ = ("_protocol", "_send", "_transport", "on_empty")

    def __init__(self, send: Send, protocol: Any) -> None:
        self.on_empty: Callable[[], None] | None = None
        self._send = send
        self._protocol = protocol
        self._transport = protocol.transport

    def ready(self) -> bool:
        raise NotImplementedError

    def write(self, frames: Sequence[bytes], joined: bytes) -> None:
        raise NotImplementedError

    async def finish(self, last: bytes, code: int) -> None:
        if self.ready():
            self.write((last,), last)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), LAST_WORD)


class SortieUvicorn(_Directe):
    """uvicorn with `websockets` (its sans-I/O protocol): the asyncio transport, which writes at once what it can.

    Relies on: `send` being a method of the protocol, which has `transport` and `close_sent`; a frame without its
    compression bit being legal on a connection that negotiated compression (RFC 7692, section 6).
    """

    __slots__ = ()

    def ready(self) -> bool:
        return self._transport.get_write_buffer_size() < HIGH_WATER

    def write(self, frames: Sequence[bytes], joined: bytes) -> None:
        if not self._protocol.close_sent and not self._transport.is_closing():
            self._transport.write(joined)

    def abort(self) -> None:
        self._transport.abort()


class SortieDaphne(_Directe):
    """Daphne: the TCP or Unix socket of Twisted's connection, when nothing waits in front of it.

    Twisted's own `write` only appends to a buffer and asks its reactor to be told when the socket can take it: two
    system calls to change what is watched and a turn of the loop, for each frame and socket. As long as its buffer is
    empty, sending at once keeps the order; what the socket does not take goes into that buffer.

    Relies on: `send` being `partial(handle_reply, protocol)`; `dataBuffer`, `offset` and `_tempDataLen` of Twisted's
    `FileDescriptor`; `state` and `STATE_OPEN` of autobahn's protocol; Daphne never asking for compression.
    """

    __slots__ = ("_socket",)

    def __init__(self, send: Send, protocol: Any) -> None:
        super().__init__(send, protocol)
        self._socket = self._transport.socket

    def ready(self) -> bool:
        transport = self._transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen < HIGH_WATER

    def write(self, frames: Sequence[bytes], joined: bytes) -> None:
        protocol, transport = self._protocol, self._transport
        if protocol.state != protocol.STATE_OPEN or not transport.connected or transport.disconnecting:
            return
        sent = 0
        if not transport._tempDataLen and transport.offset == len(transport.dataBuffer):
            # A lost connection is not ours to find: Twisted sees it when it reads.
            with contextlib.suppress(OSError):
                sent = self._socket.send(joined)
        if sent < len(joined):
            transport.write(joined[sent:] if sent else joined)

    def abort(self) -> None:
        self._transport.abortConnection()


class SortieMiddleware:
    """ASGI middleware, outermost: puts the way out of the connection in the scope, under `sortie`.

    Outermost because it looks at the server's own `send`, before others wrap it.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self.inner({**scope, "sortie": _direct_way(send)}, receive, send)


def way_out(scope: dict[str, Any], send: Send) -> Sortie:
    """The way out of the connection whose scope this is; `send` is what the application was given."""
    direct = scope.get("sortie")
    return SortieAsgi(send) if direct is None else direct(send)


def _direct_way(send: Any) -> Callable[[Send], Sortie] | None:
    """What makes a straight way out of the application's `send`, if the server's `send` shows one."""
    if isinstance(send, partial) and len(send.args) == 1:
        protocol, kind = send.args[0], SortieDaphne
    else:
        protocol, kind = getattr(send, "__self__", None), SortieUvicorn
    if type(protocol).__module__ not in _SERVERS[kind]:
        return None
    transport = protocol.transport
    if kind is SortieDaphne:
        if type(transport).__module__ not in {"twisted.internet.tcp", "twisted.internet.unix"}:
            return None
        sock = transport.socket
    else:
        if transport.get_extra_info("ssl_object") is not None:
            return None
        sock = transport.get_extra_info("socket")
    with contextlib.suppress(Exception):
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BUFFER)
    return lambda wrapped: kind(wrapped, protocol)


_SERVERS: dict[type[_Directe], set[str]] = {
    SortieDaphne: {"daphne.ws_protocol"},
    SortieUvicorn: {"uvicorn.protocols.websockets.websockets_sansio_impl"},
}
