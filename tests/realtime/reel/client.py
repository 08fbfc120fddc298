"""A WebSocket client written by hand: it can also do what no library would."""

import base64
import json
import os
import socket
import struct
import time
from typing import Any

PATIENCE = 5.0  # seconds


class Refus(Exception):
    """The handshake was refused; the argument is the HTTP status."""


class Coupure(Exception):
    """The server ended the line; `code` is that of its close frame, or None without one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


def frame(payload: bytes, opcode: int = 1, *, masked: bool = True, fin: bool = True) -> bytes:
    """One frame as a client sends it, or as it should not."""
    head = bytes(((0x80 if fin else 0) | opcode,))
    bit, length = (0x80 if masked else 0), len(payload)
    if length < 126:
        head += bytes((bit | length,))
    elif length < 65536:
        head += struct.pack("!BH", bit | 126, length)
    else:
        head += struct.pack("!BQ", bit | 127, length)
    # A mask of zeros leaves the payload as it is.
    return head + (b"\0\0\0\0" if masked else b"") + payload


def take_frames(data: bytearray) -> list[tuple[int, bytes]]:
    """The whole frames at the beginning of `data`, which they leave: opcode, payload."""
    found, at, size = [], 0, len(data)
    while size - at >= 2:
        length, start = data[at + 1] & 0x7F, at + 2
        if length == 126:
            start += 2
            if size < start:
                break
            (length,) = struct.unpack_from("!H", data, at + 2)
        elif length == 127:
            start += 8
            if size < start:
                break
            (length,) = struct.unpack_from("!Q", data, at + 2)
        if size < start + length:
            break
        found.append((data[at] & 0x0F, bytes(data[start : start + length])))
        at = start + length
    del data[:at]
    return found


def handshake(port: int, session: str | None, *, origin: str | None = "", path: str = "/ws/?v=1") -> bytes:
    """The request that opens a line; `origin` is the site's own unless it is given, None leaves it out."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: localhost:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if origin is not None:
        lines.append(f"Origin: {origin or f'http://localhost:{port}'}")
    if session is not None:
        lines.append(f"Cookie: sessionid={session}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Client:
    """A line, blocking. Raises `Refus` if it is not let in."""

    def __init__(
        self, port: int, session: str | None, *, receive_buffer: int | None = None, **opening: Any
    ) -> None:
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(handshake(port, session, **opening))
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = self._socket.recv(4096)
            if not piece:
                raise Refus(None)
            answer += piece
        head, rest = answer.split(b"\r\n\r\n", 1)
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            raise Refus(status)
        self._data = bytearray(rest)
        self._frames: list[dict[str, Any]] = []
        self._cut: Coupure | None = None
        # The first frames may come with the handshake.
        self._take()

    def send(self, **content: Any) -> None:
        self.send_raw(frame(json.dumps(content).encode()))

    def send_raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def hear(self, genre: str | None = None, patience: float = PATIENCE) -> dict[str, Any]:
        """The next frame of this type, others let by. Raises `TimeoutError`, or `Coupure`."""
        deadline = time.monotonic() + patience
        while True:
            while self._frames:
                found = self._frames.pop(0)
                if genre is None or found["type"] == genre:
                    return found
            if self._cut is not None:
                raise self._cut
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError(genre)
            self._socket.settimeout(remaining)
            self._read()

    def hear_all(self, patience: float = 0.4) -> list[dict[str, Any]]:
        """What comes until nothing does for a moment."""
        found = []
        while True:
            try:
                found.append(self.hear(patience=patience))
            except TimeoutError:
                return found

    def subscribe(self, canal: str, **more: Any) -> dict[str, Any]:
        self.send(type="abonner", canal=canal, **more)
        return self.hear("abonne")

    def say(self, salon: int, texte: str, client_id: str) -> int:
        """Say it and wait for the acknowledgement; gives the number."""
        self.send(type="dire", salon=salon, texte=texte, client_id=client_id)
        numero: int = self.hear("accuse")["numero"]
        return numero

    def closed_with(self, patience: float = PATIENCE) -> int | None:
        """The code with which the server ends the line; None if it just ends."""
        try:
            self.hear("rien de tel", patience)
        except Coupure as cut:
            return cut.code
        raise AssertionError("still open")

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> None:
        """What has come. The end of the line is noted, and told after what came before it."""
        try:
            piece = self._socket.recv(65536)
        except ConnectionError:
            piece = b""
        if not piece:
            self._cut = Coupure(None)
            return
        self._data += piece
        self._take()

    def _take(self) -> None:
        for opcode, payload in take_frames(self._data):
            if opcode == 8:
                self._cut = Coupure(int.from_bytes(payload[:2], "big") if payload else None)
                return
            if opcode == 9:
                self.send_raw(frame(payload, 10))
            elif opcode == 1:
                self._frames.append(json.loads(payload))
